import { allPages, BrokenListError, type Pages } from "../../src/wing/pages";
import type { Page } from "../../src/wing/reply";
import { errorOf } from "../http/requests";

/** A list by numbers of pages; each reading gives the next script, the last one again and again. */
function listOf(...readings: readonly (readonly Page<string>[])[]) {
  const asked: string[] = [];
  let reading = -1;
  const pages: Pages<string, number> = {
    read: (pageNo = 0, isAgain) => {
      if (pageNo === 0) reading += 1;
      asked.push(`${String(pageNo)}${isAgain ? " anew" : ""}`);
      const script = readings[Math.min(reading, readings.length - 1)] ?? [];
      return Promise.resolve(script[pageNo] ?? page([]));
    },
    next: ({ items }, pageNo = 0) => (items.length === 0 ? undefined : pageNo + 1),
    idOf: (item) => item,
  };
  return { asked, all: () => allPages(pages) };
}

const page = (items: readonly string[], total?: number): Page<string> => ({ items, total });

describe("A list", () => {
  it.each<[string, readonly Page<string>[], number]>([
    ["pages that are full", [page(["a", "b"], 4), page(["c", "d"], 4)], 2],
    ["pages shorter than asked", [page(["a"], 4), page(["b"], 4), page(["c", "d"], 4)], 3],
    ["an end without a total", [page(["a", "b"]), page(["c"]), page(["d"])], 4],
    ["a total that is less than what it shows", [page(["a", "b", "c"], 2), page(["d"], 2)], 3],
  ])("of %s is read to its end and no further", async (_what, script, calls) => {
    const { asked, all } = listOf(script);
    expect(await all()).toEqual(["a", "b", "c", "d"]);
    expect(asked).toHaveLength(calls);
  });

  it.each([page([]), page([], 0)])("that is empty is one call: %j", async (empty) => {
    const { asked, all } = listOf([empty]);
    expect(await all()).toEqual([]);
    expect(asked).toEqual(["0"]);
  });

  it("that shows fewer than it says is read again, anew", async () => {
    const { asked, all } = listOf([page(["a"], 2)], [page(["a", "b"], 2)]);
    expect(await all()).toEqual(["a", "b"]);
    expect(asked).toEqual(["0", "1", "0 anew"]);
  });

  it.each([
    ["three of none", [page([], 3)], 3, 0],
    ["three of two", [page(["a", "b"], 3)], 3, 2],
  ])("that says %s twice is an error", async (_what, script, says, shows) => {
    const error = await errorOf(listOf(script).all());
    expect(error).toBeInstanceOf(BrokenListError);
    expect(error.message).toContain(`has ${String(says)} entries, and showed ${String(shows)}`);
    expect(error.message).toContain("Nothing was concluded from it");
  });

  it("that answers with the same page again is an error at once, however short the page", async () => {
    const { asked, all } = listOf([page(["a"]), page(["a"])]);
    expect((await errorOf(all())).message).toMatch(/^The platform's list does not end: /);
    expect(asked).toEqual(["0", "1"]);
  });
});
