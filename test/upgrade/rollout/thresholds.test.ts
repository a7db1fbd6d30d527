import fc from "fast-check";

import {
  type Bounds,
  boundsOf,
  judgeWave,
  mostLost,
  type WaveTally,
  whyBad,
} from "../../../src/upgrade/rollout/thresholds";
import { declared } from "./declared";

const USUAL = boundsOf(declared(), undefined, undefined);

function judge(
  [succeeded, failed, unreached, open]: [number, number, number, number],
  own: Partial<Bounds> = {},
  hasMore = false,
) {
  return judgeWave({ succeeded, failed, unreached, open }, { ...USUAL, ...own }, hasMore);
}

describe("A wave's thresholds", () => {
  it("are the wave's, else the rollout's, else 95 % of those reached, of 75 %, with a brake at 10 %", () => {
    expect(USUAL).toEqual({
      ...{ minSuccessPercent: 95, maxFailedDevices: undefined, minReachedPercent: 75 },
      ...{ stopAtFailedPercent: 10, maxLostPercent: undefined, waitsForAll: false },
    });
    const rollout = declared({ minSuccessPercent: 80.1, maxFailedDevices: 4 });
    expect(boundsOf(rollout, { name: "a", maxFailedDevices: 0 }, undefined)).toMatchObject({
      ...{ minSuccessPercent: 80.1, maxFailedDevices: 0, stopAtFailedPercent: 19.9 },
    });
  });

  it("of joiners are the brake alone, and of the way back all but how many are reached", () => {
    const rollout = declared({ maxFailedDevices: 0, maxLostPercent: 1 });
    expect(boundsOf(rollout, undefined, "joiners")).toMatchObject({
      ...{ minSuccessPercent: 0, maxFailedDevices: undefined, minReachedPercent: 0 },
      ...{ maxLostPercent: undefined, waitsForAll: true, stopAtFailedPercent: 10 },
    });
    expect(boundsOf(rollout, undefined, "back")).toMatchObject({
      ...{ minSuccessPercent: 95, minReachedPercent: 0, maxFailedDevices: 0 },
    });
  });

  it.each<[string, [number, number, number, number], Partial<Bounds>, string]>([
    ["19 of 20", [19, 1, 0, 0], {}, "well"],
    ["18 of 19 (a wave below 20 tolerates none)", [18, 1, 0, 0], {}, "bad"],
    ["one of two failed, the rest open", [0, 1, 0, 1], {}, "bad"],
    ["one failed, 19 still open", [0, 1, 0, 19], {}, "open"],
    ["none failed, one still open of 20", [19, 0, 0, 1], {}, "well"],
    ["none failed, two still open of 20", [18, 0, 0, 2], {}, "open"],
    ["unreached devices are no failure", [3, 0, 1, 0], {}, "well"],
    ["too many unreached", [2, 0, 2, 0], {}, "bad"],
    ["2 of 3 reached: 75 % of 3, rounded down, are 2", [2, 0, 1, 0], {}, "well"],
    ["one, not reached", [0, 0, 1, 0], {}, "bad"],
    ["one, not reached, which does not matter", [0, 0, 1, 0], { minReachedPercent: 0 }, "well"],
    ["nobody counted", [0, 0, 0, 0], {}, "well"],
    ["as many failed as may", [90, 3, 0, 0], { maxFailedDevices: 3 }, "well"],
    ["one more than may", [90, 4, 0, 0], { maxFailedDevices: 3 }, "bad"],
    ["beside the per cent", [10, 1, 0, 0], { maxFailedDevices: 3 }, "bad"],
    [
      "any failures without that test",
      [0, 9, 0, 0],
      { minSuccessPercent: 0, stopAtFailedPercent: 100 },
      "well",
    ],
    ["the brake: 6 of 50", [44, 6, 0, 950], {}, "bad"],
    ["no brake below 50", [43, 6, 0, 951], {}, "open"],
    ["no brake at 10 % sharp", [45, 5, 0, 950], {}, "open"],
    ["the brake off", [0, 50, 0, 950], { stopAtFailedPercent: 100 }, "open"],
  ])("%s", (_what, tally, bounds, verdict) => {
    expect(judge(tally, bounds)).toBe(verdict);
  });

  it("decide nothing well as long as somebody is to be pushed", () => {
    expect(judge([19, 0, 0, 1], {}, true)).toBe("open");
    expect(judge([0, 0, 0, 1], { minSuccessPercent: 0, minReachedPercent: 0 })).toBe("well");
    const all = { minSuccessPercent: 0, minReachedPercent: 0, waitsForAll: true };
    expect(judge([0, 0, 0, 1], all)).toBe("open");
  });

  it("are never turned by any end of the open ones once they have decided, and always decide in the end", () => {
    const percent = fc.integer({ min: 0, max: 1000 }).map((tenths) => tenths / 10);
    const count = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(
        fc.record({ succeeded: count, failed: count, unreached: count, open: count }),
        fc.record({
          ...{ minSuccessPercent: percent, minReachedPercent: percent },
          ...{ stopAtFailedPercent: percent, maxLostPercent: percent },
          maxFailedDevices: fc.option(count, { nil: undefined }),
          waitsForAll: fc.constant(false),
        }),
        count,
        count,
        (tally, bounds, some, others) => {
          const verdict = judgeWave(tally, bounds, false);
          const succeeded = Math.min(some, tally.open);
          const failed = Math.min(others, tally.open - succeeded);
          const end: WaveTally = {
            succeeded: tally.succeeded + succeeded,
            failed: tally.failed + failed,
            unreached: tally.unreached + tally.open - succeeded - failed,
            open: 0,
          };
          const last = judgeWave(end, bounds, false);
          expect(last).not.toBe("open");
          // The brake looks on the way; what it has not stopped may yet meet it.
          const because = whyBad(tally, bounds);
          if (verdict === "well" && whyBad(end, bounds) !== "brake") expect(last).toBe("well");
          if (verdict === "bad" && because !== "brake") expect(last).toBe("bad");
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("tolerate as many lost ones as their per cent, rounded down", () => {
    const northbound = boundsOf(declared({ defaultMaxLostPercent: 1 }), undefined, undefined);
    expect([99, 100, 250].map((count) => mostLost(count, northbound))).toEqual([0, 1, 2]);
    expect(mostLost(99, USUAL)).toBeUndefined();
  });
});
