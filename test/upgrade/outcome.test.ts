import fc from "fast-check";

import {
  decide,
  type Demand,
  describeFailures,
  describeOutcome,
  describeProgress,
  judge,
  type Tally,
  type Thresholds,
  type Verdict,
} from "../../src/upgrade/outcome";
import type { DeviceCounts, TaskPhase } from "../../src/upgrade/platform";

function counts(change: Partial<DeviceCounts>): DeviceCounts {
  const all = { wait: 0, processing: 0, success: 0, fail: 0, stop: 0, timeout: 0, ...change };
  const sum = all.wait + all.processing + all.success + all.fail + all.stop + all.timeout;
  return { total: sum, ...all };
}

const mixed = counts({ success: 95, fail: 3, timeout: 2 });

describe("The verdict", () => {
  it.each<[string, TaskPhase, DeviceCounts | undefined, Demand, string]>([
    ["a task that goes on", "unfinished", counts({ success: 9, wait: 1 }), {}, "open"],
    ["all upgraded in a task that goes on", "unfinished", counts({ success: 10 }), {}, "succeeded"],
    [
      "the same to a wait for the end",
      "unfinished",
      counts({ success: 10 }),
      { waitFor: "over" },
      "open",
    ],
    ["one failed while others go on", "unfinished", counts({ wait: 9, fail: 1 }), {}, "failed"],
    [
      "one of five asleep, of which 50 % must be upgraded",
      "unfinished",
      counts({ success: 3, fail: 1, wait: 1 }),
      { minSuccessPercent: 50 },
      "succeeded",
    ],
    [
      "too few left to reach 50 %",
      "unfinished",
      counts({ success: 1, fail: 3, wait: 1 }),
      { minSuccessPercent: 50 },
      "failed",
    ],
    [
      "devices that are counted nowhere yet",
      "unfinished",
      { ...counts({ success: 3 }), total: 5 },
      {},
      "open",
    ],
    ["devices that are not known yet", "unfinished", counts({}), { minSuccessPercent: 0 }, "open"],
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
    ["failed without figures", "failed", undefined, { minSuccessPercent: 1 }, "failed"],
    ["anything goes, without figures", "failed", undefined, { minSuccessPercent: 0 }, "succeeded"],
    [
      "none need succeed and none may fail, without figures",
      "failed",
      undefined,
      { minSuccessPercent: 0, maxFailedDevices: 0 },
      "failed",
    ],
    ["stopped without figures", "stopped", undefined, { maxFailedDevices: 9 }, "failed"],
    [
      "devices go on in a task that says success",
      "succeeded",
      counts({ success: 9, processing: 1 }),
      {},
      "failed",
    ],
    [
      "devices go on that cannot mend it",
      "failed",
      counts({ success: 8, fail: 1, wait: 1 }),
      {},
      "failed",
    ],
    [
      "devices go on that could mend it, in a task that is over",
      "failed",
      counts({ success: 8, fail: 1, wait: 1 }),
      { maxFailedDevices: 1 },
      "failed",
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
    expect(judge({ phase, counts: figures }, thresholds)).toBe(verdict);
  });

  it.each<[string, Partial<Tally>, Thresholds, Verdict]>([
    [
      "309 of 375 are 82.4 %",
      { succeeded: 309, failed: 66 },
      { minSuccessPercent: 82.4 },
      "succeeded",
    ],
    ["308 of 375 are not", { succeeded: 308, failed: 67 }, { minSuccessPercent: 82.4 }, "failed"],
    ["1 of 3 is not 33.34 %", { succeeded: 1, failed: 2 }, { minSuccessPercent: 33.34 }, "failed"],
    ["1 of 3 is 33.33 %", { succeeded: 1, failed: 2 }, { minSuccessPercent: 33.33 }, "succeeded"],
    ["a millionth of a device is one", { failed: 3 }, { minSuccessPercent: 1e-7 }, "failed"],
    [
      "open ones may still do",
      { succeeded: 1, failed: 1, open: 1 },
      { minSuccessPercent: 60 },
      "open",
    ],
    [
      "two may fail, and two are left",
      { succeeded: 8, open: 2 },
      { maxFailedDevices: 2 },
      "succeeded",
    ],
    [
      "two may fail, and three are left",
      { succeeded: 7, open: 3 },
      { maxFailedDevices: 2 },
      "open",
    ],
    ["two may fail, and three have", { failed: 3, open: 97 }, { maxFailedDevices: 2 }, "failed"],
    ["what is told twice counts as failed", { succeeded: 5, failed: 5, total: 5 }, {}, "failed"],
  ])("by numbers: %s", (_what, tally, thresholds, verdict) => {
    const { succeeded = 0, failed = 0, open = 0 } = tally;
    const total = succeeded + failed + open;
    expect(decide({ succeeded, failed, open, total, ...tally }, thresholds)).toBe(verdict);
  });

  it("of failures that the platform may try again by itself waits for the end of the task", () => {
    const task = { counts: counts({ success: 1, fail: 2, stop: 1, wait: 1 }), openFailures: 2 };
    const some = { minSuccessPercent: 80 };
    expect(judge({ phase: "unfinished", ...task }, some)).toBe("open");
    expect(judge({ phase: "unfinished", ...task }, {})).toBe("failed");
    expect(judge({ phase: "failed", ...task }, some)).toBe("failed");
  });

  it("of figures that are unclear waits for the end of the task", () => {
    const task = { counts: counts({ success: 5 }), isUnclear: true };
    expect(judge({ phase: "unfinished", ...task }, {})).toBe("open");
    expect(judge({ phase: "succeeded", ...task }, {})).toBe("succeeded");
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
        if (judge({ phase, counts: figures }, thresholds) !== "succeeded") return;
        const { success, total } = figures;
        const { maxFailedDevices, minSuccessPercent } = thresholds;
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

  it("is always final once the task is over", () => {
    fc.assert(
      fc.property(anyPhase, anyCounts, anyThresholds, (phase, figures, thresholds) => {
        if (phase === "unfinished") return;
        expect(judge({ phase, counts: figures }, thresholds)).not.toBe("open");
      }),
    );
  });

  it("is told before the end only where no end of the open devices turns it", () => {
    fc.assert(
      fc.property(number, number, number, number, anyThresholds, (...given) => {
        const [succeeded, failed, well, badly, thresholds] = given;
        const total = succeeded + failed + well + badly;
        const now = decide({ succeeded, failed, open: well + badly, total }, thresholds);
        const end = { succeeded: succeeded + well, failed: failed + badly, open: 0, total };
        if (now !== "open") expect(decide(end, thresholds)).toBe(now);
      }),
    );
  });

  it("does not get worse when one more device succeeds", () => {
    fc.assert(
      fc.property(anyCounts, anyThresholds, (figures, thresholds) => {
        const { fail, total } = figures;
        const over = { ...figures, wait: 0, processing: 0, fail: fail + 1, total: total + 1 };
        const better = { ...over, success: over.success + 1, fail: over.fail - 1 };
        if (judge({ phase: "failed", counts: over }, thresholds) === "succeeded") {
          expect(judge({ phase: "failed", counts: better }, thresholds)).toBe("succeeded");
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
        phase: "failed",
        status: "failed",
        counts: counts({ success: 30, fail: 5, timeout: 3, stop: 1, processing: 1 }),
      },
      { maxFailedDevices: 2, minSuccessPercent: 95 },
    );
    expect(outcome).toBe(
      "Upgrade task op-1 ended with status failed: 30 of 40 devices were upgraded, 5 failed, 3 timed out, 1 were stopped, 1 never finished (at most 2 may fail, at least 95 % must succeed).",
    );
    expect(
      describeOutcome("op-1", { phase: "stopped", status: "stop", counts: undefined }, {}),
    ).toBe(
      "Upgrade task op-1 ended with status stop: the platform gave no figures (all must succeed).",
    );
  });

  it("the outcome of a task that goes on tells that no end of it can be good", () => {
    const task = {
      phase: "unfinished",
      status: "processing",
      counts: counts({ success: 1, fail: 3, wait: 1 }),
    } as const;
    expect(describeOutcome("op-1", task, { minSuccessPercent: 50 })).toBe(
      "Upgrade task op-1 can reach no good outcome any more, though it goes on with status processing: 1 of 5 devices were upgraded, 3 failed, 1 are under way (at least 50 % must succeed).",
    );
  });

  it("the outcome tells why the platform failed the task as a whole", () => {
    const task = {
      phase: "failed",
      status: "Fail",
      counts: undefined,
      statusDesc: "There is no such group.",
    } as const;
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
