import { OtaError } from "../../src/errors";
import { waitForTask, type WaitForTask } from "../../src/upgrade/completion";
import type { DeviceCounts, TaskPhase, TaskRecord } from "../../src/upgrade/platform";
import { ManualClock } from "../manual-clock";

function task(phase: TaskPhase, done: number, total = 1_000): TaskRecord {
  const counts: DeviceCounts = {
    total,
    wait: 0,
    processing: total - done,
    success: done,
    fail: 0,
    stop: 0,
    timeout: 0,
  };
  const status = phase === "unfinished" ? "processing" : "success";
  return { id: "op-1", phase, status, createdAt: undefined, counts };
}

/** A wait for a task that stands as `at` says so many seconds after the start. */
function wait(
  at: (seconds: number) => TaskRecord | undefined,
  change: Partial<WaitForTask<TaskRecord>> = {},
) {
  const clock = new ManualClock();
  const start = clock.now();
  const polls: number[] = [];
  const progress: string[] = [];
  const controller = new AbortController();
  const work = waitForTask<TaskRecord>({
    read: () => {
      const seconds = (clock.now() - start) / 1000;
      polls.push(seconds);
      return Promise.resolve(at(seconds));
    },
    demand: {},
    timeoutSeconds: 1_800,
    clock,
    signal: controller.signal,
    progress: (text) => progress.push(text),
    ...change,
  });
  return { clock, polls, progress, controller, work };
}

const pausesOf = (polls: readonly number[]): number[] =>
  polls.slice(1).map((time, index) => time - (polls[index] ?? 0));

describe("A wait", () => {
  it("ends with the verdict as soon as the task is over", async () => {
    const { clock, work, polls } = wait((seconds) =>
      seconds < 7 ? task("unfinished", 0) : task("succeeded", 1_000),
    );
    expect(await clock.run(work)).toMatchObject({ reason: "outcome", verdict: "succeeded" });
    expect(polls).toEqual([0, 5, 10]);
  });

  it("ends at once for a task that is over already", async () => {
    const { clock, work, polls } = wait(() => task("succeeded", 1_000));
    await clock.run(work);
    expect(polls).toEqual([0]);
  });

  it("asks every 5 s at first, and ever more seldom while nothing moves, at most every 60 s", async () => {
    const { clock, work, polls } = wait(() => task("unfinished", 3));
    expect(await clock.run(work)).toMatchObject({ reason: "timeout" });
    const pauses = pausesOf(polls).slice(0, -1);
    expect(pauses[0]).toBe(5);
    expect(pauses.at(-1)).toBe(60);
    pauses.slice(1).forEach((pause, index) => {
      expect(pause).toBeGreaterThanOrEqual(pauses[index] ?? 0);
      expect(pause).toBeLessThanOrEqual(60);
    });
    expect(polls.length).toBeLessThan(45);
  });

  it("asks in the same moments as another that began at another time", async () => {
    const moments = [0, 3_000].map(async (delay) => {
      const clock = new ManualClock();
      await clock.advance(delay);
      const polls: number[] = [];
      const work = waitForTask<TaskRecord>({
        read: () => {
          polls.push(clock.now());
          return Promise.resolve(task("unfinished", 3));
        },
        demand: {},
        timeoutSeconds: 1_000,
        clock,
        signal: new AbortController().signal,
        progress: () => undefined,
      });
      await clock.run(work);
      return polls.slice(1, -1);
    });
    const [first = [], second = []] = await Promise.all(moments);
    expect(second.filter((moment) => !first.includes(moment))).toEqual([]);
    expect(second.length).toBeGreaterThan(15);
  });

  it("asks faster again while devices finish", async () => {
    const { clock, work, polls } = wait((seconds) =>
      task("unfinished", seconds < 600 ? 0 : Math.floor(seconds)),
    );
    await clock.run(work);
    const slow = pausesOf(polls.filter((time) => time < 600)).at(-1);
    const quick = pausesOf(polls.filter((time) => time > 900)).at(2);
    expect(slow).toBe(60);
    expect(quick).toBe(5);
  });

  it("ends at its timeout, not after it, with a last look", async () => {
    const { clock, work, polls } = wait(() => task("unfinished", 3), { timeoutSeconds: 100 });
    const end = await clock.run(work);
    expect(end).toMatchObject({ reason: "timeout", task: { id: "op-1" } });
    expect(polls.at(-1)).toBe(100);
  });

  it.each([3_600_000, -3_600_000])(
    "is as patient when somebody sets the clock by %i ms",
    async (forward) => {
      const { clock, work } = wait(() => task("unfinished", 3));
      const begin = clock.elapsed();
      await clock.advance(9_000);
      clock.set(forward);
      expect(await clock.run(work)).toMatchObject({ reason: "timeout" });
      expect(clock.elapsed() - begin).toBe(1_800_000);
    },
  );

  it("takes a good outcome that comes with the last look", async () => {
    const { clock, work } = wait(
      (seconds) => (seconds < 100 ? task("unfinished", 3) : task("succeeded", 1_000)),
      { timeoutSeconds: 100 },
    );
    expect(await clock.run(work)).toMatchObject({ reason: "outcome", verdict: "succeeded" });
  });

  it("ends within a second when it is cancelled, with what is known", async () => {
    const { clock, work, polls, controller } = wait(() => task("unfinished", 3));
    await clock.advance(300_000);
    const asked = polls.length;
    controller.abort();
    await clock.advance(1_000);
    const late = Symbol("late");
    const end = await Promise.race([work, Promise.resolve(late)]);
    expect(end).toMatchObject({ reason: "cancelled", task: { id: "op-1" } });
    expect(polls).toHaveLength(asked);
  });

  it("asks nothing when it was cancelled before it began", async () => {
    const { clock, work, polls } = wait(() => task("unfinished", 3), {
      signal: AbortSignal.abort(),
    });
    expect(await clock.run(work)).toEqual({ reason: "cancelled", task: undefined });
    expect(polls).toHaveLength(0);
  });

  it("tells an error of its look to whoever waits, who keeps the id", async () => {
    const { clock, work } = wait(() => undefined, {
      read: () => Promise.reject(new OtaError("The platform could not be reached.")),
    });
    await expect(clock.run(work)).rejects.toThrow("The platform could not be reached.");
  });

  it("ends when the platform keeps no record of the task", async () => {
    const { clock, work } = wait((seconds) => (seconds < 7 ? task("unfinished", 3) : undefined));
    expect(await clock.run(work)).toEqual({ reason: "gone" });
  });

  it("says how far it is after each look, the last one too", async () => {
    const { clock, work, progress } = wait((seconds) =>
      seconds < 7 ? task("unfinished", Math.floor(seconds)) : task("succeeded", 1_000),
    );
    await clock.run(work);
    expect(progress).toEqual(["0 of 1000 done", "5 of 1000 done", "1000 of 1000 done"]);
  });

  it("ends with a task that is over, although its figures say that a device goes on", async () => {
    const over = { ...task("unfinished", 999), phase: "succeeded" as const, status: "success" };
    const { clock, work, polls } = wait(() => over);
    expect(await clock.run(work)).toMatchObject({ reason: "outcome", verdict: "failed" });
    expect(polls).toHaveLength(1);
  });

  it("ends while devices go on, once they cannot turn the outcome", async () => {
    const { clock, work, polls } = wait((seconds) => task("unfinished", Math.floor(seconds * 10)), {
      demand: { minSuccessPercent: 10 },
    });
    const end = await clock.run(work);
    expect(end).toMatchObject({ reason: "outcome", verdict: "succeeded" });
    expect(polls.at(-1)).toBe(10);
  });

  it("for the end goes on although nothing can turn the outcome", async () => {
    const { clock, work, polls } = wait(
      (seconds) => (seconds < 60 ? task("unfinished", 900) : task("succeeded", 1_000)),
      { demand: { minSuccessPercent: 10, waitFor: "over" } },
    );
    const end = await clock.run(work);
    expect(end).toMatchObject({ reason: "outcome", verdict: "succeeded" });
    expect(polls.at(-1)).toBeGreaterThanOrEqual(60);
  });
});
