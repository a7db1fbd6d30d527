import fc from "fast-check";

import type { SameTasks, TaskPhase, TaskRecord } from "../../src/upgrade/platform";
import { decide, supersededBy } from "../../src/upgrade/same-task";

const NOW = Date.parse("2026-05-01T08:00:00Z");
const MINUTE = 60_000;

const STATUS = {
  unfinished: "processing",
  succeeded: "success",
  failed: "failed",
  stopped: "stop",
};

function task(phase: TaskPhase, minutesAgo: number | undefined, id = "op-1"): TaskRecord {
  const createdAt = minutesAgo === undefined ? undefined : NOW - minutesAgo * MINUTE;
  return { id, phase, status: STATUS[phase], createdAt, counts: undefined };
}

const found = (...tasks: TaskRecord[]): SameTasks<TaskRecord> => ({ tasks });
const minutesAgo = (minutes: number): number => NOW - minutes * MINUTE;
const FINISHED = ["succeeded", "failed", "stopped"] as const;

describe("With none found", () => {
  it("a task is created", () => {
    expect(decide(found(), undefined, NOW)).toEqual({ action: "create" });
  });

  it("a task is created where all were made before rerunAfter, unfinished ones too", () => {
    const tasks = found(task("succeeded", 30), task("unfinished", 20, "op-2"));
    expect(decide(tasks, minutesAgo(10), NOW)).toEqual({ action: "create" });
  });

  it("a doubt about what was made before rerunAfter stops nobody", () => {
    const doubtful = { ...found(task("succeeded", 30)), doubt: "there are 2 packages" };
    expect(decide(doubtful, minutesAgo(10), NOW)).toEqual({ action: "create" });
  });
});

describe("With one unfinished task found", () => {
  it.each([
    [undefined, 5],
    [undefined, 5 * 24 * 60],
    [minutesAgo(10), 5],
    [minutesAgo(5), 5],
  ])("it is taken over with a warning (rerunAfter %s, made %s minutes ago)", (rerun, made) => {
    const decision = decide(found(task("unfinished", made)), rerun, NOW);
    expect(decision).toMatchObject({ action: "adopt", task: { id: "op-1" } });
    expect(decision).toHaveProperty("warning", expect.stringContaining("nothing more was pushed"));
  });
});

describe.each(FINISHED)("With one task found that %s", (phase) => {
  it("and was made at or after the given rerunAfter, it is taken over, without a word unless it was stopped", () => {
    for (const made of [10, 9, 0]) {
      const one = task(phase, made);
      const warning = expect.stringMatching(
        /^Operation op-1 .* is exactly what is declared and was stopped before it was through, so it was taken over; nothing was pushed\.$/,
      ) as string;
      expect(decide(found(one), minutesAgo(10), NOW)).toEqual({
        action: "adopt",
        task: one,
        ...(phase === "stopped" ? { warning } : {}),
      });
    }
  });

  it("and was made within the last hour, it is taken over, and the warning says that nothing was pushed", () => {
    for (const made of [0, 1, 60]) {
      const one = task(phase, made);
      const decision = decide(found(one), undefined, NOW);
      expect(decision).toMatchObject({ action: "adopt", task: one });
      for (const words of ["within the last hour", "nothing was pushed", "rerunAfter"]) {
        expect(decision).toHaveProperty("warning", expect.stringContaining(words));
      }
    }
  });

  it("and is older, nothing is done; the error names it, its time, its result and both ways on", () => {
    const decision = decide(found(task(phase, 61)), undefined, NOW);
    expect(decision.action).toBe("stop");
    const reason = decision.action === "stop" ? decision.reason : "";
    expect(reason).toContain("op-1");
    expect(reason).toContain("2026-05-01T06:59:00Z");
    expect(reason).toContain(`status ${STATUS[phase]}`);
    expect(reason).toContain(
      phase === "stopped"
        ? "is exactly what is declared and was stopped before it was through. Nothing was pushed."
        : "did exactly what is declared. Nothing was pushed.",
    );
    expect(reason).toContain("adopt");
    expect(reason).toContain("rerunAfter");
  });

  it("and its age is unknown, nothing is done", () => {
    expect(decide(found(task(phase, undefined)), undefined, NOW).action).toBe("stop");
  });

  it("and its age is unknown, nothing is done under a rerunAfter either, and adopt is the way on", () => {
    const decision = decide(found(task(phase, undefined)), minutesAgo(10), NOW);
    expect(decision.action).toBe("stop");
    expect(decision.action === "stop" ? decision.reason : "").toContain("set adopt to its id");
  });
});

describe("A task that replaces another", () => {
  it("is created though an older one did the same before: going back pushes again", () => {
    const before = found(task("succeeded", 30));
    expect(decide(before, undefined, NOW, { replacedAt: minutesAgo(20) })).toEqual({
      action: "create",
    });
  });

  it("is the one that was made since, when a create lost its id", () => {
    const both = found(task("succeeded", 30), task("unfinished", 5, "op-2"));
    expect(decide(both, undefined, NOW, { replacedAt: minutesAgo(20) })).toMatchObject({
      action: "adopt",
      task: { id: "op-2" },
    });
  });
});

describe("What the run itself knows", () => {
  it("is that the task of the same resource which is replaced is never the new one, however young", () => {
    for (const phase of ["unfinished", ...FINISHED] as const) {
      const replaced = found(task(phase, 0));
      expect(decide(replaced, undefined, NOW, { replacedId: "op-1" })).toEqual({
        action: "create",
      });
    }
  });

  it("is which tasks are this program's: these are taken over at any age and in spite of a doubt", () => {
    const isOfThisRun = (id: string): boolean => id === "op-1";
    const old = { ...found(task("succeeded", 5 * 24 * 60)), doubt: "there are 2 packages" };
    expect(decide(old, undefined, NOW, { isOfThisRun })).toMatchObject({
      action: "adopt",
      task: { id: "op-1" },
      warning: expect.stringContaining("nothing was pushed") as string,
    });
    const strangers = { ...found(task("succeeded", 5, "op-2")), doubt: "there are 2 packages" };
    expect(decide(strangers, undefined, NOW, { isOfThisRun }).action).toBe("stop");
    const older = found(task("succeeded", 61, "op-2"));
    expect(decide(older, undefined, NOW, { isOfThisRun }).action).toBe("stop");
  });
});

describe("A task that is over, and after which another was pushed", () => {
  const other = (minutes: number) => () => [task("succeeded", minutes, "op-9")];

  it("is doubtful, and the doubt names the other", () => {
    const superseding = supersededBy([task("succeeded", 30)], other(20));
    const decision = decide({ ...found(task("succeeded", 30)), superseding }, undefined, NOW);
    expect(decision).toHaveProperty(
      "reason",
      expect.stringMatching(
        /but operation op-9 \(.*\) has pushed something else to the same targets since/,
      ),
    );
  });

  it("is not doubtful where that was before, or while it is under way itself", () => {
    expect(supersededBy([task("succeeded", 30)], other(40))).toBeUndefined();
    expect(supersededBy([task("unfinished", 30)], other(20))).toBeUndefined();
    expect(supersededBy([], other(20))).toBeUndefined();
  });
});

describe("A task that a resource of this run has had", () => {
  const ours = (...ids: string[]) => ({ isOfThisRun: (id: string) => ids.includes(id) });
  const old = found(task("succeeded", 600));
  const superseding = [task("succeeded", 30, "op-9")];

  it("is taken over at any age", () => {
    expect(decide(old, undefined, NOW, ours("op-1"))).toMatchObject({ action: "adopt" });
  });

  it("stands beside what another one has that came after it", () => {
    const decision = decide({ ...old, superseding }, undefined, NOW, ours("op-1", "op-9"));
    expect(decision).toMatchObject({ action: "adopt" });
  });

  it("is a question where somebody else has pushed something else since", () => {
    const decision = decide({ ...old, superseding }, undefined, NOW, ours("op-1"));
    expect(decision).toHaveProperty("reason", expect.stringContaining("op-9"));
  });

  it("is pushed again where this program has pushed something else since", () => {
    const run = { ...ours("op-1"), isUndone: ({ id }: { id: string }) => id === "op-1" };
    expect(decide(old, undefined, NOW, run)).toEqual({ action: "create" });
  });

  it("is meant, and none that a list shows beside it", () => {
    const tasks = found(task("succeeded", 900, "op-0"), task("succeeded", 600));
    const decision = decide(tasks, undefined, NOW, ours("op-1"));
    expect(decision).toMatchObject({ action: "adopt", task: { id: "op-1" } });
  });

  it("is taken over, too, where only its mark tells whose it is and its resource moves up", () => {
    const marked = { ...old, marked: new Set(["op-1"]) };
    expect(decide(marked, undefined, NOW, {})).toMatchObject({ action: "stop" });
    expect(decide(marked, undefined, NOW, { mayMoveUp: true })).toMatchObject({ action: "adopt" });
    expect(decide(old, undefined, NOW, { mayMoveUp: true })).toMatchObject({ action: "stop" });
  });
});

describe("With several found", () => {
  it("nothing is done, and the error names them all", () => {
    const tasks = found(task("unfinished", 5), task("succeeded", 100, "op-2"));
    const decision = decide(tasks, undefined, NOW);
    expect(decision.action).toBe("stop");
    const reason = decision.action === "stop" ? decision.reason : "";
    expect(reason).toContain("op-1 (made at 2026-05-01T07:55:00Z, status processing)");
    expect(reason).toContain("op-2 (made at 2026-05-01T06:20:00Z, status success)");
  });

  it("only those count that rerunAfter leaves", () => {
    const tasks = found(task("unfinished", 5), task("succeeded", 100, "op-2"));
    const decision = decide(tasks, minutesAgo(60), NOW);
    expect(decision).toMatchObject({ action: "adopt", task: { id: "op-1" } });
  });
});

describe("With two packages of the version", () => {
  it.each(["unfinished", ...FINISHED] as const)(
    "nothing is done about a task that is %s, and the error says why",
    (phase) => {
      const doubt = "there are 2 packages of version V1.4";
      const decision = decide({ ...found(task(phase, 5)), doubt }, undefined, NOW);
      expect(decision.action).toBe("stop");
      expect(decision.action === "stop" ? decision.reason : "").toContain(doubt);
    },
  );
});

describe("Whatever is found", () => {
  const tasks = fc.array(
    fc
      .record({
        phase: fc.constantFrom<TaskPhase>("unfinished", ...FINISHED),
        made: fc.option(fc.integer({ min: -10, max: 200 }), { nil: undefined }),
      })
      .map(({ phase, made }) => task(phase, made)),
    { maxLength: 4 },
  );
  const rerunAfter = fc.option(fc.integer({ min: -10, max: 200 }).map(minutesAgo), {
    nil: undefined,
  });
  const doubt = fc.option(fc.constant("there are 2 packages"), { nil: undefined });
  const search = fc.record({ tasks, doubt }, { requiredKeys: ["tasks"] });

  it("a task is created only when nothing is left", () => {
    fc.assert(
      fc.property(search, rerunAfter, (all, rerun) => {
        const left = all.tasks.filter(
          ({ createdAt }) => rerun === undefined || createdAt === undefined || createdAt >= rerun,
        );
        const same = { tasks: all.tasks, ...(all.doubt === undefined ? {} : { doubt: all.doubt }) };
        const decision = decide(same, rerun, NOW);
        expect(decision.action === "create").toBe(left.length === 0);
      }),
    );
  });

  it("only a task that was found and is left can be taken over, and only without a doubt", () => {
    fc.assert(
      fc.property(search, rerunAfter, (all, rerun) => {
        const same = { tasks: all.tasks, ...(all.doubt === undefined ? {} : { doubt: all.doubt }) };
        const decision = decide(same, rerun, NOW);
        if (decision.action !== "adopt") return;
        expect(all.doubt).toBeUndefined();
        expect(all.tasks).toContain(decision.task);
        const { createdAt = Number.POSITIVE_INFINITY } = decision.task;
        expect(createdAt).toBeGreaterThanOrEqual(rerun ?? Number.NEGATIVE_INFINITY);
      }),
    );
  });

  it("the answer does not depend on the order of the list", () => {
    fc.assert(
      fc.property(search, rerunAfter, (all, rerun) => {
        const there = decide({ tasks: all.tasks }, rerun, NOW);
        const back = decide({ tasks: [...all.tasks].reverse() }, rerun, NOW);
        expect(back.action).toBe(there.action);
      }),
    );
  });
});
