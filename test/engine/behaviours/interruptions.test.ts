import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { FaultOptions } from "../../../src/simulator";
import { nodeIn, pushes, type Running, until } from "../stack";
import { fails, passes, story, type Story, there } from "../story";
import { taskText, waitText } from "./program";
import type { Wing } from "./wing";
import { wings } from "./wings";

/** What an `up` that was broken off has left, and the next one makes of it. */
function aftermath(wing: Wing, tale: Story) {
  const taskInState = async () => (await tale.stack.resource("FirmwareUpgradeTask", "pilot"))?.id;
  const onlyTask = (): string => {
    const tasks = wing.tasks(tale.simulator.books());
    expect(tasks).toHaveLength(1);
    return there(tasks[0]).id;
  };
  return {
    taskInState,
    onlyTask,
    startUp: (): Running => tale.stack.start("up", "--yes", "--skip-preview"),

    /** An `up` under way, as soon as the reply to one of its calls is held back. */
    async upHeldAt(fault: Omit<FaultOptions, "kind">): Promise<Running> {
      tale.simulator.addFault({ kind: "hold", ...fault });
      const running = tale.stack.start("up", "--yes", "--skip-preview");
      await until("a reply is held", () =>
        tale.simulator.books().requests.some(({ outcome }) => outcome === "held"),
      );
      return running;
    },

    async pendingOperations(): Promise<number> {
      return (await tale.stack.state()).deployment.pending_operations?.length ?? 0;
    },

    async unlock(): Promise<void> {
      expect(await fails(tale.stack.up())).toContain("the stack is currently locked");
      await passes(tale.stack.pulumi("cancel", "--yes"));
    },

    /** After the next `up` the task is in the state and was pushed once in all. */
    async expectNextUpFindsTheTask(): Promise<void> {
      const next = await passes(tale.stack.up());
      expect(next).toMatch(/so it was taken over; nothing (more )?was pushed\./);
      expect(tale.simulator.books().counts.taskPosts).toBe(1);
      expect(pushes(tale.simulator)).toBe(1);
      expect(await taskInState()).toBe(onlyTask());
    },
  };
}

describe.each(wings)("$name: a wait for an upgrade", (wing) => {
  const program = (seconds: number) => `
    const task = ${taskText(wing, "pilot", { devices: "pilot" })};
    const done = ${waitText(wing, "pilot", "task.id", `timeoutSeconds: ${String(seconds)}`)};
    ${taskText(wing, "fleet", { options: "{ dependsOn: [done] }" })};`;
  const tale = story({ anew: true, program: program(600) });
  const after = aftermath(wing, tale);

  /** What an `up` says that is told to stop as soon as it waits. */
  async function interruptedBy(signal: NodeJS.Signals): Promise<string> {
    const running = after.startUp();
    // Its own line, and not the warning of a preview, which tells the same figures.
    const progress = /(creating|updating) (?!.*warning).*0 of 5 done/;
    await until("the wait has begun", () => progress.test(running.output()));
    const signalled = Date.now();
    running.process.kill(signal);
    const output = await fails(running.done);
    // The wait asks every 5 s and ends after 600 s: only hearing the signal is as quick as this.
    expect(Date.now() - signalled).toBeLessThan(4_000);
    expect(output).toContain(
      `The wait for upgrade task ${after.onlyTask()} was interrupted: 0 of 5 done. The platform goes on with it, and the next \`up\` resumes it.`,
    );
    return output;
  }

  test.each(["SIGINT", "SIGTERM"] as const)(
    "ends within a second of %s without being red, and the next `up` resumes it",
    async (signal) => {
      await interruptedBy(signal);
      const id = after.onlyTask();
      const wait = await tale.stack.resource("UpgradeCompletion", "pilot");
      expect(wait).toMatchObject({ id, outputs: { outcome: "open" } });
      expect(wait?.initErrors ?? []).toEqual([]);
      expect(await after.pendingOperations()).toBe(0);
      await passes(tale.stack.drift());

      // The same for an update, which keeps its new inputs.
      tale.stack.program(program(500));
      await interruptedBy(signal);
      expect(await tale.stack.resource("UpgradeCompletion", "pilot")).toMatchObject({
        inputs: { timeoutSeconds: 500 },
        outputs: { outcome: "open", timeoutSeconds: 500 },
      });

      tale.simulator.finishTask(id);
      expect(await passes(tale.stack.up())).toMatch(/~ .*UpgradeCompletion pilot updated/);
      expect(await tale.stack.resource("UpgradeCompletion", "pilot")).toMatchObject({
        outputs: { outcome: "succeeded" },
      });
      await passes(tale.stack.preview("--expect-no-changes"));
      expect(pushes(tale.simulator)).toBe(2);
    },
  );
});

describe.each(wings)("$name: while a task is pushed", (wing) => {
  const tale = story({ anew: true, program: taskText(wing, "pilot") });
  const after = aftermath(wing, tale);
  const { push } = wing.calls;

  test("one Ctrl-C waits for the platform's reply, and the id is in the state", async () => {
    const running = await after.upHeldAt(push);
    running.process.kill("SIGINT");
    await until("the engine was heard", () => running.output().includes("cancelling"));
    tale.simulator.releaseHeld();
    await running.done;

    expect(await after.taskInState()).toBe(after.onlyTask());
    expect(await after.pendingOperations()).toBe(0);
    await passes(tale.stack.up());
    expect(tale.simulator.books().counts.taskPosts).toBe(1);
  });

  test("one Ctrl-C and then a lost reply leave it open whether the task was made, and the next `up` finds it", async () => {
    tale.stack.environment[there(wing.environment["replyTimeoutSeconds"])] = "2";
    const running = await after.upHeldAt(push);
    running.process.kill("SIGINT");
    expect(await fails(running.done)).toContain(
      "The operation was cancelled before it was known whether the task was made. The next `pulumi up` searches for it before it creates.",
    );
    await after.expectNextUpFindsTheTask();
  });

  test("a second Ctrl-C loses the id, and the next `up` finds the task", async () => {
    const running = await after.upHeldAt(push);
    running.process.kill("SIGINT");
    await until("the engine was heard", () => running.output().includes("cancelling"));
    running.process.kill("SIGINT");
    await fails(running.done);

    expect(await after.taskInState()).toBeUndefined();
    expect(await after.pendingOperations()).toBe(1);
    await after.expectNextUpFindsTheTask();
  });

  test("the end of the provider process loses the id, and the next `up` finds the task", async () => {
    const running = await after.upHeldAt(push);
    for (const pid of tale.stack.providers()) process.kill(pid, "SIGKILL");
    await fails(running.done);

    expect(await after.taskInState()).toBeUndefined();
    expect(await after.pendingOperations()).toBe(0);
    await after.expectNextUpFindsTheTask();
  });

  test("the end of the command loses the id, and the next `up` after `pulumi cancel` finds the task", async () => {
    const running = await after.upHeldAt(push);
    running.process.kill("SIGKILL");
    await running.done;
    for (const pid of tale.stack.providers()) process.kill(pid, "SIGKILL");

    await after.unlock();
    expect(await after.taskInState()).toBeUndefined();
    await after.expectNextUpFindsTheTask();
  });

  test("a provider process that outlives its command is not in the way of the next `up`", async () => {
    const running = await after.upHeldAt(push);
    running.process.kill("SIGKILL");
    await running.done;
    expect(tale.stack.providers()).toHaveLength(1);

    await after.unlock();
    await after.expectNextUpFindsTheTask();
    tale.simulator.releaseHeld();
    expect(tale.simulator.books().counts.taskPosts).toBe(1);
  });
});

describe.each(wings)("$name: while a task that begins later is pushed", (wing) => {
  const tale = story({ anew: true });
  const after = aftermath(wing, tale);

  test("the command is killed, and an `up` after the begin still finds the task", async () => {
    const begin = new Date(tale.simulator.clock.now().getTime() + 15_000);
    begin.setMilliseconds(0);
    tale.stack.program(taskText(wing, "pilot", { more: wing.beginsAt(begin) }));
    const running = await after.upHeldAt(wing.calls.push);
    running.process.kill("SIGKILL");
    await running.done;
    tale.simulator.releaseHeld();

    // Both clocks have passed it, this computer's and the platform's.
    tale.simulator.clock.advance(60);
    await until("the task should have begun", () => Date.now() > begin.getTime());
    await after.unlock();
    await after.expectNextUpFindsTheTask();
    await passes(tale.stack.preview("--expect-no-changes"));
  });
});

describe.each(wings)("$name: a provider process that outlives its command", (wing) => {
  const tale = story({ anew: true, program: taskText(wing, "pilot") });
  const after = aftermath(wing, tale);
  const { push, listTasks } = wing.calls;
  let auditLog: string;
  beforeEach(() => {
    auditLog = join(tale.stack.directory, "audit.jsonl");
    tale.stack.environment["HUAWEI_OTA_AUDIT_LOG"] = auditLog;
  });

  async function expectNothingSent(): Promise<void> {
    await until(
      "the push was given up",
      () => existsSync(auditLog) && readFileSync(auditLog, "utf8").includes('"after"'),
    );
    expect(readFileSync(auditLog, "utf8")).toContain(
      "The Pulumi engine that asked for this is gone, so nothing more was sent.",
    );
    await after.unlock();
    await passes(tale.stack.up());
    expect(pushes(tale.simulator)).toBe(1);
  }

  test("does not begin to push", async () => {
    const running = await after.upHeldAt(listTasks);
    running.process.kill("SIGKILL");
    await running.done;
    expect(tale.stack.providers()).toHaveLength(1);
    tale.simulator.releaseHeld();

    await until("the process has ended", () => tale.stack.providers().length === 0);
    expect(pushes(tale.simulator)).toBe(0);
    await after.unlock();
    await passes(tale.stack.up());
    expect(tale.simulator.books().counts.taskPosts).toBe(1);
  });

  test("does not repeat a push that was turned away for its frequency", async () => {
    tale.simulator.addFault({ kind: "throttle", ...push });
    const running = after.startUp();
    await until("the push was turned away", () => tale.simulator.books().counts.throttled > 0);
    running.process.kill("SIGKILL");
    await running.done;

    await expectNothingSent();
    expect(tale.simulator.books().counts.taskPosts).toBe(2);
  });
});

describe.each(wings)("$name: an `onError` hook that asks for another try", (wing) => {
  const tale = story();

  test("makes no second task", async () => {
    writeFileSync(
      join(tale.stack.directory, "automation.js"),
      `
      const pulumi = require("@pulumi/pulumi");
      const { LocalWorkspace } = require("@pulumi/pulumi/automation");
      const { ${wing.name} } = require("pulumi-huawei-ota");
      let left = 2;
      const answer = ({ type }) => {
        if (left === 0) return false;
        left -= 1;
        console.log("trying again: " + type.split(":").at(-1));
        return true;
      };
      const program = async () => {
        const again = new pulumi.ErrorHook("again", answer);
        const hooks = { onError: [again] };
        const task = ${taskText(wing, "pilot", { options: "{ hooks }" })};
        ${waitText(wing, "pilot", "task.id", "timeoutSeconds: 1", "{ hooks }")};
      };
      (async () => {
        const stack = await LocalWorkspace.createOrSelectStack({ projectName: "test", stackName: "hooks", program });
        await stack.up({ onOutput: (text) => process.stdout.write(text) }).catch(() => (process.exitCode = 1));
      })();`,
    );
    // The first push is turned away by a proxy, the wait is a partial failure after a second.
    tale.simulator.addFault({ kind: "proxyNotFound", ...wing.calls.push });

    const output = await fails(nodeIn(tale.stack, "automation.js"));

    expect(output).toContain("trying again: FirmwareUpgradeTask");
    expect(output).toContain("trying again: UpgradeCompletion");
    expect(output).toContain("is not over after 1 s");
    expect(tale.simulator.books().counts.taskPosts).toBe(2);
    expect(pushes(tale.simulator)).toBe(1);
  });
});
