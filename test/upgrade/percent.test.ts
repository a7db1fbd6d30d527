import fc from "fast-check";

import { isMoreThan, percentOf } from "../../src/upgrade/percent";

describe("A percentage", () => {
  it.each([
    [82.4, 375, 309, 309],
    [95, 19, 19, 18],
    [95, 20, 19, 19],
    [1, 400, 4, 4],
    [1, 401, 5, 4],
    [0.1, 1, 1, 0],
    [1e-7, 1_000_000_000, 1, 1],
    [100, 7, 7, 7],
    [0, 7, 0, 0],
  ])("of %s in %s is exact: %s rounded up, %s rounded down", (percent, total, up, down) => {
    expect(percentOf(percent, total)).toBe(up);
    expect(percentOf(percent, total, "down")).toBe(down);
  });

  it("is exceeded only by more than itself", () => {
    expect(isMoreThan(10, 5, 50)).toBe(false);
    expect(isMoreThan(10, 6, 50)).toBe(true);
    expect(isMoreThan(0.1, 1, 1000)).toBe(false);
  });

  it("rounds up and down around the same number, and rises with the percentage", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        (a, b, total) => {
          const [less, more] = [Math.min(a, b) / 100, Math.max(a, b) / 100];
          expect(percentOf(less, total)).toBeLessThanOrEqual(percentOf(more, total));
          const gap = percentOf(less, total) - percentOf(less, total, "down");
          expect([0, 1]).toContain(gap);
        },
      ),
    );
  });
});
