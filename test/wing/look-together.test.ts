import { CancelledError, OtaError } from "../../src/errors";
import { createLookTogether } from "../../src/wing/look-together";
import { ManualClock } from "../manual-clock";

const NOTHING = { items: [], isWhole: false };

/** A platform with so many packages, and the pages of the list that it was asked for. */
function platformWith(total: number) {
  const asked: number[] = [];
  const page = (pageNo: number) => {
    asked.push(pageNo);
    const size = Math.max(0, Math.min(100, total - pageNo * 100));
    const items = Array.from({ length: size }, (_, index) => `F${pageNo * 100 + index}`);
    return Promise.resolve({ items, total });
  };
  const listing = {
    pageSize: 100,
    first: () => page(0),
    async all() {
      const pages = [];
      for (let pageNo = 0; pageNo * 100 < total; pageNo += 1) pages.push(page(pageNo));
      return (await Promise.all(pages)).flatMap(({ items }) => items);
    },
  };
  return { asked, listing };
}

test("a look that stays alone asks for no list", async () => {
  const clock = new ManualClock();
  const lookTogether = createLookTogether<string>(clock);
  const { asked, listing } = platformWith(3);
  expect(await clock.run(lookTogether("F1", listing))).toEqual(NOTHING);
  expect(asked).toEqual([]);
});

test("looks of the same moment are all given the list", async () => {
  const clock = new ManualClock();
  const lookTogether = createLookTogether<string>(clock);
  const { listing } = platformWith(3);
  const looks = ["F0", "F2"].map((id) => lookTogether(id, listing));
  for (const listed of await clock.run(Promise.all(looks)))
    expect(listed).toMatchObject({ items: ["F0", "F1", "F2"], isWhole: true });
});

test("the second of looks that come one after the other is given the list, without a pause", async () => {
  const clock = new ManualClock();
  const lookTogether = createLookTogether<string>(clock);
  const { listing } = platformWith(3);
  await clock.run(lookTogether("F0", listing));
  await clock.advance(500);
  const { items, isWhole } = await lookTogether("F1", listing);
  expect(items).toHaveLength(3);
  expect(isWhole).toBe(true);
});

test("looks at one and the same object ask for no list", async () => {
  const clock = new ManualClock();
  const lookTogether = createLookTogether<string>(clock);
  const { asked, listing } = platformWith(3);
  await clock.run(lookTogether("F0", listing));
  expect(await lookTogether("F0", listing)).toEqual(NOTHING);
  expect(asked).toEqual([]);
});

test("a look long after the others is a look alone", async () => {
  const clock = new ManualClock();
  const lookTogether = createLookTogether<string>(clock);
  const { asked, listing } = platformWith(3);
  await clock.run(lookTogether("F0", listing));
  await clock.advance(1_001);
  expect(await clock.run(lookTogether("F1", listing))).toEqual(NOTHING);
  expect(asked).toEqual([]);
});

test("a list of more pages than looks is read to its first page only", async () => {
  const clock = new ManualClock();
  const lookTogether = createLookTogether<string>(clock);
  const { asked, listing } = platformWith(250);
  await clock.run(lookTogether("F0", listing));
  const second = await lookTogether("F1", listing);
  expect(second.items).toHaveLength(100);
  expect(second.isWhole).toBe(false);
  expect(asked).toEqual([0]);
  const third = await lookTogether("F2", listing);
  expect(third.items).toHaveLength(250);
  expect(third.isWhole).toBe(true);
});

test.each(["first", "all"] as const)(
  "a list that cannot be read keeps nobody from asking by itself, nor is asked for again: %s",
  async (broken) => {
    const clock = new ManualClock();
    const lookTogether = createLookTogether<string>(clock);
    const { listing } = platformWith(3);
    let tries = 0;
    const spoilt = {
      ...listing,
      [broken]: () => {
        tries += 1;
        return Promise.reject(new OtaError("A record of the list cannot be read."));
      },
    };
    await clock.run(lookTogether("F0", spoilt));
    expect((await lookTogether("F1", spoilt)).isWhole).toBe(false);
    expect(await lookTogether("F2", spoilt)).toEqual(NOTHING);
    expect(tries).toBe(1);
    await clock.advance(1_001);
    await clock.run(lookTogether("F0", listing));
    expect((await lookTogether("F1", listing)).isWhole).toBe(true);
  },
);

test("a look that is cancelled goes on with nothing", async () => {
  const clock = new ManualClock();
  const lookTogether = createLookTogether<string>(clock);
  const { listing } = platformWith(3);
  const cancelled = new CancelledError("The operation was cancelled.");
  await clock.run(lookTogether("F0", listing));
  const look = lookTogether("F1", { ...listing, first: () => Promise.reject(cancelled) });
  await expect(look).rejects.toBe(cancelled);
});
