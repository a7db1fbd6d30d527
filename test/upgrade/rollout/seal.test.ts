import { randomBytes } from "node:crypto";
import fc from "fast-check";

import type { Book, Entry } from "../../../src/upgrade/rollout/book";
import { keyOf } from "../../../src/upgrade/rollout/ranks";
import { openBook, sealBook } from "../../../src/upgrade/rollout/seal";
import { LAST_RESULTS } from "../../../src/upgrade/rollout/standing";

const POSTED = 1_777_000_000;

function book(entries: [string, Entry][], own: Partial<Book> = {}): Book {
  return {
    ...{ version: "V2", reportedVersion: "V2", packageId: "p2", readUntil: POSTED * 1000 },
    ...{ isThrough: false, waves: [{ name: "all", beganAt: POSTED * 1000, taken: 3 }], tasks: [] },
    entries: new Map(entries),
    ...own,
  };
}

const entry: fc.Arbitrary<Entry> = fc.record(
  {
    ...{ wasOnline: fc.boolean(), ranIt: fc.boolean() },
    result: fc.constantFrom(...LAST_RESULTS),
    attempts: fc.nat(5),
    postedAt: fc.integer({ min: POSTED, max: POSTED + 100 }),
    left: fc.constantFrom("no", "now", "before"),
    ...{ wave: fc.constantFrom("lab", "canary"), from: fc.constantFrom("V0", "V1") },
    ...{ tried: fc.constantFrom("V1", "V2"), task: fc.constantFrom("t1", "t2") },
  },
  { requiredKeys: ["wasOnline", "ranIt", "result", "attempts", "postedAt", "left"] },
);

describe("A book as text", () => {
  it("is the same book when it is opened", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), (entries) => {
        const whole = book(entries.map((each, index) => [keyOf(`d${index}`), each]));
        expect(openBook(sealBook(whole))).toEqual(whole);
      }),
    );
  });

  it("is the same text for the same book, however it was written", () => {
    const entries = Array.from({ length: 9 }, (_, i): [string, Entry] => [
      keyOf(`d${i}`),
      { wasOnline: true, ranIt: false, result: "none", attempts: 0, postedAt: i, left: "no" },
    ]);
    expect(sealBook(book(entries))).toBe(sealBook(book([...entries].reverse())));
  });

  it.each(["", "no book", "AAAA", undefined])("is a lost one where it is %j", (text) => {
    expect(openBook(text)).toBeUndefined();
  });

  // The engine encrypts the quoted text, and writes that in base64.
  const inState = (text: string): number => Math.ceil(((text.length + 2 + 16) * 4) / 3) + 200;

  it.each([100, 2_000, 40_000])(
    "takes at most 24 bytes a device and 12 kB of the state, with %s devices that have nothing in common",
    (count) => {
      const tasks = Array.from({ length: Math.ceil(count / 256) }, () => ({
        ...{ id: randomBytes(12).toString("hex"), version: "V1.5.20", wave: "early", isOurs: true },
        createdAt: POSTED * 1000 + Math.floor(Math.random() * 2 ** 28) * 1000,
      }));
      const pick = <Value>(values: readonly Value[]): Value =>
        values[Math.floor(Math.random() * values.length)] as Value;
      const waves = ["lab", "canary", "early", "half", "rest"];
      const entries = Array.from({ length: count }, (_, index): [string, Entry] => {
        const task = pick(tasks);
        return [
          keyOf(`meter-${index}`),
          {
            ...{
              wave: pick(waves),
              from: pick(["V1.3", "V1.4"]),
              tried: pick(["V1.4", "V1.5.20"]),
            },
            ...{ wasOnline: pick([true, false]), ranIt: pick([true, false]), left: "no" },
            ...{ result: pick(LAST_RESULTS), attempts: pick([0, 1, 2]) },
            ...{ postedAt: Math.floor(task.createdAt / 1000), task: pick([task.id, undefined]) },
          },
        ];
      });
      const text = sealBook(book(entries, { tasks }));
      expect(inState(text)).toBeLessThanOrEqual(24 * count + 12_000);
    },
  );
});
