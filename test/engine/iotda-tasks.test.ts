import { newStack, pushes, type Stack, startPlatform, type StateResource } from "./stack";
import {
  changes,
  changesFromNow,
  fails,
  namesInState,
  passes,
  platformTime,
  story,
  type Story,
  there,
} from "./story";
import { IOTDA } from "./world";

/* What tasks of IoTDA do and those of other platforms cannot: they are stopped, deleted, retried and confirmed. */

/** A task for what `targets` says, program text. */
function taskText(targets: string, more = "", options = "{}"): string {
  return `new iotda.FirmwareUpgradeTask("pilot", { packageId: "${IOTDA.packages.firmware}", appId: "waterworks", targets: ${targets}, ${more} }, ${options})`;
}

const devices = (...numbers: number[]): string =>
  JSON.stringify({ devices: numbers.map((number) => `meter_00${String(number)}`) });

const WAIT = 'new iotda.UpgradeCompletion("pilot", { taskId: task.id, timeoutSeconds: 60 });';

const tasks = ({ simulator }: Story) => simulator.books().iotda?.tasks ?? [];
const inState = ({ stack }: Story) => stack.resource("FirmwareUpgradeTask", "pilot");

describe("an unfinished task that is replaced", () => {
  const program = (numbers: number[], onDelete: string): string => `
    const task = ${taskText(devices(...numbers), `onDelete: "${onDelete}"`)};`;
  const tale = story({ program: program([1], "stop") });

  test("is stopped and deleted before the new one is pushed", async () => {
    await passes(tale.stack.up());
    tale.stack.program(program([1, 2], "stop"));
    const changed = changesFromNow(tale.simulator);
    expect(await passes(tale.stack.up())).toContain(
      "was stopped on the platform (Stopped: 1 of 1 done, 1 stopped), and its record was deleted.",
    );
    expect(changed()).toEqual(["POST batchtasks/stop", "DELETE batchtasks", "POST batchtasks"]);
    expect(tasks(tale)).toHaveLength(1);
  });

  test("is stopped and deleted after the new one is pushed, where that has other devices", async () => {
    tale.stack.program(program([3], "stop"));
    const changed = changesFromNow(tale.simulator);
    await passes(tale.stack.up());
    expect(changed()).toEqual(["POST batchtasks", "POST batchtasks/stop", "DELETE batchtasks"]);
  });

  test('with onDelete "keep" stays on the platform, beside the new one', async () => {
    tale.stack.program(program([1, 2], "keep"));
    await passes(tale.stack.up());
    const [old] = tasks(tale);
    tale.stack.program(program([3], "keep"));
    expect(await passes(tale.stack.preview())).toContain(
      `The platform goes on with the old task ${old?.task_id ?? ""}, which is not over (onDelete "keep"); the two may conflict.`,
    );
    const changed = changesFromNow(tale.simulator);
    await passes(tale.stack.up());
    expect(changed()).toEqual(["POST batchtasks"]);
    expect(tasks(tale)).toHaveLength(2);
  });

  test('with onDelete "keep" is forgotten by a destroy, and goes on', async () => {
    const changed = changesFromNow(tale.simulator);
    expect(await passes(tale.stack.destroy())).toContain(
      'is forgotten here, and the platform goes on with it if it is not over (onDelete "keep").',
    );
    expect(changed()).toEqual([]);
    expect(await namesInState(tale.stack)).toEqual([]);
  });
});

describe("the completion of a task that is replaced", () => {
  const program = (...numbers: number[]): string => `
    const task = ${taskText(devices(...numbers))};
    ${WAIT}`;
  const tale = story({ program: program(1), behaviour: { waitSeconds: 0, upgradeSeconds: 0 } });

  test("goes before the old task and comes back after the new one, for which it waits", async () => {
    await passes(tale.stack.up());
    tale.stack.program(program(1, 2));
    const up = await passes(tale.stack.up());
    expect(up).toMatch(/2 replaced/);
    expect(up).toContain("was over already (Success: 1 of 1 done), and its record was deleted.");
    const [task] = tasks(tale);
    expect(tasks(tale)).toHaveLength(1);
    expect(await tale.stack.resource("UpgradeCompletion", "pilot")).toMatchObject({
      id: task?.task_id,
      outputs: { outcome: "succeeded", deviceCounts: { total: 2, success: 2 } },
    });
    await passes(tale.stack.preview("--expect-no-changes"));
  });
});

describe("a task for a module", () => {
  const modem = `
    const modem = new iotda.VersionPackage("modem", {
      appId: "waterworks", packageType: "modulePackage", moduleName: "modem", version: "7",
      productId: "water-meter-nbm1",
      fileLocation: { obsLocation: { regionName: "${IOTDA.region}", bucketName: "waterworks-firmware", objectKey: "nbm1/metering-2.0.bin" } },
    });`;
  const program = (number: number): string => `${modem}
    const task = new iotda.ModuleUpgradeTask("pilot", { versionPackage: modem, appId: "waterworks", targets: ${devices(number)} });`;
  const tale = story({ program: program(1) });

  test("is pushed and waited for as any, and is forgotten where it runs and another takes its place", async () => {
    await passes(tale.stack.up());
    tale.stack.program(program(2));
    const changed = changesFromNow(tale.simulator);
    expect(await passes(tale.stack.up())).toContain(
      "and is forgotten here: the platform goes on with it, for it stops no upgrade of a module.",
    );
    expect(changed()).toEqual(["POST batchtasks"]);
    tale.simulator.clock.advance(60);
    const wait = 'new iotda.UpgradeCompletion("pilot", { task, timeoutSeconds: 60 });';
    tale.stack.program(`${program(2)} ${wait}`);
    await passes(tale.stack.up());
    expect(await tale.stack.resource("UpgradeCompletion", "pilot")).toMatchObject({
      outputs: { outcome: "succeeded", version: "7", packageKind: "module" },
    });
    expect(tasks(tale).map((task) => task.task_type)).toEqual(["moduleUpgrade", "moduleUpgrade"]);
    expect(tale.simulator.books().iotda?.devices[0]).toMatchObject({ modules: { modem: "7" } });
  });
});

describe("retryFailed", () => {
  const program = (more: string): string => `
    const task = ${taskText('{ devices: ["meter_019", "meter_020"] }', `taskName: "night", ${more}`)};
    ${WAIT}`;
  const tale = story({ program: program(""), behaviour: { waitSeconds: 0, upgradeSeconds: 0 } });

  test("tries the devices that failed again, in place, and the preview warns of it", async () => {
    expect(await fails(tale.stack.up())).toContain("1 of 2 devices were upgraded, 1 failed");
    tale.simulator.clock.advance(10);
    tale.stack.program(program(`retryFailed: "${platformTime(tale.simulator)}"`));
    const preview = await passes(tale.stack.preview("--diff"));
    expect(preview.match(/(?<=^ +[+~-] )\w+(?=:)/gm)).toEqual(["retryFailed"]);
    expect(preview).toContain(
      "warning: pilot: retryFailed pushes firmware again to the devices that failed.",
    );
    const changed = changesFromNow(tale.simulator);
    expect(await passes(tale.stack.up())).toContain("1 failed device is tried again.");
    expect(changed()).toEqual(["POST batchtasks/retry"]);
    expect(await tale.stack.resource("UpgradeCompletion", "pilot")).toMatchObject({
      outputs: { outcome: "succeeded", deviceCounts: { total: 2, success: 2 } },
    });
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("does so once, and may be taken away", async () => {
    await passes(tale.stack.preview("--expect-no-changes"));
    tale.stack.program(program(""));
    await passes(tale.stack.preview("--expect-no-changes"));
    await passes(tale.stack.up());
    expect(tale.simulator.books().counts.retryPosts).toBe(1);
  });
});

describe("retryFailed of more devices than one call may name", () => {
  const firmware = (name: string, targets: string, more = "") =>
    `new iotda.FirmwareUpgradeTask("${name}", { packageId: "${IOTDA.packages.firmware}", appId: "waterworks", targets: ${targets}, ${more} });`;
  const slow = Array.from({ length: 10 }, (_, number) => `slow_${String(number)}`);
  const program = (more: string, others: readonly string[]): string => `
    ${firmware("town", '{ groupIds: ["town"] }', more)}
    ${others.map((name) => firmware(name, JSON.stringify({ devices: [name] }))).join("\n")}`;

  test("names each once, also where the task must wait for its turn in between", async () => {
    const simulator = await startPlatform({ clock: { speed: 60 } });
    const meter = { productId: "water-meter-nbm1", upgradeSeconds: 0 };
    const failing = { ...meter, groups: ["town"], outcome: "fail" as const, failTimes: 1 };
    for (let number = 1; number <= 250; number += 1) {
      simulator.putIotdaDevice(`town_${String(number)}`, failing, "waterworks");
    }
    for (const name of slow) {
      simulator.putIotdaDevice(name, { ...meter, upgradeSeconds: 900 }, "waterworks");
    }
    const stack = await newStack({ simulator, program: program("", []) });
    const town = () => stack.resource("FirmwareUpgradeTask", "town");
    try {
      await passes(stack.up());
      await untilStatus("Fail", stack, town);
      stack.program(program("", slow));
      await passes(stack.up());
      stack.program(program(`retryFailed: "${platformTime(simulator)}"`, slow));
      expect(await passes(stack.up())).toContain("250 failed devices are tried again.");
      expect(simulator.books().counts.retryPosts).toBe(3);
      await untilStatus("Success", stack, town);
      expect(await town()).toMatchObject({
        outputs: { deviceCounts: { total: 250, success: 250 } },
      });
      expect(pushes(simulator)).toBe(11);
    } finally {
      stack.remove();
      await simulator.close();
    }
  });
});

async function untilStatus(
  status: string,
  stack: Stack,
  task: () => Promise<StateResource | undefined>,
): Promise<void> {
  for (let looks = 0; looks < 20; looks += 1) {
    await passes(stack.refresh());
    if ((await task())?.outputs?.["status"] === status) return;
  }
  throw new Error(`The task never became ${status}.`);
}

describe("a task that waits for a confirmation", () => {
  const program = (more = ""): string => taskText(devices(1, 2), `needConfirm: true, ${more}`);
  const tale = story({ program: program() });

  test("does not begin before, and begins with `confirmed`, in place", async () => {
    await passes(tale.stack.up());
    tale.simulator.clock.advance(60);
    await passes(tale.stack.refresh());
    expect(await inState(tale)).toMatchObject({ outputs: { deviceCounts: { total: 2, wait: 2 } } });
    tale.stack.program(program("confirmed: true"));
    const changed = changesFromNow(tale.simulator);
    expect(await passes(tale.stack.up())).toContain("all waiting devices are confirmed.");
    expect(changed()).toEqual(["POST batchtasks/confirm"]);
    await passes(tale.stack.preview("--expect-no-changes"));
    tale.simulator.clock.advance(60);
    await passes(tale.stack.refresh());
    expect(await inState(tale)).toMatchObject({
      outputs: { status: "Success", deviceCounts: { total: 2, success: 2 } },
    });
  });
});

describe("a task for a group that does not exist", () => {
  const tale = story({
    program: `
    const task = ${taskText('{ groupIds: ["nowhere"] }')};
    ${WAIT}`,
  });

  test("fails on the platform, and its completion is red", async () => {
    expect(await fails(tale.stack.up())).toMatch(
      /Upgrade task \S+ ended with status Fail: [^\n]* \(all must succeed\)\. The platform says: "The group \S+ does not exist\."/,
    );
    expect(await fails(tale.stack.up())).toContain("ended with status Fail");
    await passes(tale.stack.refresh());
    expect(await inState(tale)).toMatchObject({
      outputs: { status: "Fail", statusDesc: expect.stringMatching(/group/) as unknown },
    });
    expect(pushes(tale.simulator)).toBe(1);
  });
});

describe("a task of another stack", () => {
  const tale = story({ program: "" });
  let made = "";

  test("is not this one, whatever it does, unless adopt names it", async () => {
    const { simulator } = tale;
    const other = await newStack({ simulator, program: taskText(devices(1)) });
    await passes(other.pulumi("stack", "init", "other"));
    await passes(other.up());
    other.remove();
    made = there(tasks(tale)[0]).task_id;

    tale.stack.program(taskText(devices(1), `adopt: "${made}"`));
    expect(await passes(tale.stack.up())).not.toContain("warning");
    expect((await inState(tale))?.id).toBe(made);
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("is not taken over where it is not what is declared", async () => {
    const { urn } = there(await inState(tale));
    await passes(tale.stack.pulumi("state", "delete", urn, "--yes"));
    tale.stack.program(taskText(devices(2), `adopt: "${made}"`));
    expect(await fails(tale.stack.up())).toContain(
      `adopt names task ${made}, which is not what is declared: its targets is {"devices":["meter_001"]}. Correct the declaration or adopt; nothing was pushed.`,
    );
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("stops the create where nothing names it and it goes on", async () => {
    tale.stack.program(taskText(devices(1)));
    expect(await fails(tale.stack.up())).toMatch(
      new RegExp(
        `Operation ${made} \\(made at \\S+, status \\w+\\) may be this task, but its name says that another stack made it, or this one when it had another name\\. Nothing was pushed\\. To go on with ${made}, set adopt to its id; `,
      ),
    );
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("is left alone once it is over", async () => {
    tale.simulator.clock.advance(60);
    await passes(tale.stack.up());
    expect((await inState(tale))?.id).not.toBe(made);
    expect(pushes(tale.simulator)).toBe(2);
  });

  test("stays when this stack is destroyed", async () => {
    await passes(tale.stack.destroy());
    expect(tasks(tale).map(({ task_id }) => task_id)).toEqual([made]);
  });
});

describe("a task of which thirty thousand devices fail", () => {
  const tale = story({
    program: taskText('{ groupIds: ["town"] }'),
    behaviour: { waitSeconds: 0, upgradeSeconds: 0 },
  });

  test("keeps twenty of them in the state, and no other device", async () => {
    const device = {
      ...{ productId: "water-meter-nbm1", groups: ["town"] },
      outcome: "fail" as const,
      failureReason: "The flash is worn out.",
    };
    for (let number = 1; number <= 30_000; number += 1) {
      tale.simulator.putIotdaDevice(`town_${String(number)}`, device, "waterworks");
    }
    await passes(tale.stack.up());
    tale.simulator.clock.advance(60);
    await passes(tale.stack.refresh());
    const resource = there(await inState(tale));
    expect(resource.outputs).toMatchObject({
      status: "Fail",
      deviceCounts: { total: 30_000, fail: 30_000 },
    });
    const reasons = resource.outputs?.["failures"] as readonly { reason: string }[];
    expect(reasons).toHaveLength(20);
    expect(reasons[0]?.reason).toMatch(/^The flash is worn out\. \(\S+\)$/);
    expect(JSON.stringify(resource).match(/town_/g)).toHaveLength(20);
  });
});

describe("what a preview refuses", () => {
  const tale = story();

  test("is every broken rule of a task at once, each with its path", async () => {
    tale.stack.program(
      taskText(
        '{ devices: ["meter_001"], groupIds: ["pilot"] }',
        'taskPolicy: { retryCount: 9 }, confirmed: true, retryFailed: "today"',
      ),
    );
    const preview = await fails(tale.stack.preview());
    const sentences = [
      "targets names both devices and groupIds, and the platform would ignore the groups; give one of them.",
      "taskPolicy.retryInterval is missing; retryCount needs it (IOTDA.000006).",
      "taskPolicy.retryCount is 9; it must be a whole number from 1 to 5 (IOTDA.000006).",
      "confirmed has no effect unless needConfirm is true; set it, or take this away.",
      'retryFailed is "today"; it must be an instant such as 2026-01-31T08:00:00Z.',
    ];
    expect(sentences.filter((sentence) => !preview.includes(sentence))).toEqual([]);
  });

  test.each([
    [
      "a package that does not exist",
      "000000000000000000000404",
      `packageId is "000000000000000000000404", a version package that project ${IOTDA.projectId} does not have (404); correct it.`,
    ],
    [
      "a package of the wrong type",
      IOTDA.packages.software,
      "packageId is a softwarePackage, but this task pushes a firmwarePackage.",
    ],
  ])("is %s", async (_what, id, sentence) => {
    tale.stack.program(taskText(devices(1), `packageId: "${id}"`));
    expect(await fails(tale.stack.preview())).toContain(sentence);
    expect(changes(tale.simulator)).toEqual([]);
  });
});

describe("a preview of a task whose package is still to be made", () => {
  const tale = story({
    program: `
    const metering = new iotda.VersionPackage("metering", {
      appId: "waterworks", packageType: "softwarePackage", productId: "water-meter-nbm1", version: "2.1",
      fileLocation: { obsLocation: { regionName: "${IOTDA.region}", bucketName: "waterworks-firmware", objectKey: "nbm1/metering-2.0.bin" } },
    });
    new iotda.FirmwareUpgradeTask("pilot", { versionPackage: metering, appId: "waterworks", targets: ${devices(1)} });`,
  });

  test("refuses one of the wrong type", async () => {
    expect(await fails(tale.stack.preview())).toContain(
      "versionPackage is a softwarePackage, but this task pushes a firmwarePackage.",
    );
  });
});

test("an `up` that the platform throttles comes to its end, and pushes each task once", async () => {
  const simulator = await startPlatform({
    clock: { speed: 60 },
    behaviour: { iotdaCallsPerMinute: 4 },
  });
  const stack = await newStack({
    simulator,
    program: `
    for (let number = 1; number <= 20; number += 1) {
      const device = "meter_" + String(number).padStart(3, "0");
      new iotda.FirmwareUpgradeTask(device, { packageId: "${IOTDA.packages.firmware}", appId: "waterworks", targets: { devices: [device] } });
    }`,
  });
  try {
    await passes(stack.up());
    expect(simulator.books().counts.throttled).toBeGreaterThan(0);
    expect(pushes(simulator)).toBe(20);
    expect(await namesInState(stack)).toHaveLength(20);
  } finally {
    stack.remove();
    await simulator.close();
  }
});
