import fc from "fast-check";

import {
  describeFailures,
  describeOutcome,
  describeProgress,
  judge,
  type Thresholds,
} from "../../src/upgrade/outcome";
import type { DeviceCounts, TaskPhase } from "../../src/upgrade/platform";

function counts(change: Partial<DeviceCounts>): DeviceCounts {
  const all = { wait: 0, processing: 0, success: 0, fail: 0, stop: 0, timeout: 0, ...change };
  const sum = all.wait + all.processing + all.success + all.fail + all.stop + all.timeout;
  return { total: sum, ...all };
}

const mixed = counts({ success: 95, fail: 3, timeout: 2 });

describe("The verdict", () => {
  it.each<[string, TaskPhase, DeviceCounts | undefined, Thresholds, string]>([
    ["a task that goes on", "unfinished", counts({ success: 10 }), {}, "open"],
    ["a task that goes on, without figures", "unfinished", undefined, {}, "open"],
    ["all upgraded", "succeeded", counts({ success: 10 }), {}, "succeeded"],
    ["all upgraded in a task that says failed", "failed", counts({ success: 10 }), {}, "succeeded"],
    [
      "one failed in a task that says success",
      "succeeded",
      counts({ success: 9, fail: 1 }),
      {},
      "failed",
    ],
    ["one timed out", "failed", counts({ success: 9, timeout: 1 }), {}, "failed"],
    ["stopped", "stopped", counts({ success: 9, stop: 1 }), {}, "failed"],
    [
      "stopped with devices that never began",
      "stopped",
      counts({ success: 9, wait: 1 }),
      {},
      "failed",
    ],
    ["stopped when all were done", "stopped", counts({ success: 10 }), {}, "succeeded"],
    ["success without figures", "succeeded", undefined, {}, "succeeded"],
    ["failed without figures", "failed", undefined, { minSuccessPercent: 0 }, "failed"],
    ["stopped without figures", "stopped", undefined, { maxFailedDevices: 9 }, "failed"],
    [
      "devices go on in a task that says success",
      "succeeded",
      counts({ success: 9, processing: 1 }),
      {},
      "open",
    ],
    [
      "devices go on that cannot mend it",
      "failed",
      counts({ success: 8, fail: 1, wait: 1 }),
      {},
      "failed",
    ],
    [
      "devices go on that can mend it",
      "failed",
      counts({ success: 8, fail: 1, wait: 1 }),
      { maxFailedDevices: 1 },
      "open",
    ],
    ["no device at all", "succeeded", counts({}), {}, "failed"],
    [
      "no device at all, and some may fail",
      "succeeded",
      counts({}),
      { maxFailedDevices: 5 },
      "failed",
    ],
    [
      "no device at all, and none need succeed",
      "succeeded",
      counts({}),
      { minSuccessPercent: 0 },
      "succeeded",
    ],
    ["95 of 100, of which 95 % must", "failed", mixed, { minSuccessPercent: 95 }, "succeeded"],
    ["95 of 100, of which 95.1 % must", "failed", mixed, { minSuccessPercent: 95.1 }, "failed"],
    ["5 of which 5 may fail", "failed", mixed, { maxFailedDevices: 5 }, "succeeded"],
    ["5 of which 4 may fail", "failed", mixed, { maxFailedDevices: 4 }, "failed"],
    ["none may fail", "failed", mixed, { maxFailedDevices: 0 }, "failed"],
    ["both hold", "failed", mixed, { maxFailedDevices: 5, minSuccessPercent: 95 }, "succeeded"],
    [
      "only the first holds",
      "failed",
      mixed,
      { maxFailedDevices: 5, minSuccessPercent: 96 },
      "failed",
    ],
    [
      "only the second holds",
      "failed",
      mixed,
      { maxFailedDevices: 4, minSuccessPercent: 95 },
      "failed",
    ],
    ["anything goes", "failed", counts({ fail: 3 }), { minSuccessPercent: 0 }, "succeeded"],
    [
      "2 of 3 are not 67 %",
      "failed",
      counts({ success: 2, fail: 1 }),
      { minSuccessPercent: 67 },
      "failed",
    ],
    [
      "2 of 3 are 66.6 %",
      "failed",
      counts({ success: 2, fail: 1 }),
      { minSuccessPercent: 66.6 },
      "succeeded",
    ],
  ])("%s", (_what, phase, figures, thresholds, verdict) => {
    expect(judge(phase, figures, thresholds)).toBe(verdict);
  });

  const number = fc.nat({ max: 20 });
  const anyCounts = fc.record({
    total: number,
    wait: number,
    processing: number,
    success: number,
    fail: number,
    stop: number,
    timeout: number,
  });
  const anyThresholds = fc.record(
    {
      maxFailedDevices: fc.nat({ max: 25 }),
      minSuccessPercent: fc.oneof(
        fc.nat({ max: 100 }),
        fc.double({ min: 0, max: 100, noNaN: true }),
      ),
    },
    { requiredKeys: [] },
  );
  const anyPhase = fc.constantFrom<TaskPhase>("unfinished", "succeeded", "failed", "stopped");

  it("is never good with fewer successes than demanded, even where the figures do not add up", () => {
    fc.assert(
      fc.property(anyPhase, anyCounts, anyThresholds, (phase, figures, thresholds) => {
        if (judge(phase, figures, thresholds) !== "succeeded") return;
        const { success, total } = figures;
        const { maxFailedDevices, minSuccessPercent } = thresholds;
        expect(phase).not.toBe("unfinished");
        if (minSuccessPercent !== undefined) {
          expect(success * 100).toBeGreaterThanOrEqual(total * minSuccessPercent);
        }
        if (maxFailedDevices !== undefined) {
          expect(total - success).toBeLessThanOrEqual(maxFailedDevices);
        }
        if (maxFailedDevices === undefined && minSuccessPercent === undefined) {
          expect(success).toBeGreaterThanOrEqual(total);
          expect(total).toBeGreaterThan(0);
        }
      }),
    );
  });

  it("is always final once the task is over and no device goes on", () => {
    fc.assert(
      fc.property(anyPhase, anyCounts, anyThresholds, (phase, figures, thresholds) => {
        const over = { ...figures, wait: 0, processing: 0 };
        expect(judge(phase, over, thresholds) === "open").toBe(phase === "unfinished");
      }),
    );
  });

  it("does not get worse when one more device succeeds", () => {
    fc.assert(
      fc.property(anyCounts, anyThresholds, (figures, thresholds) => {
        const { fail, total } = figures;
        const over = { ...figures, wait: 0, processing: 0, fail: fail + 1, total: total + 1 };
        const better = { ...over, success: over.success + 1, fail: over.fail - 1 };
        if (judge("failed", over, thresholds) === "succeeded") {
          expect(judge("failed", better, thresholds)).toBe("succeeded");
        }
      }),
    );
  });
});

describe("In words", () => {
  it("progress tells what is done, and what went wrong if anything did", () => {
    expect(describeProgress(undefined)).toBe("waiting for the platform's first figures");
    expect(describeProgress(counts({ wait: 30, success: 10 }))).toBe("10 of 40 done");
    expect(describeProgress(counts({ wait: 1, success: 10, fail: 2, timeout: 1, stop: 3 }))).toBe(
      "16 of 17 done, 3 failed, 3 stopped",
    );
  });

  it("the outcome tells all counts that are not zero, and what was demanded", () => {
    const outcome = describeOutcome(
      "op-1",
      {
        status: "failed",
        counts: counts({ success: 30, fail: 5, timeout: 3, stop: 1, processing: 1 }),
      },
      { maxFailedDevices: 2, minSuccessPercent: 95 },
    );
    expect(outcome).toBe(
      "Upgrade task op-1 ended with status failed: 30 of 40 devices were upgraded, 5 failed, 3 timed out, 1 were stopped, 1 never finished (at most 2 may fail, at least 95 % must succeed).",
    );
    expect(describeOutcome("op-1", { status: "stop", counts: undefined }, {})).toBe(
      "Upgrade task op-1 ended with status stop: the platform gave no figures (all must succeed).",
    );
  });

  it("the outcome tells why the platform failed the task as a whole", () => {
    const task = { status: "Fail", counts: undefined, statusDesc: "There is no such group." };
    expect(describeOutcome("t-1", task, {})).toMatch(
      /\(all must succeed\)\. The platform says: "There is no such group\."$/,
    );
  });

  it("failures are the devices' own reasons, and how many more there are", () => {
    const failures = [{ deviceId: "meter-3", reason: "The battery is too low." }];
    expect(describeFailures(failures, counts({ fail: 1 }))).toEqual([
      "meter-3: The battery is too low.",
    ]);
    expect(describeFailures(failures, counts({ fail: 3, timeout: 2 }))).toEqual([
      "meter-3: The battery is too low.",
      "and 4 more",
    ]);
    expect(describeFailures([], counts({ fail: 3 }))).toEqual([]);
  });
});
