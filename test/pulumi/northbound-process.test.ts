import { performance } from "node:perf_hooks";

import { type Simulator, type SimulatorData, startSimulator } from "../../src/simulator";
import { errorOf } from "../http/requests";
import { kind, startTime } from "../simulator/client";
import { type Fields, PartialFailure } from "./protocol-client";
import {
  FakeEngine,
  installLibrary,
  ProviderProcess,
  type Row,
  row,
  withProcess,
} from "./provider-process";

const FIRMWARE = "northbound.FirmwareUpgradeTask";
const SOFTWARE = "northbound.SoftwareUpgradeTask";
const PACKAGE = "northbound.VersionPackage";
const COMPLETION = "northbound.UpgradeCompletion";
const INFO = 1;
const WARNING = 2;

let library: ReturnType<typeof installLibrary>;
let simulator: Simulator;
let engine: FakeEngine;
let provider: ProviderProcess;

/** One package for each test that changes it, and devices enough for each test to have its own. */
const packages = ["firmware-4", "watched", "edited", "deleted"].map((fileId, index) => ({
  fileId,
  version: `V1.${String(4 + index)}`,
  fileType: "firmwarePackage" as const,
  ...kind,
}));
const software = { fileId: "software-2", version: "V2.0", fileType: "softwarePackage" as const };
const devices = Array.from({ length: 40 }, (_, index) => ({
  deviceId: `meter-${String(index)}`,
  ...kind,
}));
const bad = { deviceId: "bad", ...kind, outcome: "fail", failureReason: "The flash is worn out." };
const world = {
  applications: [
    {
      appId: "waterworks",
      secret: "s3cret",
      packages: [...packages, { ...software, ...kind }],
      devices: [...devices, bad],
    },
  ],
} as SimulatorData;

beforeAll(async () => {
  library = installLibrary();
  simulator = await startSimulator({
    data: world,
    clock: { start: startTime, speed: 0 },
    behaviour: { newLoginEndsOldToken: false },
  });
  engine = new FakeEngine();
  await engine.start();
  provider = await start();
});

afterAll(async () => {
  await provider.stop();
  engine.stop();
  await simulator.close();
  library.remove();
});

/** With the settings that an explicit provider carries, and the secret from the environment. */
function start(
  environment: Readonly<Record<string, string>> = {},
  address = engine.address,
): Promise<ProviderProcess> {
  const settings = {
    "huawei-ota:northboundEndpoint": simulator.url,
    "huawei-ota:northboundAppId": "waterworks",
  };
  return ProviderProcess.start(library.folder, address, settings, {
    HUAWEI_OTA_NORTHBOUND_SECRET: "s3cret",
    ...environment,
  });
}

/** A run after this one, with an engine of its own. */
async function inLaterRun(
  work: (own: ProviderProcess, itsEngine: FakeEngine) => Promise<void>,
): Promise<void> {
  const later = new FakeEngine();
  await later.start();
  try {
    await withProcess(start({}, later.address), (own) => work(own, later));
  } finally {
    later.stop();
  }
}

/** As `pulumi up` does it. */
function up(resource: Row, news: Fields) {
  return provider.up(resource, news);
}

let used = 0;

/** A task for two devices that no other test has. */
function aTask() {
  used += 2;
  return {
    fileId: "firmware-4",
    targets: { devices: [`meter-${String(used - 2)}`, `meter-${String(used - 1)}`] },
  };
}

/** How many tasks are pushed while the work goes on. */
async function pushesOf(work: () => Promise<unknown>): Promise<number> {
  const before = simulator.books().counts.taskPosts;
  await work();
  return simulator.books().counts.taskPosts - before;
}

describe("A version package", () => {
  it("is found, read, unchanged, and kept when it is destroyed", async () => {
    const resource = row(PACKAGE, "kept");
    const made = await up(resource, { fileType: "firmwarePackage", version: "V1.4", ...kind });
    expect(made.id).toBe("firmware-4");
    expect(made.properties).toMatchObject({
      fileId: "firmware-4",
      account: "waterworks",
      ...resource.hidden,
    });

    const again = await provider.read(resource, made.id, made.properties);
    expect(again).toEqual({ id: made.id, properties: made.properties, inputs: {} });
    expect(await provider.diff(resource, made.id, made.properties, made.inputs)).toEqual({
      changes: "none",
      replaces: [],
    });
    await inLaterRun(async (later, itsEngine) => {
      await later.delete(resource, made.id, made.properties);
      expect(await itsEngine.line("firmware-4 stays on the platform")).toMatchObject({
        severity: INFO,
        urn: resource.urn,
      });
    });
    expect(simulator.books().packages.map(({ fileId }) => fileId)).toContain("firmware-4");
  });

  it("is edited without a replacement, then deleted, and may be deleted again", async () => {
    const resource = row(PACKAGE, "edited");
    const made = await up(resource, { fileId: "edited" });
    const news = { fileId: "edited", onDelete: "delete" };
    const { inputs } = await provider.check(resource, news, made.inputs);
    expect(await provider.diff(resource, made.id, made.properties, inputs)).toEqual({
      changes: "unknown",
      replaces: [],
    });
    const outs = await provider.update(resource, made.id, made.properties, inputs);
    expect(outs).toMatchObject({ onDelete: "delete", ...resource.hidden });

    await provider.delete(resource, made.id, outs);
    expect((await engine.line("edited stays: this resource has it")).urn).toBe(resource.urn);
    await inLaterRun(async (later) => {
      await later.delete(resource, made.id, outs);
      expect(simulator.books().packages.map(({ fileId }) => fileId)).not.toContain("edited");
      await later.delete(resource, made.id, outs);
    });
  });

  it("that somebody deleted is gone, and that is said", async () => {
    const resource = row(PACKAGE, "deleted");
    const made = await up(resource, { fileId: "deleted" });
    simulator.deletePackage("deleted");
    await withProcess(start(), async (later) => {
      expect(await later.read(resource, made.id, made.properties)).toMatchObject({ id: "" });
    });
    const line = await engine.line("deleted was deleted on the platform");
    expect(line).toMatchObject({ severity: WARNING, urn: resource.urn });
  });

  it("is read by nothing but its id", async () => {
    const resource = row(PACKAGE, "watched");
    const { hidden } = resource;
    const found = await provider.read(resource, "watched", hidden);
    expect(found.properties).toMatchObject({ version: "V1.5", ...hidden });
    expect(found.inputs).toMatchObject({ fileId: "watched" });
    const error = await errorOf(provider.read(resource, "none", hidden));
    expect(error.message).toContain("has no version package none (123002)");
  });
});

describe.each([
  [FIRMWARE, "firmware_upgrade", "firmware-4"],
  [SOFTWARE, "software_upgrade", "software-2"],
])("A %s", (kindName, operateType, fileId) => {
  it("is made, read, replaced by a change, and forgotten", async () => {
    const resource = row(kindName, "whole-life");
    const [one = "", two = ""] = aTask().targets.devices;
    const declared = { fileId, targets: { devices: [two, one, two] } };
    const made = await up(resource, declared);
    const booked = simulator.books().tasks.find(({ operationId }) => operationId === made.id);
    expect(booked).toMatchObject({ operateType, fileId, targets: { devices: [one, two].sort() } });
    expect(made.properties).toMatchObject({
      fileId,
      platformState: "asDeclared",
      account: "waterworks",
      ...resource.hidden,
    });

    simulator.finishTask(made.id);
    const read = await provider.read(resource, made.id, made.properties);
    expect(read.properties).toMatchObject({ status: "success", deviceCounts: { success: 2 } });
    expect(read.inputs).toEqual({});
    const same = await provider.diff(resource, made.id, read.properties, made.inputs);
    expect(same.changes).toBe("none");

    const news = { ...declared, targets: { devices: [one] } };
    const { inputs } = await provider.check(resource, news, made.inputs);
    expect(await provider.diff(resource, made.id, read.properties, inputs)).toEqual({
      changes: "unknown",
      replaces: ["targets"],
    });
    expect(await engine.line("will be pushed again to devices", resource.urn)).toMatchObject({
      severity: WARNING,
      urn: resource.urn,
    });

    const pushes = await pushesOf(() =>
      inLaterRun(async (later, itsEngine) => {
        await later.delete(resource, made.id, read.properties);
        const line = await itsEngine.line(`${made.id} is forgotten here`);
        expect(line).toMatchObject({ severity: INFO, urn: resource.urn });
      }),
    );
    expect(pushes).toBe(0);
  });
});

describe("An upgrade task", () => {
  it("that is there already is taken over, with a warning on its row", async () => {
    const task = aTask();
    const second = row(FIRMWARE, "second");
    const pushes = await pushesOf(async () => {
      const made = await up(row(FIRMWARE, "first"), task);
      await inLaterRun(async (later, itsEngine) => {
        expect((await later.up(second, task)).id).toBe(made.id);
        const line = await itsEngine.line(`${made.id} (made`);
        expect(line).toMatchObject({ severity: WARNING, urn: second.urn, ephemeral: false });
      });
    });
    expect(pushes).toBe(1);
  });

  it("that another resource of the program declares, too, is refused, also in another process", async () => {
    const task = aTask();
    const [first, second] = [row(FIRMWARE, "one-of-two"), row(FIRMWARE, "other-of-two")];
    const pushes = await pushesOf(async () => {
      await up(first, task);
      const twin = `is exactly what one-of-two of this program declares, too (${first.urn}).`;
      const { inputs, failures } = await provider.check(second, task);
      expect(failures).toEqual([expect.stringContaining(twin)]);
      await withProcess(start(), async (own) => {
        expect((await own.check(second, task)).failures).toEqual([expect.stringContaining(twin)]);
        expect((await errorOf(own.create(second, inputs))).message).toContain(twin);
      });
    });
    expect(pushes).toBe(1);
  });

  it("that was stopped at the portal is drift once, and noted by an update", async () => {
    const resource = row(FIRMWARE, "stopped");
    const task = aTask();
    const made = await up(resource, task);
    simulator.stopTask(made.id);
    const pushes = await pushesOf(async () => {
      const read = await provider.read(resource, made.id, made.properties);
      expect(read.inputs["platformState"]).toContain("stopped on the platform");
      const { inputs } = await provider.check(resource, task, made.inputs);
      const drifted = await provider.diff(resource, made.id, read.properties, inputs);
      expect(drifted.changes).toBe("unknown");
      const outs = await provider.update(resource, made.id, read.properties, inputs);
      expect((await provider.diff(resource, made.id, outs, inputs)).changes).toBe("none");
      expect((await provider.read(resource, made.id, outs)).inputs).toEqual({});
    });
    expect(pushes).toBe(0);
  });

  it("whose record was purged stays in the state, with a warning", async () => {
    const resource = row(FIRMWARE, "purged");
    const made = await up(resource, aTask());
    simulator.finishTask(made.id);
    const over = await provider.read(resource, made.id, made.properties);
    simulator.clock.advance(60);
    simulator.purgeTask(made.id);
    await inLaterRun(async (later, itsEngine) => {
      const read = await later.read(resource, made.id, over.properties);
      const properties = { ...over.properties, recordGone: true };
      expect(read).toEqual({ id: made.id, properties, inputs: {} });
      expect(await itsEngine.line("keeps no record")).toMatchObject({
        severity: WARNING,
        urn: resource.urn,
      });
    });
  });

  it("whose record was purged before its end was seen is drift, for nobody knows how it ended", async () => {
    const resource = row(FIRMWARE, "purged-early");
    const made = await up(resource, aTask());
    simulator.finishTask(made.id);
    simulator.clock.advance(60);
    simulator.purgeTask(made.id);
    const pushes = await pushesOf(async () => {
      const read = await provider.read(resource, made.id, made.properties);
      const platformState =
        "not over when it was last seen (wait), and its record is gone from the platform";
      expect(read.properties).toMatchObject({ recordGone: true, platformState });
      expect(read.inputs).toEqual({ ...made.inputs, platformState });
      const drifted = await provider.diff(resource, made.id, read.properties, made.inputs);
      expect(drifted).toEqual({ changes: "unknown", replaces: [] });
      const outs = await provider.update(resource, made.id, read.properties, made.inputs);
      expect((await provider.diff(resource, made.id, outs, made.inputs)).changes).toBe("none");
      expect((await provider.read(resource, made.id, outs)).inputs).toEqual({});
    });
    expect(pushes).toBe(0);
  });

  it("that the platform refuses is an error without a state", async () => {
    const resource = row(FIRMWARE, "refused");
    const news = { fileId: "firmware-4", targets: { devices: ["nobody"] } };
    const { inputs } = await provider.check(resource, news);
    const error = await errorOf(provider.create(resource, inputs));
    expect(error).not.toBeInstanceOf(PartialFailure);
    expect(error.message).toContain("so one of the devices does not (123002): nobody");
  });

  it("of another application is neither read nor updated nor deleted", async () => {
    const resource = row(FIRMWARE, "elsewhere");
    const made = await up(resource, aTask());
    const state = { ...made.properties, account: "laboratory" };
    const asked = simulator.books().counts.requests;
    for (const work of [
      () => provider.read(resource, made.id, state),
      () => provider.delete(resource, made.id, state),
      () => provider.update(resource, made.id, state, made.inputs),
    ]) {
      const error = await errorOf(work());
      expect(error.message).toContain("belongs to application laboratory");
      expect(error.message).toContain("waterworks");
    }
    expect(simulator.books().counts.requests).toBe(asked);
  });
});

describe("An upgrade completion", () => {
  it("is made when its task went well", async () => {
    const { id } = await up(row(FIRMWARE, "good"), aTask());
    simulator.finishTask(id);
    const resource = row(COMPLETION, "good");
    const done = await up(resource, { operationId: id });
    expect(done).toMatchObject({ id, properties: { outcome: "succeeded", status: "success" } });
    expect((await provider.diff(resource, id, done.properties, done.inputs)).changes).toBe("none");
    const read = await provider.read(resource, id, done.properties);
    expect(read.properties).toEqual(done.properties);
    await provider.delete(resource, id, done.properties);
  });

  it("fails partly when its task did not: with its id, its whole state and the devices' reasons", async () => {
    const task = { ...aTask(), targets: { devices: ["meter-39", "bad"] } };
    const { id } = await up(row(FIRMWARE, "mixed"), task);
    simulator.finishTask(id);
    const resource = row(COMPLETION, "mixed");
    const { inputs } = await provider.check(resource, { operationId: id });
    const error = await errorOf(provider.create(resource, inputs));
    if (!(error instanceof PartialFailure)) throw error;
    expect(error.id).toBe(id);
    expect(error.properties).toMatchObject({
      operationId: id,
      outcome: "failed",
      status: "failed",
      deviceCounts: { total: 2, success: 1, fail: 1 },
      failures: [{ deviceId: "bad", reason: "The flash is worn out." }],
      account: "waterworks",
      ...resource.hidden,
    });
    expect(error.reasons).toEqual([
      `Upgrade task ${id} ended with status failed: 1 of 2 devices were upgraded, 1 failed (all must succeed). It stays red here until the task or a threshold changes: rerunAfter of the task pushes again.`,
      "bad: The flash is worn out.",
    ]);

    expect((await provider.diff(resource, id, error.properties, inputs)).changes).toBe("some");
    const news = { operationId: id, minSuccessPercent: 50 };
    const eased = (await provider.check(resource, news)).inputs;
    expect((await provider.diff(resource, id, error.properties, eased)).changes).toBe("some");
    expect(await provider.update(resource, id, error.properties, eased)).toMatchObject({
      outcome: "succeeded",
      minSuccessPercent: 50,
      ...resource.hidden,
    });
  });

  it("is interrupted within a second by Cancel, and returns unfinished, so that the next `up` resumes it", async () => {
    const { id } = await up(row(FIRMWARE, "long"), aTask());
    const resource = row(COMPLETION, "long");
    const { inputs } = await provider.check(resource, { operationId: id });
    await withProcess(start(), async (own) => {
      const waiting = own.create(resource, inputs);
      const progress = await engine.line("of 2 done", resource.urn);
      expect(progress).toMatchObject({ severity: INFO, ephemeral: true });
      const cancelledAt = performance.now();
      await own.cancel();
      const made = await waiting;
      expect(performance.now() - cancelledAt).toBeLessThan(1_000);
      expect(made).toMatchObject({ id, properties: { outcome: "open", ...resource.hidden } });
      const warning = await engine.line("was interrupted: 0 of 2 done", resource.urn);
      expect(warning).toMatchObject({ severity: WARNING, ephemeral: false });
      expect(warning.message).toContain("and the next `up` resumes it.");
      expect((await provider.diff(resource, id, made.properties, inputs)).changes).toBe("some");

      simulator.finishTask(id);
      const outs = await provider.update(resource, id, made.properties, inputs);
      expect(outs).toMatchObject({ outcome: "succeeded" });

      const task = row(FIRMWARE, "after-cancel");
      const pushes = await pushesOf(async () => {
        const refused = await errorOf(
          own.create(task, { ...aTask(), platformState: "asDeclared", ...task.hidden }),
        );
        expect(refused.message).toMatch(/cancelled/);
      });
      expect(pushes).toBe(0);
    });
  });
});

describe("Our own lines", () => {
  it("are no Cancel, although the engine answers them with the same message", async () => {
    const resource = row(FIRMWARE, "not-cancelled");
    const { failures } = await provider.check(resource, { ...aTask(), fileId: "watched" });
    expect(failures).toEqual([]);
    const said = row(PACKAGE, "said");
    await provider.check(said, { fileId: "missing" });
    await engine.line("has no version package missing", said.urn);
    expect(await pushesOf(() => up(resource, aTask()))).toBe(1);
  });

  it("are information and warnings only, and tell no secret", () => {
    const severities = new Set(engine.lines.map(({ severity }) => severity));
    expect([...severities].sort()).toEqual([INFO, WARNING]);
    expect(JSON.stringify(engine.lines) + provider.output.text).not.toContain("s3cret");
  });

  it("stand on the stack's row, once, when no account is set", async () => {
    await withProcess(ProviderProcess.start(library.folder, engine.address, {}), async (own) => {
      for (const name of ["no-account-1", "no-account-2"]) {
        expect((await own.check(row(FIRMWARE, name), aTask())).failures).toEqual([]);
      }
      const text = "Nothing was compared with the platform";
      const line = await engine.line(text);
      expect(line).toMatchObject({ severity: WARNING, urn: "" });
      expect(line.message).toContain("HUAWEI_OTA_NORTHBOUND_ENDPOINT");
      expect(engine.lines.filter(({ message }) => message.includes(text))).toHaveLength(1);
    });
  });
});

describe("Nothing is pushed", () => {
  const attempt = async (own: ProviderProcess, name: string, before: () => void) => {
    const resource = row(FIRMWARE, name);
    const { inputs } = await own.check(resource, aTask());
    before();
    let message = "";
    const pushes = await pushesOf(async () => {
      message = (await errorOf(own.create(resource, inputs))).message;
    });
    expect(pushes).toBe(0);
    return message;
  };

  it("when the engine is gone, which is noticed right before", async () => {
    const other = new FakeEngine();
    await other.start();
    await withProcess(start({}, other.address), async (own) => {
      const message = await attempt(own, "orphan", () => {
        other.stop();
      });
      expect(message).toContain("engine that asked for this is gone, so nothing more was sent");
    });
  });

  it("in read-only mode, and the error says so", async () => {
    await withProcess(start({ HUAWEI_OTA_READ_ONLY: "1" }), async (own) => {
      const message = await attempt(own, "read-only", () => undefined);
      expect(message).toContain("HUAWEI_OTA_READ_ONLY is set, so nothing was sent");
    });
  });
});

it("A lost reply never becomes a second push", async () => {
  const path = "**/firmwareUpgrade";
  simulator.addFault({ kind: "drop", takesEffect: true, method: "POST", path });
  const pushes = await pushesOf(async () => {
    const { id } = await up(row(FIRMWARE, "lost"), aTask());
    expect(simulator.books().tasks.at(-1)?.operationId).toBe(id);
  });
  expect(pushes).toBe(1);
});
