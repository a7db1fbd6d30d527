import { pushes, type Stack } from "../stack";
import { fails, passes, story, there } from "../story";
import { taskText } from "./program";
import { wings } from "./wings";

const DEVICE_CALLS = /\/iocm\/app\/(dm|devgroup)\/|\/(devices|device-group|query-devices)\b/;

describe.each(wings)("$name: the reach of a task", (wing) => {
  const pilot = taskText(wing, "pilot", { devices: "pilot" });
  const tale = story({ program: pilot });
  const deviceCalls = (): number =>
    tale.simulator.books().requests.filter(({ path }) => DEVICE_CALLS.test(path)).length;
  const reachOf = async (name: string): Promise<unknown> =>
    (await tale.stack.resource("FirmwareUpgradeTask", name))?.inputs?.["reach"];
  const refuseDevices = (): void => {
    const path = wing.name === "iotda" ? "**/device-group/**" : "**/devGroups";
    tale.simulator.addFault({ kind: "proxyNotFound", path, times: 1_000 });
  };
  const set = (stack: Stack, name: string, value: string) =>
    passes(stack.pulumi("config", "set", `huawei-ota:${name}`, value));

  beforeAll(() => {
    wing.putDevice(tale.simulator, wing.device(1), { status: "OFFLINE" });
    wing.putDevice(tale.simulator, wing.device(2), { firmwareVersion: wing.versions.pushed });
  });

  test("is told by the first preview in one line, and is there for policies", async () => {
    const preview = await passes(tale.stack.preview("--diff"));
    expect(preview).toContain(
      `pilot: ${wing.versions.before} -> ${wing.versions.pushed} on 5 devices: 4 online, 1 offline, 1 runs it already.`,
    );
    expect(preview).toMatch(/reach\s*: \{\s+devices\s*: 5/);
    expect(pushes(tale.simulator)).toBe(0);
  });

  test("is told by the up before it pushes, and holds to a saved plan", async () => {
    await passes(tale.stack.preview("--save-plan", "plan.json"));
    const up = await passes(tale.stack.up("--plan", "plan.json"));
    expect(up).toContain("on 5 devices: 4 online, 1 offline");
    expect(pushes(tale.simulator)).toBe(1);
    expect(await reachOf("pilot")).toEqual({
      devices: 5,
      from: [wing.versions.before],
      onVersion: 1,
      otherKind: 0,
      unknown: 0,
      frozen: 0,
    });
  });

  test("of a settled task is neither looked at nor changed, whatever its devices do", async () => {
    tale.simulator.clock.advance(60);
    const before = deviceCalls();
    const preview = await passes(tale.stack.preview("--expect-no-changes", "--diff"));
    expect(preview).not.toContain("devices:");
    await passes(tale.stack.drift());
    await passes(tale.stack.refresh());
    await passes(tale.stack.preview("--save-plan", "plan.json"));
    await passes(tale.stack.up("--plan", "plan.json"));
    expect(deviceCalls()).toBe(before);
    expect(await reachOf("pilot")).toMatchObject({ devices: 5, onVersion: 1 });
  });

  test("is looked at again where the targets change, and maxDevices refuses it with no push", async () => {
    const made = pushes(tale.simulator);
    const wider = (maxDevices: number): string => `
      ${pilot}
      ${taskText(wing, "wider", { devices: [6, 7, 8], more: `maxDevices: ${maxDevices}` })}`;
    tale.stack.program(wider(2));
    const refused = await fails(tale.stack.preview());
    expect(refused).toContain(
      "reaches 3 devices, and maxDevices is 2. Nothing was pushed; narrow the targets, or raise it.",
    );
    await fails(tale.stack.up("--skip-preview"));
    expect(pushes(tale.simulator)).toBe(made);
    tale.stack.program(wider(3));
    expect(await passes(tale.stack.up())).toContain("on 3 devices: 3 online");
    expect(pushes(tale.simulator)).toBe(made + 1);
    expect(await passes(tale.stack.preview("--expect-no-changes"))).not.toContain("on 3 devices");
  });

  test("is held against the stack's maxDevices where the task has none", async () => {
    const made = pushes(tale.simulator);
    await set(tale.stack, "maxDevices", "1");
    tale.stack.program(`${pilot}\n${taskText(wing, "two", { devices: [9, 10] })}`);
    expect(await fails(tale.stack.up("--skip-preview"))).toContain(
      "reaches 2 devices, and huawei-ota:maxDevices is 1.",
    );
    expect(pushes(tale.simulator)).toBe(made);
    await passes(tale.stack.pulumi("config", "rm", "huawei-ota:maxDevices"));
  });

  test("beyond the count is left out where it would cost too much, and that is said", async () => {
    const third = taskText(wing, "third", { devices: "pilot", of: `"${wing.packages.other}"` });
    tale.stack.program(`${pilot}\n${third}`);
    await set(tale.stack, "maxPreviewCalls", "1");
    const preview = await passes(tale.stack.preview("--diff"));
    expect(preview).toMatch(
      /third: .* on 5 devices; versions not looked at: \d+ calls, maxPreviewCalls is 1\./,
    );
    expect(preview).toMatch(/reach\s*: \{\s+devices\s*: 5\s+\}/);
    await passes(tale.stack.pulumi("config", "rm", "huawei-ota:maxPreviewCalls"));
  });

  test("names the devices that the platform does not know", async () => {
    const made = pushes(tale.simulator);
    const strange = `new ${wing.name}.FirmwareUpgradeTask("strange", { ${wing.packageField}: "${wing.packages.firmware}", ${wing.taskArgs}targets: { devices: ["${wing.device(11)}", "meter_999"] } })`;
    tale.stack.program(`${pilot}\n${strange}`);
    const preview = await tale.stack.preview();
    expect(preview.output).toContain("1 unknown to the platform (meter_999)");
    if (wing.refusesUnknownDevices) {
      expect(preview.code).not.toBe(0);
      expect(preview.output).toContain("(123002): meter_999.");
    } else {
      expect(preview.code).toBe(0);
    }
    expect(pushes(tale.simulator)).toBe(made);
    expect(there(await tale.stack.resource("FirmwareUpgradeTask", "pilot"))).toBeDefined();
  });

  test("that cannot be counted is a warning, and an error where the stack requires it", async () => {
    const third = taskText(wing, "third", { devices: "pilot", of: `"${wing.packages.other}"` });
    const made = pushes(tale.simulator);
    tale.stack.program(`${pilot}\n${third}`);
    refuseDevices();
    const warned = await passes(tale.stack.preview("--save-plan", "plan.json"));
    expect(warned).toMatch(/warning: third: What it reaches could not be counted: /);
    await set(tale.stack, "preflight", "require");
    expect(await fails(tale.stack.preview())).toContain('(huawei-ota:preflight is "require".)');
    await set(tale.stack, "preflight", "off");
    const before = deviceCalls();
    expect(await passes(tale.stack.preview())).not.toContain("third:");
    expect(deviceCalls()).toBe(before);
    tale.simulator.clearFaults();
    await passes(tale.stack.pulumi("config", "rm", "huawei-ota:preflight"));
    expect(await passes(tale.stack.up("--plan", "plan.json"))).toContain("third: ");
    expect(pushes(tale.simulator)).toBe(made + 1);
  });
});
