import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";

import type { FaultOptions, Simulator } from "../../src/simulator";
import { taskIds } from "./platform-client";
import { newStack, pushes, type Running, type Stack, startPlatform, until } from "./stack";

const PUSH = { method: "POST", path: "**/firmwareUpgrade" } as const;
const LISTING = { method: "GET", path: "**/operations" } as const;
const TASK = `const task = new northbound.FirmwareUpgradeTask("pilot", { fileId: V14, targets: { deviceGroups: ["pilot"], ...kind } });`;
const WAIT = `new northbound.UpgradeCompletion("pilot", { operationId: task.id, timeoutSeconds: 600 });`;

let simulator: Simulator;
let stack: Stack;

beforeEach(async () => {
  simulator = await startPlatform({ clock: { speed: 0 } });
  stack = await newStack({ simulator, program: TASK });
});
afterEach(async () => {
  stack.remove();
  await simulator.close();
});

function taskInState(): Promise<string | undefined> {
  return stack.resource("FirmwareUpgradeTask", "pilot").then((found) => found?.id);
}

async function pendingOperations(): Promise<number> {
  return (await stack.state()).deployment.pending_operations?.length ?? 0;
}

function startUp(): Running {
  return stack.start("up", "--yes", "--skip-preview");
}

/** An `up` under way, as soon as the reply to one of its calls is held back. */
async function upHeldAt(fault: Omit<FaultOptions, "kind">): Promise<Running> {
  simulator.addFault({ kind: "hold", ...fault });
  const running = startUp();
  await until("a reply is held", () =>
    simulator.books().requests.some(({ outcome }) => outcome === "held"),
  );
  return running;
}

/** The next `up`, after which the task is in the state and was pushed once in all. */
async function expectNextUpFindsTheTask(): Promise<void> {
  const next = await stack.up();
  expect(next).toMatchObject({ code: 0 });
  expect(next.output).toContain("so it was taken over; nothing more was pushed.");
  expect(simulator.books().counts.taskPosts).toBe(1);
  expect(pushes(simulator)).toBe(1);
  expect(await taskInState()).toBe(taskIds(simulator)[0]);
}

async function unlock(): Promise<void> {
  expect((await stack.up()).output).toContain("the stack is currently locked");
  expect(await stack.pulumi("cancel", "--yes")).toMatchObject({ code: 0 });
}

describe("a wait for an upgrade", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "ends within a second of %s, and the next `up` goes on waiting",
    async (signal) => {
      stack.program(TASK + WAIT);
      const running = startUp();
      await until("the wait has begun", () => running.output().includes("0 of 5 done"));
      const signalled = Date.now();
      running.process.kill(signal);
      const interrupted = await running.done;

      expect(interrupted.code).not.toBe(0);
      // The wait asks every 5 s and ends after 600 s: only hearing the signal is as quick as this.
      expect(Date.now() - signalled).toBeLessThan(4_000);
      const [id] = taskIds(simulator);
      expect(interrupted.output).toContain(
        `The wait for upgrade task ${id ?? ""} was interrupted: 0 of 5 done. The platform goes on with it, and the next \`pulumi up\` goes on waiting.`,
      );
      const wait = await stack.resource("UpgradeCompletion", "pilot");
      expect(wait).toMatchObject({ id, outputs: { outcome: "open" } });
      expect(wait?.initErrors).toHaveLength(1);
      expect(await pendingOperations()).toBe(0);

      simulator.finishTask(id ?? "");
      const next = await stack.up();
      expect(next).toMatchObject({ code: 0 });
      expect(next.output).toMatch(/~ .*UpgradeCompletion pilot updated/);
      expect(await stack.resource("UpgradeCompletion", "pilot")).toMatchObject({
        outputs: { outcome: "succeeded" },
      });
      expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
      expect(pushes(simulator)).toBe(1);
    },
  );
});

describe("while a task is pushed", () => {
  test("one Ctrl-C waits for the platform's reply, and the id is in the state", async () => {
    const running = await upHeldAt(PUSH);
    running.process.kill("SIGINT");
    await until("the engine was heard", () => running.output().includes("cancelling"));
    simulator.releaseHeld();
    await running.done;

    expect(await taskInState()).toBe(taskIds(simulator)[0]);
    expect(await pendingOperations()).toBe(0);
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect(simulator.books().counts.taskPosts).toBe(1);
  });

  test("one Ctrl-C and then a lost reply leave it open whether the task was made, and the next `up` finds it", async () => {
    stack.environment["HUAWEI_OTA_NORTHBOUND_REPLY_TIMEOUT_SECONDS"] = "2";
    const running = await upHeldAt(PUSH);
    running.process.kill("SIGINT");
    const interrupted = await running.done;

    expect(interrupted.code).not.toBe(0);
    expect(interrupted.output).toContain(
      "The operation was cancelled before it was known whether the task was made. The next `pulumi up` searches for it before it creates.",
    );
    await expectNextUpFindsTheTask();
  });

  test("a second Ctrl-C loses the id, and the next `up` finds the task", async () => {
    const running = await upHeldAt(PUSH);
    running.process.kill("SIGINT");
    await until("the engine was heard", () => running.output().includes("cancelling"));
    running.process.kill("SIGINT");

    expect((await running.done).code).not.toBe(0);
    expect(await taskInState()).toBeUndefined();
    expect(await pendingOperations()).toBe(1);
    await expectNextUpFindsTheTask();
  });

  test("the end of the provider process loses the id, and the next `up` finds the task", async () => {
    const running = await upHeldAt(PUSH);
    for (const pid of stack.providers()) process.kill(pid, "SIGKILL");

    expect((await running.done).code).not.toBe(0);
    expect(await taskInState()).toBeUndefined();
    expect(await pendingOperations()).toBe(0);
    await expectNextUpFindsTheTask();
  });

  test("the end of the command loses the id, and the next `up` after `pulumi cancel` finds the task", async () => {
    const running = await upHeldAt(PUSH);
    running.process.kill("SIGKILL");
    await running.done;
    for (const pid of stack.providers()) process.kill(pid, "SIGKILL");

    await unlock();
    expect(await taskInState()).toBeUndefined();
    await expectNextUpFindsTheTask();
  });

  test("a provider process that outlives its command is not in the way of the next `up`", async () => {
    const running = await upHeldAt(PUSH);
    running.process.kill("SIGKILL");
    await running.done;

    await unlock();
    expect(stack.providers()).toHaveLength(1);
    await expectNextUpFindsTheTask();
    simulator.releaseHeld();
    expect(simulator.books().counts.taskPosts).toBe(1);
  });
});

describe("a provider process that outlives its command", () => {
  let auditLog: string;
  beforeEach(() => {
    auditLog = join(stack.directory, "audit.jsonl");
    stack.environment["HUAWEI_OTA_AUDIT_LOG"] = auditLog;
  });

  async function expectNothingSent(): Promise<void> {
    await until(
      "the push was given up",
      () => existsSync(auditLog) && readFileSync(auditLog, "utf8").includes('"after"'),
    );
    expect(readFileSync(auditLog, "utf8")).toContain(
      "The Pulumi engine that asked for this is gone, so nothing more was sent.",
    );
    await unlock();
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect(pushes(simulator)).toBe(1);
  }

  test("does not begin to push", async () => {
    const running = await upHeldAt(LISTING);
    running.process.kill("SIGKILL");
    await running.done;
    expect(stack.providers()).toHaveLength(1);
    simulator.releaseHeld();

    await expectNothingSent();
    expect(simulator.books().counts.taskPosts).toBe(1);
  });

  test("does not repeat a push that was turned away for its frequency", async () => {
    simulator.addFault({ kind: "throttle", ...PUSH });
    const running = startUp();
    await until("the push was turned away", () => simulator.books().counts.throttled > 0);
    running.process.kill("SIGKILL");
    await running.done;

    await expectNothingSent();
    expect(simulator.books().counts.taskPosts).toBe(2);
  });
});

test("an `onError` hook that asks for another try makes no second task", async () => {
  writeFileSync(
    join(stack.directory, "automation.js"),
    `
    const pulumi = require("@pulumi/pulumi");
    const { LocalWorkspace } = require("@pulumi/pulumi/automation");
    const { northbound } = require("pulumi-huawei-ota");
    const kind = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };
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
      const task = new northbound.FirmwareUpgradeTask("pilot", { fileId: "firmware-nbm1-v1.4", targets: { deviceGroups: ["pilot"], ...kind } }, { hooks });
      new northbound.UpgradeCompletion("pilot", { operationId: task.id, timeoutSeconds: 1 }, { hooks });
    };
    (async () => {
      const stack = await LocalWorkspace.createOrSelectStack({ projectName: "test", stackName: "hooks", program });
      await stack.up({ onOutput: (text) => process.stdout.write(text) }).catch(() => (process.exitCode = 1));
    })();`,
  );
  // The first push is turned away by a proxy, the wait is a partial failure after a second.
  simulator.addFault({ kind: "proxyNotFound", ...PUSH });

  const result = await nodeIn(stack, "automation.js");

  expect(result.output).toContain("trying again: FirmwareUpgradeTask");
  expect(result.output).toContain("trying again: UpgradeCompletion");
  expect(result.output).toContain("is not over after 1 s");
  expect(result.code).toBe(1);
  expect(simulator.books().counts.taskPosts).toBe(2);
  expect(pushes(simulator)).toBe(1);
});

function nodeIn(
  { directory, environment }: Stack,
  script: string,
): Promise<{ code: number | null; output: string }> {
  return new Promise((settle, reject) => {
    const child = spawn(process.execPath, [script], { cwd: directory, env: environment });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    }
    child.on("error", reject);
    child.on("close", (code) => {
      settle({ code, output });
    });
  });
}
