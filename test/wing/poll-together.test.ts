import { CancelledError } from "../../src/errors";
import { createPollTogether, type Ways } from "../../src/wing/poll-together";
import { ManualClock } from "../manual-clock";

/** A platform with so many tasks, and what it was asked. */
function platformWith(total: number) {
  const asked: string[] = [];
  const ways: Ways<string> = {
    page: (pageNo, last) => {
      asked.push(`page after ${last ?? "nothing"}`);
      const size = Math.max(0, Math.min(100, total - pageNo * 100));
      const items = Array.from({ length: size }, (_, index) => `t${String(pageNo * 100 + index)}`);
      return Promise.resolve({ items, total });
    },
    idOf: (item) => item,
    read: (id) => {
      asked.push(id);
      return Promise.resolve(Number(id.slice(1)) < total ? id : undefined);
    },
  };
  return { asked, ways };
}

async function poll(total: number, ids: readonly string[]) {
  const clock = new ManualClock();
  const { asked, ways } = platformWith(total);
  const pollTogether = createPollTogether<string>(clock);
  const found = await clock.run(Promise.all(ids.map((id) => pollTogether(id, ways))));
  return { asked, found };
}

const some = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `t${String(from + index)}`);

describe("Polls of the same moment", () => {
  it.each([2, 50, 100])("of %i tasks on the first page are one call", async (count) => {
    const { asked, found } = await poll(250, some(count));
    expect(found).toEqual(some(count));
    expect(asked).toEqual(["page after nothing"]);
  });

  it("follow the pages while any is missing", async () => {
    const { asked, found } = await poll(250, some(40, 180));
    expect(found).toEqual(some(40, 180));
    expect(asked).toEqual(["page after nothing", "page after t99", "page after t199"]);
  });

  it("never cost more than half as many calls again as asking one by one", async () => {
    const ids = some(6, 9_000);
    const { asked, found } = await poll(10_000, ids);
    expect(found).toEqual(ids);
    expect(asked).toHaveLength(9);
  });

  it("ask for what the list does not show before they say that it is gone", async () => {
    const { asked, found } = await poll(5, ["t1", "t7", "t4"]);
    expect(found).toEqual(["t1", undefined, "t4"]);
    expect(asked).toEqual(["page after nothing", "t7"]);
  });

  it("ask for a task by its id when there is no other", async () => {
    const { asked } = await poll(10_000, ["t5", "t5"]);
    expect(asked).toEqual(["t5", "t5"]);
  });
});

it("A later poll is told how the task stands then", async () => {
  const clock = new ManualClock();
  const { asked, ways } = platformWith(5);
  const pollTogether = createPollTogether<string>(clock);
  for (let round = 0; round < 2; round += 1) {
    await clock.run(Promise.all(["t1", "t2"].map((id) => pollTogether(id, ways))));
  }
  expect(asked).toEqual(["page after nothing", "page after nothing"]);
});

it("A listing that fails keeps nobody from asking by id, and the next poll asks for it again", async () => {
  const clock = new ManualClock();
  const { asked, ways } = platformWith(5);
  const pollTogether = createPollTogether<string>(clock);
  const broken = { ...ways, page: () => Promise.reject(new Error("unreadable")) };
  const polls = (how: Ways<string>) => Promise.all(["t1", "t2"].map((id) => pollTogether(id, how)));
  expect(await clock.run(polls(broken))).toEqual(["t1", "t2"]);
  expect(await clock.run(polls(ways))).toEqual(["t1", "t2"]);
  expect(asked).toEqual(["t1", "t2", "page after nothing"]);
});

it("A listing that is cancelled asks for nothing more", async () => {
  const clock = new ManualClock();
  const { asked, ways } = platformWith(5);
  const pollTogether = createPollTogether<string>(clock);
  const cancelled = new CancelledError("The operation was cancelled.");
  const broken = { ...ways, page: () => Promise.reject(cancelled) };
  const polls = ["t1", "t2"].map((id) => pollTogether(id, broken));
  for (const end of await clock.run(Promise.allSettled(polls))) {
    expect(end).toMatchObject({ status: "rejected", reason: cancelled });
  }
  expect(asked).toEqual([]);
});
