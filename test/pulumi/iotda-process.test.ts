import { performance } from "node:perf_hooks";

import { type Simulator, startSimulator } from "../../src/simulator";
import { IOTDA, OTHER_PROJECT, world } from "../engine/world";
import { errorOf } from "../http/requests";
import { startTime } from "../simulator/client";
import { type Fields, PartialFailure } from "./protocol-client";
import { FakeEngine, installLibrary, ProviderProcess, row, withProcess } from "./provider-process";

const FIRMWARE = "iotda.FirmwareUpgradeTask";
const SOFTWARE = "iotda.SoftwareUpgradeTask";
const PACKAGE = "iotda.VersionPackage";
const COMPLETION = "iotda.UpgradeCompletion";
const INFO = 1;
const WARNING = 2;

let library: ReturnType<typeof installLibrary>;
let simulator: Simulator;
let engine: FakeEngine;
let provider: ProviderProcess;

beforeAll(async () => {
  library = installLibrary();
  simulator = await startSimulator({
    data: world(),
    clock: { start: startTime, speed: 0 },
    behaviour: {
      iotdaInitializingSeconds: 0,
      iotdaStoppingSeconds: 0,
      iotdaCallsPerMinute: null,
      iotdaSearchesPerSecond: null,
    },
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

/** With the settings that an explicit provider carries, and the keys from the environment. */
function start(
  environment: Readonly<Record<string, string>> = {},
  address = engine.address,
): Promise<ProviderProcess> {
  const settings = {
    "huawei-ota:iotdaEndpoint": simulator.url,
    "huawei-ota:iotdaRegion": IOTDA.region,
    "huawei-ota:iotdaProjectId": IOTDA.projectId,
  };
  return ProviderProcess.start(library.folder, address, settings, {
    HW_ACCESS_KEY: IOTDA.accessKey,
    HW_SECRET_KEY: IOTDA.secretKey,
    ...environment,
  });
}

/** A run after this one, with an engine of its own. */
async function inLaterRun(
  work: (own: ProviderProcess, itsEngine: FakeEngine) => Promise<void>,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const later = new FakeEngine();
  await later.start();
  try {
    await withProcess(start(environment, later.address), (own) => work(own, later));
  } finally {
    later.stop();
  }
}

const PRODUCT = { productId: "water-meter-nbm1" };

function aPackage(version: string, change: Fields = {}): Fields {
  const [region, bucket, key] = [IOTDA.region, "waterworks-firmware", "nbm1/1.4.bin"];
  return {
    ...{ appId: "waterworks", packageType: "firmwarePackage", version, ...PRODUCT },
    fileLocation: { obsLocation: { regionName: region, bucketName: bucket, objectKey: key } },
    ...change,
  };
}

let used = 0;

/** A task for two devices that no other test has. */
function aTask() {
  used += 2;
  const devices = [`own_${String(used - 1)}`, `own_${String(used)}`];
  for (const device of devices) simulator.putIotdaDevice(device, PRODUCT, "waterworks");
  return { packageId: IOTDA.packages.firmware, appId: "waterworks", targets: { devices } };
}

const tasks = () => simulator.books().iotda?.tasks ?? [];
const taskIds = () => tasks().map(({ task_id }) => task_id);
const packageIds = () =>
  (simulator.books().iotda?.packages ?? []).map(({ package_id }) => package_id);

/** How many tasks are pushed while the work goes on. */
async function pushesOf(work: () => Promise<unknown>): Promise<number> {
  const before = simulator.books().counts.taskPosts;
  await work();
  return simulator.books().counts.taskPosts - before;
}

describe("A version package", () => {
  it("is made, read, replaced by a change, and deleted, once and again", async () => {
    const resource = row(PACKAGE, "whole-life");
    const made = await provider.up(resource, aPackage("3.0"));
    expect(packageIds()).toContain(made.id);
    expect(made.properties).toMatchObject({
      ...aPackage("3.0"),
      onDelete: "deleteIfMade",
      account: IOTDA.projectId,
      platformState: "asDeclared",
      ...resource.hidden,
    });

    await inLaterRun(async (later, itsEngine) => {
      const read = await later.read(resource, made.id, made.properties);
      expect(read).toEqual({ id: made.id, properties: made.properties, inputs: {} });
      expect(await later.diff(resource, made.id, read.properties, made.inputs)).toEqual({
        changes: "none",
        replaces: [],
      });
      const news = aPackage("3.0", { description: "Leak alarm" });
      const { inputs } = await later.check(resource, news, made.inputs);
      expect(await later.diff(resource, made.id, read.properties, inputs)).toEqual({
        changes: "unknown",
        replaces: ["description"],
      });
      expect(await itsEngine.line("A change of description makes a new package")).toMatchObject({
        severity: WARNING,
        urn: resource.urn,
      });
      await later.delete(resource, made.id, read.properties);
      expect(packageIds()).not.toContain(made.id);
      await later.delete(resource, made.id, read.properties);
    });
  });

  it("that is there already is found behind more than five hundred others", async () => {
    const wanted = "698dc5a4a1b2c3d4e5000300";
    const common = {
      packageType: "firmwarePackage" as const,
      ...{ version: "4.0", ...PRODUCT },
      ...{ region: IOTDA.region, bucket: "waterworks-firmware", key: "nbm1/1.4.bin" },
    };
    simulator.putIotdaPackage({ ...common, packageId: wanted }, "waterworks");
    for (let number = 0; number < 520; number += 1) {
      const packageId = `698dc5a4a1b2c3d4e6${String(number).padStart(6, "0")}`;
      const description = `Build ${String(number)}`;
      simulator.putIotdaPackage({ ...common, packageId, description }, "waterworks");
    }
    const before = simulator.books().counts.packagePosts;
    expect((await provider.up(row(PACKAGE, "behind"), aPackage("4.0"))).id).toBe(wanted);
    expect(simulator.books().counts.packagePosts).toBe(before);
  });

  it("that somebody deleted stays in the state as drift, and that is said", async () => {
    const resource = row(PACKAGE, "deleted");
    const made = await provider.up(resource, aPackage("3.1"));
    simulator.deletePackage(made.id);
    await inLaterRun(async (later, itsEngine) => {
      const read = await later.read(resource, made.id, made.properties);
      expect(read).toMatchObject({
        id: made.id,
        inputs: { platformState: "deleted on the platform" },
      });
      expect(await itsEngine.line(`${made.id} was deleted on the platform.`)).toMatchObject({
        severity: WARNING,
        urn: resource.urn,
      });
    });
  });

  it("whose reply is lost is made once", async () => {
    simulator.addFault({ kind: "drop", takesEffect: true, method: "POST", path: "**/packages" });
    const before = simulator.books().counts.packagePostsInEffect;
    const made = await provider.up(row(PACKAGE, "lost"), aPackage("3.2"));
    expect(packageIds()).toContain(made.id);
    expect(simulator.books().counts.packagePostsInEffect).toBe(before + 1);
  });
});

describe.each([
  [FIRMWARE, "firmwareUpgrade", IOTDA.packages.firmware],
  [SOFTWARE, "softwareUpgrade", IOTDA.packages.software],
])("A %s", (kindName, taskType, packageId) => {
  it("is made, read, replaced by a change, and deleted with its record", async () => {
    const resource = row(kindName, "whole-life");
    const task = aTask();
    const [one = "", two = ""] = task.targets.devices;
    const declared = { ...task, packageId, targets: { devices: [two, one, two] } };
    const made = await provider.up(resource, declared);
    const booked = tasks().find(({ task_id }) => task_id === made.id);
    expect(booked).toMatchObject({ task_type: taskType, targets: [one, two] });
    expect(made.properties).toMatchObject({
      packageId,
      onDelete: "stop",
      platformState: "asDeclared",
      account: IOTDA.projectId,
      ...resource.hidden,
    });

    simulator.finishTask(made.id);
    const read = await provider.read(resource, made.id, made.properties);
    expect(read.properties).toMatchObject({ status: "Success", deviceCounts: { success: 2 } });
    expect(read.inputs).toEqual({});
    const same = await provider.diff(resource, made.id, read.properties, made.inputs);
    expect(same.changes).toBe("none");

    const news = { ...declared, targets: { devices: [one] } };
    const { inputs } = await provider.check(resource, news, made.inputs);
    expect(await provider.diff(resource, made.id, read.properties, inputs)).toEqual({
      changes: "unknown",
      replaces: ["targets"],
    });
    await inLaterRun(async (later) => {
      await later.delete(resource, made.id, read.properties);
      expect(taskIds()).not.toContain(made.id);
      // One that was just made might be there still, and not be found yet.
      simulator.clock.advance(120);
      await later.delete(resource, made.id, read.properties);
    });
  });
});

describe("An upgrade task", () => {
  it("that is under way is stopped before it is deleted", async () => {
    const resource = row(FIRMWARE, "under-way");
    const made = await provider.up(resource, aTask());
    await inLaterRun(async (later, itsEngine) => {
      await later.delete(resource, made.id, made.properties);
      const line = await itsEngine.line(`${made.id} was stopped on the platform`);
      expect(line.urn).toBe(resource.urn);
    });
    expect(taskIds()).not.toContain(made.id);
  });

  it("stays when a create of the same run has made it, whichever process deletes", async () => {
    const resource = row(FIRMWARE, "made-in-this-run");
    const made = await provider.up(resource, aTask());
    await withProcess(start(), (other) => other.delete(resource, made.id, made.properties));
    expect(taskIds()).toContain(made.id);
    const line = await engine.line(`${made.id} stays: this resource has it all the same`);
    expect(line.urn).toBe(resource.urn);
  });

  it("whose record was purged stays in the state, with a warning", async () => {
    const resource = row(FIRMWARE, "purged");
    const made = await provider.up(resource, aTask());
    simulator.finishTask(made.id);
    const over = await provider.read(resource, made.id, made.properties);
    simulator.clock.advance(60);
    simulator.purgeTask(made.id);
    const read = await provider.read(resource, made.id, over.properties);
    expect(read).toMatchObject({ id: made.id, properties: { recordGone: true } });
    expect(read.inputs).toEqual({});
    expect(await engine.line("keeps no record", resource.urn)).toMatchObject({
      severity: WARNING,
    });
  });

  it("whose record was purged before its end was seen is drift, for nobody knows how it ended", async () => {
    const resource = row(FIRMWARE, "purged-early");
    const made = await provider.up(resource, aTask());
    simulator.finishTask(made.id);
    simulator.clock.advance(60);
    simulator.purgeTask(made.id);
    const pushes = await pushesOf(async () => {
      const read = await provider.read(resource, made.id, made.properties);
      const platformState = `not over when it was last seen (${String(made.properties["status"])}), and its record is gone from the platform`;
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

  it("of another project is neither read nor updated nor deleted", async () => {
    const resource = row(FIRMWARE, "elsewhere");
    const made = await provider.up(resource, aTask());
    const state = { ...made.properties, account: OTHER_PROJECT.projectId };
    const asked = simulator.books().counts.requests;
    for (const work of [
      () => provider.read(resource, made.id, state),
      () => provider.delete(resource, made.id, state),
      () => provider.update(resource, made.id, state, made.inputs),
    ]) {
      const error = await errorOf(work());
      expect(error.message).toContain(`belongs to project ${OTHER_PROJECT.projectId}`);
      expect(error.message).toContain(IOTDA.projectId);
    }
    expect(simulator.books().counts.requests).toBe(asked);
  });

  it("whose reply is lost is pushed once", async () => {
    simulator.addFault({ kind: "drop", takesEffect: true, method: "POST", path: "**/batchtasks" });
    const pushes = await pushesOf(async () => {
      const { id } = await provider.up(row(FIRMWARE, "lost"), aTask());
      expect(taskIds()).toContain(id);
    });
    expect(pushes).toBe(1);
  });

  it("is not pushed when the engine is gone, which is noticed right before", async () => {
    const other = new FakeEngine();
    await other.start();
    const resource = row(FIRMWARE, "orphan");
    await withProcess(start({}, other.address), async (own) => {
      const { inputs } = await own.check(resource, aTask());
      other.stop();
      const pushes = await pushesOf(async () => {
        const { message } = await errorOf(own.create(resource, inputs));
        expect(message).toContain("engine that asked for this is gone, so nothing more was sent");
      });
      expect(pushes).toBe(0);
    });
  });

  it("is neither pushed nor stopped in read-only mode, and the error says so", async () => {
    const resource = row(FIRMWARE, "read-only");
    const made = await provider.up(resource, aTask());
    await inLaterRun(
      async (own) => {
        const before = simulator.books().counts.requests;
        for (const work of [
          () => own.up(row(FIRMWARE, "read-only-2"), aTask()),
          () => own.delete(resource, made.id, made.properties),
        ]) {
          const { message } = await errorOf(work());
          expect(message).toContain("HUAWEI_OTA_READ_ONLY is set, so nothing was sent");
        }
        const sent = simulator.books().requests.slice(before);
        // A search of devices is a read, in spite of its verb.
        const changing = ({ method, path }: (typeof sent)[number]): boolean =>
          method !== "GET" && !path.endsWith("/search/query-devices");
        expect(sent.filter(changing)).toEqual([]);
      },
      { HUAWEI_OTA_READ_ONLY: "1" },
    );
  });
});

describe("An upgrade completion", () => {
  it("fails partly when its task did not go well: with its whole state and the devices' reasons", async () => {
    const task = aTask();
    const [bad = ""] = task.targets.devices;
    const failing = {
      ...PRODUCT,
      outcome: "fail",
      failureReason: "The flash is worn out.",
    } as const;
    simulator.putIotdaDevice(bad, failing, "waterworks");
    const { id } = await provider.up(row(FIRMWARE, "mixed"), task);
    simulator.finishTask(id);
    const resource = row(COMPLETION, "mixed");
    const { inputs } = await provider.check(resource, { taskId: id });
    const error = await errorOf(provider.create(resource, inputs));
    if (!(error instanceof PartialFailure)) throw error;
    expect(error).toMatchObject({
      id,
      properties: {
        taskId: id,
        outcome: "failed",
        status: "PartialSuccess",
        deviceCounts: { total: 2, success: 1, fail: 1 },
        failures: [{ deviceId: bad, reason: expect.stringContaining("worn out") as unknown }],
        account: IOTDA.projectId,
        ...resource.hidden,
      },
    });
    expect(error.reasons[0]).toContain("ended with status PartialSuccess: 1 of 2");

    const eased = await provider.check(resource, { taskId: id, minSuccessPercent: 50 });
    expect(await provider.update(resource, id, error.properties, eased.inputs)).toMatchObject({
      outcome: "succeeded",
      minSuccessPercent: 50,
    });
  });

  it("is interrupted within a second by Cancel, and returns unfinished, so that the next `up` resumes it", async () => {
    const { id } = await provider.up(row(FIRMWARE, "long"), aTask());
    const resource = row(COMPLETION, "long");
    const { inputs } = await provider.check(resource, { taskId: id });
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
    });
  });
});

it("Our own lines are information and warnings only, and tell no secret", () => {
  const severities = new Set(engine.lines.map(({ severity }) => severity));
  expect([...severities].sort()).toEqual([INFO, WARNING]);
  expect(JSON.stringify(engine.lines) + provider.output.text).not.toContain(IOTDA.secretKey);
});
