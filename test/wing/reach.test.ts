import type { Properties } from "../../src/pulumi/kind";
import { UNKNOWN } from "../../src/pulumi/unknown";
import { upgradeTaskKind as iotdaTask } from "../../src/iotda/upgrade-task/hooks";
import { upgradeTaskKind as northboundTask } from "../../src/northbound/upgrade-task/hooks";
import type { ManualClock } from "../manual-clock";
import { aReply } from "../http/requests";
import { projectsOf, told, type Told } from "../iotda/hook-context";
import * as iotda from "../iotda/scripted-fleet";
import { aTask as iotdaRecord } from "../iotda/scripted-platform";
import * as northbound from "../northbound/scripted-fleet";
import { aTask as northboundRecord, KIND } from "../northbound/scripted-platform";

interface Reviewed {
  readonly inputs: Properties;
  readonly reasons: readonly string[];
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
}

/** A wing whose platform has 12 devices: 3 are offline, one runs the version, one is of another kind. */
interface World {
  readonly clock: ManualClock;
  readonly from: string;
  readonly to: string;
  readonly ofAnotherKind: string;
  readonly targets: {
    readonly pilot: Properties;
    readonly two: Properties;
    devices(ids: string[]): Properties;
  };
  readonly ids: readonly string[];
  task(targets: Properties, more?: Properties): Properties;
  /** Calls about devices and groups so far. */
  asked(): number;
  refuse(): void;
  hold(deviceId: string): void;
  check(
    news: Properties,
    old: Properties | undefined,
    to: Told,
  ): Promise<{ inputs: Properties; failures: readonly { path: string; reason: string }[] }>;
  diff(id: string, state: Properties, news: Properties, to: Told): Promise<unknown>;
}

function northboundWorld(): World {
  const platform = new northbound.ScriptedFleet();
  const ids = northbound.idsOf(12);
  platform.devices = ids.map((id, index) =>
    northbound.aDevice(id, {
      ...(index < 3 ? { status: "OFFLINE" } : {}),
      ...(index === 5 ? { fwVersion: "V1.4" } : {}),
      ...(index === 6 ? { model: "NBM2" } : {}),
    }),
  );
  platform.groups = { pilot: ids, spare: ids.slice(0, 4), empty: [] };
  const applications = platform.applications();
  const kind = northboundTask("firmware", applications);
  return {
    clock: platform.clock,
    from: "V1.3",
    to: "V1.4",
    ofAnotherKind: "of another model",
    ids,
    targets: {
      pilot: { deviceGroups: ["pilot"], ...KIND },
      two: { deviceGroups: ["pilot", "spare"], ...KIND },
      devices: (devices) => ({ devices }),
    },
    task: (targets, more = {}) => ({ fileId: "F1", targets, ...more }),
    asked: () => platform.asked().length,
    refuse() {
      platform.script = ({ path }) =>
        path.startsWith("/iocm/app/d")
          ? aReply(403, { error_code: "100217", error_desc: "Not authorized." })
          : undefined;
    },
    hold(deviceId) {
      platform.tasks = [
        northboundRecord("op-9", 0, {
          targets: { devices: [deviceId] },
          extendPara: { fileVersion: "V1.2" },
        }),
      ];
      platform.parts = { "op-9": [{ deviceId, status: "processing" }] };
    },
    check: (news, old, to) => platform.clock.run(kind.check(news, old, to.context)),
    diff: (id, state, news, to) => platform.clock.run(kind.diff(id, state, news, to.context)),
  };
}

function iotdaWorld(): World {
  const platform = new iotda.ScriptedFleet();
  const ids = iotda.idsOf(12);
  platform.devices = ids.map((id, index) =>
    iotda.aDevice(id, {
      ...(index < 3 ? { status: "OFFLINE" } : {}),
      ...(index === 5 ? { fw_version: "1.4" } : {}),
      ...(index === 6 ? { product_id: "X" } : {}),
    }),
  );
  platform.groups = { a1: ids, b2: ids.slice(0, 4), e0: [] };
  const kind = iotdaTask("firmware", projectsOf(platform.project()));
  return {
    clock: platform.clock,
    from: "1.3",
    to: "1.4",
    ofAnotherKind: "of another product",
    ids,
    targets: {
      pilot: { groupIds: ["a1"] },
      two: { groupIds: ["a1", "b2"] },
      devices: (devices) => ({ devices }),
    },
    task: (targets, more = {}) => ({ packageId: "p-14", targets, ...more }),
    asked: () => platform.asked().length,
    refuse() {
      platform.script = ({ path }) =>
        /\/(devices|device-group|search)/.test(path)
          ? aReply(403, { error_code: "IOTDA.000022", error_msg: "Not authorized." })
          : undefined;
    },
    hold(deviceId) {
      platform.tasks = [iotdaRecord("t-9", { targets: [deviceId] })];
      platform.parts = { "t-9": [{ target: deviceId, status: "Processing" }] };
    },
    check: (news, old, to) => platform.clock.run(kind.check(news, old, to.context)),
    diff: (id, state, news, to) => platform.clock.run(kind.diff(id, state, news, to.context)),
  };
}

const WINGS = [
  ["northbound", northboundWorld],
  ["iotda", iotdaWorld],
] as const;

/** What a reviewer reads, with what the stack's configuration says. */
async function review(
  world: World,
  news: Properties,
  given: { old?: Properties; config?: Readonly<Record<string, string>>; name?: string } = {},
): Promise<Reviewed> {
  const { old, config = {}, name } = given;
  const to = told(name);
  const get = (key: string): string | undefined => config[key.replace("huawei-ota:", "")];
  const { inputs, failures } = await world.check(news, old, {
    ...to,
    context: { ...to.context, config: { get } },
  });
  const reasons = failures.map(({ path, reason }) => `${path} ${reason}`.trim());
  return { inputs, reasons, lines: to.lines, warnings: to.warnings };
}

const FIGURES = { onVersion: 1, otherKind: 1, unknown: 0, frozen: 0 };

describe.each(WINGS)("%s: what a task reaches", (_name, open) => {
  it("is said in one line that names the task, and kept as an input", async () => {
    const world = open();
    const { inputs, reasons, warnings } = await review(world, world.task(world.targets.pilot));
    expect(reasons).toEqual([]);
    expect(warnings).toEqual([
      `pilot: ${world.from} -> ${world.to} on 12 devices: 9 online, 3 offline, 1 runs it already, 1 ${world.ofAnotherKind} (${world.ids[6] ?? ""}).`,
    ]);
    expect(inputs["reach"]).toEqual({ devices: 12, from: [world.from], ...FIGURES });
  });

  it("is no warning where nothing is odd", async () => {
    const world = open();
    const targets = world.targets.devices(world.ids.slice(0, 5));
    const { lines, warnings } = await review(world, world.task(targets));
    expect(warnings).toEqual([]);
    expect(lines).toEqual([
      `pilot: ${world.from} -> ${world.to} on 5 devices: 2 online, 3 offline.`,
    ]);
  });

  it("costs a settled task no call, and stays what it was, whatever happened to the devices", async () => {
    const world = open();
    const news = world.task(world.targets.pilot);
    const { inputs: old } = await review(world, news);
    await world.clock.advance(3_600_000);
    const asked = world.asked();
    const { inputs, lines, warnings } = await review(world, news, { old });
    expect(inputs).toEqual(old);
    expect([...lines, ...warnings]).toEqual([]);
    // Nor one of an earlier release, which has none.
    const { reach: _, ...earlier } = old;
    expect((await review(world, news, { old: earlier })).inputs).toEqual(earlier);
    expect(world.asked()).toBe(asked);
  });

  it("is looked at again where the targets change, and not where something else does", async () => {
    const world = open();
    const { inputs: old } = await review(world, world.task(world.targets.pilot));
    const asked = world.asked();
    const rerun = world.task(world.targets.pilot, { rerunAfter: "2026-05-01T07:00:00Z" });
    expect((await review(world, rerun, { old })).inputs["reach"]).toEqual(old["reach"]);
    expect(world.asked()).toBe(asked);
    const fewer = world.task(world.targets.devices(world.ids.slice(0, 2)));
    expect((await review(world, fewer, { old })).inputs["reach"]).toMatchObject({ devices: 2 });
  });

  it("counts a device of two groups once", async () => {
    const world = open();
    const { inputs } = await review(world, world.task(world.targets.two));
    expect(inputs["reach"]).toMatchObject({ devices: 12 });
  });

  it("tells the devices that another task still holds", async () => {
    const world = open();
    world.hold(world.ids[4] ?? "");
    const targets = world.targets.devices(world.ids.slice(3, 6));
    const { warnings } = await review(world, world.task(targets));
    expect(warnings.join()).toContain(`1 busy in another task (${world.ids[4] ?? ""})`);
  });

  it("is asked for once, however many resources of a run ask", async () => {
    const world = open();
    await review(world, world.task(world.targets.pilot), { name: "first" });
    const asked = world.asked();
    for (let index = 0; index < 20; index += 1) {
      const news = world.task(world.targets.pilot, {
        rerunAfter: `2026-05-01T07:00:${10 + index}Z`,
      });
      await review(world, news, { name: `task-${index}` });
    }
    expect(world.asked()).toBe(asked);
  });

  it("is left out beyond the count where it costs too much, which is said", async () => {
    const world = open();
    const config = { maxPreviewCalls: "1" };
    const { inputs, lines } = await review(world, world.task(world.targets.pilot), { config });
    expect(lines).toEqual([
      `pilot: ${world.to} on 12 devices; versions not looked at: 2 calls, maxPreviewCalls is 1.`,
    ]);
    expect(inputs["reach"]).toEqual({ devices: 12 });
  });

  it("is unknown where the targets are, so that a saved plan holds", async () => {
    const world = open();
    const { inputs, reasons } = await review(world, world.task(world.targets.devices([UNKNOWN])));
    expect(reasons).toEqual([]);
    expect(inputs["reach"]).toBe(UNKNOWN);
    const config = { preflight: "require" };
    const required = await review(world, world.task(world.targets.devices([UNKNOWN])), { config });
    expect(required.reasons.join()).toContain("what they reach cannot be counted here");
  });
});

describe.each(WINGS)("%s: maxDevices", (_name, open) => {
  it("refuses more, of the task before that of the stack", async () => {
    const world = open();
    const config = { maxDevices: "11" };
    const task = (more: Properties) =>
      review(world, world.task(world.targets.pilot, more), { config });
    expect((await task({ maxDevices: 12 })).reasons).toEqual([]);
    expect((await task({ maxDevices: 5 })).reasons).toEqual([
      "reaches 12 devices, and maxDevices is 5. Nothing was pushed; narrow the targets, or raise it.",
    ]);
    expect((await task({})).reasons).toEqual([
      "reaches 12 devices, and huawei-ota:maxDevices is 11. Nothing was pushed; narrow the targets, or raise it.",
    ]);
  });

  it("is held against what is known already where the same devices are pushed again", async () => {
    const world = open();
    const { inputs: old } = await review(world, world.task(world.targets.pilot));
    const retries =
      open === iotdaWorld
        ? { taskPolicy: { retryCount: 1, retryInterval: 1 } }
        : { policy: { retryType: true, retryTimes: 1 } };
    const again = world.task(world.targets.pilot, { ...retries, maxDevices: 5 });
    expect((await review(world, again, { old })).reasons.join()).toContain("reaches 12 devices");
  });

  it("counts even where no figure is wanted, and a settled task is not held against it", async () => {
    const world = open();
    const news = world.task(world.targets.pilot);
    const config = { preflight: "off", maxDevices: "5" };
    const { reasons, lines, warnings } = await review(world, news, { config });
    expect(reasons.join()).toContain("reaches 12 devices");
    expect([...lines, ...warnings]).toEqual([]);
    const { inputs: old } = await review(world, news);
    expect((await review(world, news, { old, config })).reasons).toEqual([]);
  });

  it("is exact for groups that share devices, though their versions cost too much", async () => {
    const world = open();
    const config = { maxPreviewCalls: "2" };
    const news = world.task(world.targets.two, { maxDevices: 12 });
    expect((await review(world, news, { config })).reasons).toEqual([]);
  });

  it("must be a whole number, and changes in place", async () => {
    const world = open();
    const wrong = await review(world, world.task(world.targets.pilot, { maxDevices: 1.5 }));
    expect(wrong.reasons.join()).toContain("maxDevices is 1.5; it must be a whole number from 0.");
    const { inputs } = await review(world, world.task(world.targets.pilot, { maxDevices: 50 }));
    const state = { ...inputs, maxDevices: 40, status: world.to === "1.4" ? "Success" : "success" };
    expect(await world.diff("id", state, inputs, told())).toEqual({ kind: "changed" });
    expect(await world.diff("id", { ...state, maxDevices: 50 }, inputs, told())).toEqual({
      kind: "same",
    });
  });
});

describe.each(WINGS)("%s: preflight", (_name, open) => {
  it("asks for nothing where it is off", async () => {
    const world = open();
    const config = { preflight: "off" };
    const { inputs } = await review(world, world.task(world.targets.pilot), { config });
    expect(inputs).not.toHaveProperty("reach");
    expect(world.asked()).toBe(0);
  });

  it("warns where the account may not see devices, once for each task and with one refusal", async () => {
    const world = open();
    world.refuse();
    for (const [index, name] of ["one", "two", "three"].entries()) {
      const news = world.task(world.targets.devices([world.ids[index] ?? ""]));
      const { inputs, reasons, warnings } = await review(world, news, { name });
      expect(reasons).toEqual([]);
      expect(inputs["reach"]).toBe(UNKNOWN);
      expect(warnings.join()).toMatch(`${name}: What it reaches could not be counted: `);
    }
    expect(world.asked()).toBe(1);
  });

  it("refuses what it must count and cannot", async () => {
    const world = open();
    world.refuse();
    const config = { preflight: "require" };
    const { reasons } = await review(world, world.task(world.targets.pilot), { config });
    expect(reasons.join()).toMatch(
      /^What it reaches could not be counted: .* \(huawei-ota:preflight is "require".\)$/,
    );
  });

  it("that is another word is refused", async () => {
    const world = open();
    const config = { preflight: "maybe" };
    const checked = review(world, world.task(world.targets.pilot), { config });
    await expect(checked).rejects.toThrow('it must be "off", "warn" or "require".');
  });
});

describe("northbound: what the platform would refuse", () => {
  const world = northboundWorld();

  it("is refused in the preview, with the ids", async () => {
    const { ids } = world;
    const targets = world.targets.devices([ids[0] ?? "", "gone", ids[6] ?? ""]);
    expect((await review(world, world.task(targets))).reasons).toEqual([
      "targets.devices names devices that application waterworks does not have (123002): gone. Nothing was pushed; correct them.",
      `targets.devices names devices of another model than the package's (123016): ${ids[6] ?? ""}. Nothing was pushed; correct them.`,
    ]);
    const group = { deviceGroups: ["pilto"], ...KIND };
    expect((await review(world, world.task(group))).reasons).toEqual([
      "targets.deviceGroups names groups that application waterworks does not have (123002): pilto. Nothing was pushed; correct them.",
    ]);
  });

  it("is not what members of a group are", async () => {
    expect((await review(world, world.task(world.targets.pilot))).reasons).toEqual([]);
  });
});

test("iotda: devices that the platform does not know, or of another product, are told", async () => {
  const world = iotdaWorld();
  const targets = world.targets.devices([world.ids[0] ?? "", world.ids[6] ?? "", "gone"]);
  const { reasons, warnings } = await review(world, world.task(targets));
  expect(reasons).toEqual([]);
  expect(warnings.join()).toContain(
    `1 of another product (${world.ids[6] ?? ""}), 1 unknown to the platform (gone).`,
  );
});
