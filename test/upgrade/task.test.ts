import fc from "fast-check";

import { CancelledError, LostReplyError, OtaError } from "../../src/errors";
import type { TaskPhase, TaskRecord, UpgradePlatform } from "../../src/upgrade/platform";
import { createTaskStarter, type StartedTask, type StartTask } from "../../src/upgrade/task";
import { errorOf } from "../http/requests";
import { ManualClock } from "../manual-clock";

interface Making {
  /** Whether the task is made. */
  readonly takesEffect?: boolean;
  /** Whether the caller is told. */
  readonly replyIsLost?: boolean;
  readonly refusal?: Error;
}

/** A platform whose list shows a task so long after it was made; to its maker, at once. */
class FakePlatform implements UpgradePlatform<string, TaskRecord> {
  readonly made: { declaration: string; task: TaskRecord; listedFrom: number }[] = [];
  readonly searches: { at: number; fresh: boolean }[] = [];
  creates = 0;
  listLagMilliseconds = 0;
  searchesFail = false;
  doubt: string | undefined;
  making: (create: number) => Making = () => ({});
  /** How far the platform's clock is ahead of ours. */
  ahead = 0;
  private readonly told = new Set<string>();
  private readonly clock: ManualClock;

  constructor(clock: ManualClock) {
    this.clock = clock;
  }

  add(declaration: string, phase: TaskPhase, createdAt: number | undefined, lag = 0): TaskRecord {
    const id = `op-${String(this.made.length + 1)}`;
    const status = phase === "unfinished" ? "processing" : "success";
    const task: TaskRecord = { id, phase, status, createdAt, counts: undefined };
    this.made.push({ declaration, task, listedFrom: this.clock.now() + lag });
    return task;
  }

  keyOf(declaration: string): string {
    return declaration;
  }

  async findSame(declaration: string, { fresh }: { fresh: boolean }) {
    this.searches.push({ at: this.clock.now(), fresh });
    await this.clock.sleep(100);
    if (this.searchesFail) throw new OtaError("The list could not be read.");
    const tasks = this.made
      .filter((one) => one.declaration === declaration)
      .filter(({ listedFrom, task }) => listedFrom <= this.clock.now() || this.told.has(task.id))
      .map(({ task }) => task);
    return { tasks, ...(this.doubt === undefined ? {} : { doubt: this.doubt }) };
  }

  async create(declaration: string): Promise<string> {
    this.creates += 1;
    const { takesEffect = true, replyIsLost = false, refusal } = this.making(this.creates);
    await this.clock.sleep(100);
    if (refusal !== undefined) throw refusal;
    const id = takesEffect
      ? this.add(declaration, "unfinished", this.now(), this.listLagMilliseconds).id
      : "";
    if (replyIsLost) throw new LostReplyError("The reply to creating the task was lost.");
    this.told.add(id);
    return id;
  }

  read(id: string): Promise<TaskRecord | undefined> {
    return Promise.resolve(this.made.find(({ task }) => task.id === id)?.task);
  }

  failures() {
    return Promise.resolve([]);
  }

  now(): number {
    return this.clock.now() + this.ahead;
  }
}

function setting() {
  const clock = new ManualClock();
  const platform = new FakePlatform(clock);
  const starter = createTaskStarter(clock);
  const warnings: string[] = [];
  const start = (change: Partial<StartTask<string>> = {}): Promise<StartedTask> =>
    starter.start(platform, {
      declaration: "A",
      rerunAfter: undefined,
      beforeCreate: () => undefined,
      warn: (text) => warnings.push(text),
      signal: undefined,
      ...change,
    });
  return { clock, platform, warnings, start };
}

describe("A declared task", () => {
  it("is made when the platform has none, after one search", async () => {
    const { clock, platform, start, warnings } = setting();
    expect(await clock.run(start())).toEqual({ id: "op-1", isMade: true });
    expect(platform.creates).toBe(1);
    expect(platform.searches).toHaveLength(1);
    expect(warnings).toHaveLength(0);
  });

  it("is taken over when the platform has it, and that is said", async () => {
    const { clock, platform, start, warnings } = setting();
    platform.add("A", "unfinished", clock.now());
    expect(await clock.run(start())).toEqual({ id: "op-1", isMade: false });
    expect(platform.creates).toBe(0);
    expect(warnings).toHaveLength(1);
  });

  it("is not made where the table says stop", async () => {
    const { clock, platform, start } = setting();
    platform.add("A", "succeeded", clock.now() - 24 * 3_600_000);
    const error = await errorOf(clock.run(start()));
    expect(error).toBeInstanceOf(OtaError);
    expect(error.message).toContain("op-1");
    expect(platform.creates).toBe(0);
  });

  it("is looked at a last time before it is sent", async () => {
    const { clock, platform, start } = setting();
    const beforeCreate = () => {
      throw new OtaError("policy.startTime has passed.");
    };
    expect((await errorOf(clock.run(start({ beforeCreate })))).message).toContain("has passed");
    expect(platform.creates).toBe(0);
  });

  it("that the platform refuses is an error, without a search", async () => {
    const { clock, platform, start } = setting();
    platform.making = () => ({ refusal: new OtaError("123016") });
    expect((await errorOf(clock.run(start()))).message).toBe("123016");
    expect(platform.searches).toHaveLength(1);
  });

  it("that is declared twice at once is made once; the other one takes it over", async () => {
    const { clock, platform, start, warnings } = setting();
    expect(await clock.run(Promise.all([start(), start()]))).toEqual([
      { id: "op-1", isMade: true },
      { id: "op-1", isMade: false },
    ]);
    expect(platform.creates).toBe(1);
    expect(warnings).toHaveLength(1);
  });

  it("does not wait for other declarations", async () => {
    const { clock, platform, start } = setting();
    const names = Array.from({ length: 50 }, (_, index) => String(index));
    const begin = clock.now();
    await clock.run(Promise.all(names.map((declaration) => start({ declaration }))));
    expect(platform.creates).toBe(50);
    expect(clock.now() - begin).toBe(200);
  });

  it("is tried by the second declaration when the first one failed", async () => {
    const { clock, platform, start } = setting();
    platform.making = (create) => (create === 1 ? { refusal: new OtaError("503") } : {});
    const [first, second] = [errorOf(start()), start()];
    expect(await clock.run(second)).toEqual({ id: "op-1", isMade: true });
    expect((await first).message).toBe("503");
  });
});

describe("What a run knows of other tasks", () => {
  const old = 24 * 3_600_000;

  it("is asked once more a second later, before a question is put to a person", async () => {
    const { clock, platform, start, warnings } = setting();
    platform.add("A", "succeeded", clock.now() - old);
    let isOurs = false;
    const asked: number[] = [];
    const run = () => {
      asked.push(clock.now());
      return { isOfThisRun: () => isOurs };
    };
    const begin = clock.now();
    const started = start({ run });
    await clock.advance(500);
    isOurs = true;
    expect(await clock.run(started)).toEqual({ id: "op-1", isMade: false });
    expect(asked.map((time) => time - begin)).toEqual([100, 1_200]);
    expect(warnings).toHaveLength(1);
  });

  it("is asked once more before a task is taken over, which may be what another is to replace", async () => {
    const { clock, platform, start } = setting();
    platform.add("A", "unfinished", clock.now());
    const known: { replacedAt?: number } = {};
    const run = () => ({ ...known });
    const started = start({ run });
    await clock.advance(500);
    known.replacedAt = clock.now();
    expect(await clock.run(started)).toEqual({ id: "op-2", isMade: true });
  });

  it("keeps nobody waiting where there is nothing to take over", async () => {
    const { clock, start } = setting();
    const begin = clock.now();
    await clock.run(start({ run: () => ({}) }));
    expect(clock.now() - begin).toBe(200);
  });
});

describe("A task that is there already", () => {
  it("is told to onAdopt, which may refuse it, before anything is said", async () => {
    const { clock, platform, start, warnings } = setting();
    const told: string[] = [];
    const hooks = {
      onAdopt: (id: string) => Promise.resolve(void told.push(`adopt ${id}`)),
      onFound: (id: string) => Promise.resolve(void told.push(`found ${id}`)),
    };
    await clock.run(start(hooks));
    await clock.run(start(hooks));
    expect(told).toEqual(["adopt op-1"]);
    expect(warnings).toHaveLength(1);
    const onAdopt = () => Promise.reject(new OtaError("Another resource has it."));
    const error = await errorOf(clock.run(start({ onAdopt })));
    expect(error.message).toBe("Another resource has it.");
    expect(warnings).toHaveLength(1);
    expect(platform.creates).toBe(1);
  });

  it("whose reply was lost is told before the next one of its kind is looked for", async () => {
    const { clock, platform, start } = setting();
    platform.making = () => ({ replyIsLost: true });
    const order: string[] = [];
    const onFound = async (id: string) => {
      await clock.sleep(5_000);
      order.push(`noted ${id}`);
    };
    const onAdopt = (id: string) => Promise.resolve(void order.push(`found ${id}`));
    await clock.run(Promise.all([start({ onFound }), start({ onAdopt })]));
    expect(order).toEqual(["noted op-1", "found op-1"]);
  });
});

describe("After a lost reply", () => {
  it("the task is found on the platform, and never sent again", async () => {
    const { clock, platform, start } = setting();
    platform.making = () => ({ replyIsLost: true });
    expect(await clock.run(start())).toEqual({ id: "op-1", isMade: true });
    expect(platform.creates).toBe(1);
    expect(platform.searches.slice(1).every(({ fresh }) => fresh)).toBe(true);
  });

  it.each([5, 30, 59])("it is found although the list lags by %i s", async (lag) => {
    const { clock, platform, start } = setting();
    platform.making = () => ({ replyIsLost: true });
    platform.listLagMilliseconds = lag * 1_000;
    expect(await clock.run(start())).toEqual({ id: "op-1", isMade: true });
    expect(platform.creates).toBe(1);
  });

  it("a task that does not appear in 60 s is an error that says what to do", async () => {
    const { clock, platform, start } = setting();
    platform.making = () => ({ replyIsLost: true, takesEffect: false });
    const begin = clock.now();
    const error = await errorOf(clock.run(start()));
    expect(error.message).toContain("The reply to creating the task was lost.");
    expect(error.message).toContain("Run `pulumi up` once more: it searches before it creates.");
    expect(platform.creates).toBe(1);
    expect(clock.now() - begin).toBeGreaterThanOrEqual(60_000);
    expect(clock.now() - begin).toBeLessThan(62_000);
  });

  it("the task is searched for as long although somebody sets the clock forward", async () => {
    const { clock, platform, start } = setting();
    platform.making = () => ({ replyIsLost: true });
    platform.listLagMilliseconds = 3_600_000 + 30_000;
    const begin = clock.elapsed();
    const started = start();
    await clock.advance(5_000);
    clock.set(3_600_000);
    expect(await clock.run(started)).toEqual({ id: "op-1", isMade: true });
    expect(clock.elapsed() - begin).toBeGreaterThanOrEqual(30_000);
  });

  it("it is searched for a few times only, for calls are dear", async () => {
    const { clock, platform, start } = setting();
    platform.making = () => ({ replyIsLost: true, takesEffect: false });
    await errorOf(clock.run(start()));
    expect(platform.searches.length).toBeLessThan(12);
  });

  it("it is found by the next `up` when it appeared too late for this one", async () => {
    const { clock, platform, start } = setting();
    platform.making = () => ({ replyIsLost: true });
    platform.listLagMilliseconds = 90_000;
    await errorOf(clock.run(start()));
    await clock.advance(60_000);
    expect(await clock.run(start())).toEqual({ id: "op-1", isMade: false });
    expect(platform.creates).toBe(1);
  });

  it("searches that fail are tried again", async () => {
    const { clock, platform, start } = setting();
    platform.making = () => {
      platform.searchesFail = true;
      return { replyIsLost: true };
    };
    const id = start();
    await clock.advance(30_000);
    platform.searchesFail = false;
    expect(await clock.run(id)).toEqual({ id: "op-1", isMade: true });
    expect(platform.creates).toBe(1);
  });

  it("a platform that cannot be searched at all is an error, not a second push", async () => {
    const { clock, platform, start } = setting();
    platform.making = () => {
      platform.searchesFail = true;
      return { replyIsLost: true };
    };
    const error = await errorOf(clock.run(start()));
    expect(error.message).toContain("It could not be searched for either: The list could not");
    expect(platform.creates).toBe(1);
  });

  it("several that could be it are named, and none is taken", async () => {
    const { clock, platform, start } = setting();
    platform.making = () => {
      platform.add("A", "unfinished", platform.now());
      return { replyIsLost: true };
    };
    const error = await errorOf(clock.run(start()));
    expect(error.message).toContain("op-1");
    expect(error.message).toContain("op-2");
  });

  it("one older than rerunAfter is not it", async () => {
    const { clock, platform, start } = setting();
    platform.add("A", "succeeded", clock.now() - 3_600_000);
    platform.making = () => ({ replyIsLost: true });
    expect(await clock.run(start({ rerunAfter: clock.now() - 60_000 }))).toEqual({
      id: "op-2",
      isMade: true,
    });
  });

  it("a cancelled search ends at once, and the error says what the next `up` does", async () => {
    const { clock, platform, start } = setting();
    platform.making = () => ({ replyIsLost: true, takesEffect: false });
    const controller = new AbortController();
    const error = errorOf(start({ signal: controller.signal }));
    await clock.advance(10_000);
    controller.abort();
    await clock.advance(200);
    expect(await error).toBeInstanceOf(CancelledError);
    expect((await error).message).toContain("searches for it before it creates");
  });
});

describe("A rerunAfter ahead of the platform's clock", () => {
  it("by some seconds is waited for, so that the new task is not older than it", async () => {
    const { clock, platform, start } = setting();
    platform.ahead = -20_000;
    const rerunAfter = clock.now();
    const { id } = await clock.run(start({ rerunAfter }));
    const created = platform.made.find(({ task }) => task.id === id)?.task.createdAt;
    expect(created).toBeGreaterThanOrEqual(rerunAfter);
  });

  it("by more than a minute is an error, and nothing is pushed", async () => {
    const { clock, platform, start } = setting();
    const error = await errorOf(clock.run(start({ rerunAfter: clock.now() + 61_000 })));
    expect(error.message).toContain("in the future of the platform's clock");
    expect(error.message).toContain("Nothing was pushed");
    expect(platform.creates).toBe(0);
  });

  it("is not waited for by a cancelled operation, which pushes nothing", async () => {
    const { clock, platform, start } = setting();
    const controller = new AbortController();
    const error = errorOf(start({ rerunAfter: clock.now() + 30_000, signal: controller.signal }));
    await clock.advance(1_000);
    controller.abort();
    await clock.advance(100);
    expect(await error).toBeInstanceOf(CancelledError);
    expect(platform.creates).toBe(0);
  });
});

describe("However often it is tried", () => {
  it("a declared task is made once, whatever is lost and however the list lags", async () => {
    const fate = fc.record({ takesEffect: fc.boolean(), replyIsLost: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 59_000 }),
        fc.integer({ min: 1, max: 3 }),
        async (fates, lag, declarations) => {
          const { clock, platform, start } = setting();
          platform.listLagMilliseconds = lag;
          // What is not made is also not answered: the request was lost on its way.
          platform.making = (create) => {
            const { takesEffect, replyIsLost } = fates[create - 1] ?? {
              takesEffect: true,
              replyIsLost: false,
            };
            return { takesEffect, replyIsLost: replyIsLost || !takesEffect };
          };
          for (let run = 0; run < fates.length + 1; run += 1) {
            const ups = Array.from({ length: declarations }, () => start().catch(() => undefined));
            await clock.run(Promise.all(ups));
            await clock.advance(lag);
          }
          expect(platform.made).toHaveLength(1);
        },
      ),
      { numRuns: 60 },
    );
  });
});
