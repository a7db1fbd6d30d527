import { UNKNOWN } from "../../src/pulumi/unknown";
import { type Simulator, type SimulatorData, startSimulator } from "../../src/simulator";
import { errorOf } from "../http/requests";
import { type Fields, PartialFailure } from "../pulumi/protocol-client";
import { FakeEngine, installLibrary } from "../pulumi/provider-process";
import { kind, startTime } from "../simulator/client";
import { installPlugin, PluginProcess, type PluginStart, urnOf } from "./plugin-process";

const PACKAGE = urnOf("northbound:VersionPackage");
const TASK = urnOf("northbound:FirmwareUpgradeTask");
const COMPLETION = urnOf("northbound:UpgradeCompletion");
const EXPLICIT = "urn:pulumi:test::meters::pulumi:providers:huawei-ota::eu";
const DECLARED = { fileType: "firmwarePackage", version: "V1.4" };
/** As the engine wraps a secret. */
const secret = (value: unknown): Fields => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

const devices = Array.from({ length: 20 }, (_, index) => ({
  deviceId: `meter-${String(index)}`,
  ...kind,
}));
const bad = { deviceId: "bad", ...kind, outcome: "fail", failureReason: "The flash is worn out." };
const world = {
  applications: [
    {
      appId: "waterworks",
      secret: "s3cret",
      packages: [{ fileId: "firmware-4", ...DECLARED, ...kind }],
      devices: [...devices, bad],
    },
  ],
} as SimulatorData;

let library: ReturnType<typeof installLibrary>;
let simulator: Simulator;
let engine: FakeEngine;
let plugin: PluginProcess;

beforeAll(async () => {
  library = installLibrary();
  installPlugin(library.folder);
  simulator = await startSimulator({
    data: world,
    clock: { start: startTime, speed: 0 },
    behaviour: { newLoginEndsOldToken: false },
  });
  engine = new FakeEngine();
  await engine.start();
  plugin = await start();
});

afterAll(async () => {
  await plugin.stop();
  engine.stop();
  await simulator.close();
  library.remove();
});

/** With the stack's configuration as a program of any language sends it. */
function start(options: Partial<PluginStart> = {}): Promise<PluginProcess> {
  const { url: endpoint } = simulator;
  return PluginProcess.start({
    folder: library.folder,
    engine: engine.address,
    config: { northbound: JSON.stringify({ endpoint, appId: "waterworks" }) },
    environment: { HUAWEI_OTA_NORTHBOUND_SECRET: "s3cret" },
    ...options,
  });
}

async function withPlugin(
  options: Partial<PluginStart>,
  work: (own: PluginProcess) => Promise<void>,
): Promise<void> {
  const own = await start(options);
  try {
    await work(own);
  } finally {
    await own.stop();
  }
}

/** What a task is given of the package that is there. */
const ref = { id: "firmware-4", version: "V1.4", fileType: "firmwarePackage", ...kind };

async function made(urn: string, news: Fields) {
  const { inputs, failures } = await plugin.check(urn, news);
  expect(failures).toEqual([]);
  return { inputs, ...(await plugin.create(urn, inputs)) };
}

async function partialOf(work: Promise<unknown>): Promise<PartialFailure> {
  const error = await errorOf(work);
  if (error instanceof PartialFailure) return error;
  throw error;
}

describe("A preview", () => {
  test("knows of a package what the platform knows, its id included", async () => {
    await withPlugin({}, async (own) => {
      const { inputs, failures } = await own.check(PACKAGE, DECLARED);
      expect(failures).toEqual([]);
      const { properties } = await own.create(PACKAGE, inputs, { isPreview: true });
      expect(properties).toMatchObject({ fileId: "firmware-4", version: "V1.4", ref });
      expect(properties).toMatchObject({ uploadTime: UNKNOWN, account: UNKNOWN });
    });
    expect(simulator.books().counts.taskPosts).toBe(0);
  });

  test("pushes nothing, and tells of a task and its wait what is known already", async () => {
    await withPlugin({}, async (own) => {
      const news = { versionPackage: ref, targets: { devices: ["meter-0"] } };
      const task = await own.check(TASK, news);
      const foretold = await own.create(TASK, task.inputs, { isPreview: true });
      expect(foretold.id).toBe("");
      expect(foretold.properties).toMatchObject({
        operationId: UNKNOWN,
        status: UNKNOWN,
        ref: { id: UNKNOWN, version: "V1.4", packageId: "firmware-4", packageKind: "firmware" },
      });
      const wait = await own.check(COMPLETION, { task: foretold.properties["ref"] });
      expect(wait.failures).toEqual([]);
      const { properties } = await own.create(COMPLETION, wait.inputs, { isPreview: true });
      expect(properties["gate"]).toEqual({
        outcome: UNKNOWN,
        version: "V1.4",
        packageId: "firmware-4",
        packageKind: "firmware",
      });
    });
    expect(simulator.books().counts.taskPosts).toBe(0);
  });

  test.each([
    ["a boolean", "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7"],
    ["a number", "3eeb2bf0-c639-47a8-9e75-3b44932eb421"],
    ["a list", "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"],
    ["an object", "dd056dcd-154b-4c76-9bd3-c8f88648b5ff"],
  ])("takes what is not known yet for not wrong, where it will be %s", async (_what, unknown) => {
    const policy = { retryType: unknown, retryTimes: unknown };
    const news = {
      fileId: "firmware-4",
      targets: { devices: unknown },
      policy,
      onlyAfter: unknown,
    };
    const { inputs, failures } = await plugin.check(TASK, news);
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ targets: { devices: UNKNOWN }, onlyAfter: UNKNOWN });
  });
});

describe("What a program says", () => {
  test("is refused with the path of what is wrong, in a sentence of its own", async () => {
    const { failures } = await plugin.check(TASK, {
      fileId: "firmware-4",
      targets: { devices: ["meter-0"] },
      policy: { retryType: true, retryTimes: 9 },
    });
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ property: "policy.retryTimes" });
    expect(failures[0]?.reason).toMatch(/^policy\.retryTimes is 9; it must be .*123028/);
  });

  const FIRMWARE = { id: "firmware-4", version: "V1.4" };
  test.each([
    ["UpgradeCompletion", { task: { id: "t" }, operationId: "t" }, "both task and operationId"],
    ["UpgradeCompletion", { task: UNKNOWN, operationId: "t" }, "both task and operationId"],
    ["UpgradeCompletion", { task: { id: "t" }, version: "V2" }, "both task and version"],
    ["FirmwareUpgradeTask", { versionPackage: FIRMWARE, fileId: "firmware-4" }, "and fileId"],
    ["FirmwareUpgradeTask", { versionPackage: UNKNOWN, fileId: "firmware-4" }, "and fileId"],
    ["SoftwareRollout", { versionPackage: FIRMWARE, fileId: "firmware-4" }, "and fileId"],
  ])("twice is refused: a %s with %j", async (type, inputs, twice) => {
    const { failures } = await plugin.check(urnOf(`northbound:${type}`), inputs);
    expect(failures.map(({ reason }) => reason)).toEqual([expect.stringContaining(twice)]);
  });

  test("may be nothing, and may be secret at any depth", async () => {
    const { inputs, failures } = await plugin.check(TASK, {
      fileId: secret("firmware-4"),
      policy: null,
      targets: { devices: [secret("meter-0")] },
    });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({
      fileId: secret("firmware-4"),
      targets: { devices: secret(["meter-0"]) },
    });
  });

  test("and keeps secret is secret under the name that it travels by, and in what is made of it", async () => {
    await withPlugin({}, async (own) => {
      const [id, version] = [secret(ref.id), secret(ref.version)];
      const targets = { devices: ["meter-6"] };
      const { inputs } = await own.check(TASK, {
        versionPackage: { ...ref, id, version },
        targets,
      });
      expect(inputs).toMatchObject({ fileId: id, versionPackage: { version }, targets });
      const { properties } = await own.create(TASK, inputs, { isPreview: true });
      expect(properties).toMatchObject({
        operationId: UNKNOWN,
        fileVersion: version,
        ref: { id: UNKNOWN, version, packageId: id, packageKind: "firmware" },
      });
    });
  });

  test("and keeps secret stays secret in what is answered, and is in no sentence", async () => {
    await withPlugin({}, async (own) => {
      const hidden = "a-package-that-is-secret";
      const news = { fileId: secret(hidden), targets: { devices: ["meter-0"] } };
      const policy = { retryType: true, retryTimes: secret(97) };
      const { failures } = await own.check(TASK, { ...news, policy });
      expect(failures[0]?.reason).toMatch(/^policy\.retryTimes is \[secret: policy\]; it must be /);
      const { message } = await errorOf(own.create(TASK, news));
      expect(message).toContain("[secret: fileId]");
      expect(message).not.toContain(hidden);

      const asked = { limit: secret(1), model: kind.model };
      const found = await own.invoke("huawei-ota:northbound:getDevices", asked);
      expect(found["devices"]).toMatchObject(secret([{ deviceId: "meter-0" }]));
    });
    await withPlugin({}, async (own) => {
      const task = {
        fileId: secret("firmware-4"),
        targets: { devices: secret(["bad", "meter-5"]) },
      };
      const pushed = await own.create(TASK, task);
      expect(pushed.properties).toMatchObject(task);
      simulator.clock.advance(60);
      const wait = { operationId: secret(pushed.id) };
      const { properties, reasons } = await partialOf(own.create(COMPLETION, wait));
      expect(properties).toMatchObject({ ...wait, outcome: "failed" });
      expect(reasons.join()).toContain("[secret: targets]");
    });
  });

  test("of a gate that is nothing still is a gate, which is closed", async () => {
    const news = { fileId: "firmware-4", targets: { devices: ["meter-0"] }, onlyAfter: [null] };
    const { failures } = await plugin.check(TASK, news);
    expect(failures.map(({ property }) => property)).toEqual(["onlyAfter"]);
  });

  test("of a type that is not there is an error that names it", async () => {
    const error = await errorOf(plugin.check(urnOf("northbound:Nothing"), {}));
    expect(error.message).toContain('no resource of type "huawei-ota:northbound:Nothing"');
  });
});

describe("A task and its wait", () => {
  test("are made once, read, unchanged, and known to the dynamic door", async () => {
    const news = { versionPackage: ref, targets: { devices: ["meter-1"] } };
    const task = await made(TASK, news);
    expect(task.properties).toMatchObject({
      operationId: task.id,
      fileVersion: "V1.4",
      packageKind: "firmware",
      ref: { id: task.id, version: "V1.4", packageId: "firmware-4" },
      __provider: expect.stringContaining('["northbound.FirmwareUpgradeTask"]') as unknown,
    });
    expect(await plugin.diff(TASK, task.id, task.properties, task.inputs)).toEqual({
      changes: "none",
      replaces: [],
    });
    const again = await plugin.read(TASK, task.id, task.properties);
    expect(again.properties).toEqual(task.properties);
    const other = { ...task.inputs, targets: { devices: ["meter-2"] } };
    expect(await plugin.diff(TASK, task.id, task.properties, other)).toEqual({
      changes: "unknown",
      replaces: ["targets"],
    });
    simulator.clock.advance(60);
    const wait = await made(COMPLETION, { task: task.properties["ref"] });
    expect(wait.id).toBe(task.id);
    expect(wait.properties["gate"]).toMatchObject({ outcome: "succeeded", version: "V1.4" });
  });

  test("that fail partly leave the id, the state and the devices' reasons", async () => {
    const task = await made(TASK, { fileId: "firmware-4", targets: { devices: ["bad"] } });
    simulator.clock.advance(60);
    const { inputs } = await plugin.check(COMPLETION, { operationId: task.id });
    const { id, properties, reasons } = await partialOf(plugin.create(COMPLETION, inputs));
    expect(id).toBe(task.id);
    expect(properties).toMatchObject({ outcome: "failed", gate: { outcome: "failed" } });
    expect(reasons.join("\n")).toContain("The flash is worn out.");
  });

  test("end when the time of customTimeouts is over, and are gone on with", async () => {
    const task = await made(TASK, { fileId: "firmware-4", targets: { devices: ["meter-3"] } });
    const { inputs } = await plugin.check(COMPLETION, { operationId: task.id });
    const created = plugin.create(COMPLETION, inputs, { timeoutSeconds: 1 });
    const { properties, reasons } = await partialOf(created);
    expect(reasons.join()).toContain("1 s of customTimeouts");
    expect(properties).toMatchObject({ outcome: "open" });
  });

  test("end within a second of a Ctrl-C, and return what they have", async () => {
    const task = await made(TASK, { fileId: "firmware-4", targets: { devices: ["meter-4"] } });
    await withPlugin({}, async (own) => {
      const { inputs } = await own.check(COMPLETION, { operationId: task.id });
      const created = own.create(COMPLETION, inputs);
      await engine.line("0 of 1", COMPLETION);
      const from = performance.now();
      await own.cancel();
      const { properties } = await created;
      expect(performance.now() - from).toBeLessThan(1_000);
      expect(properties).toMatchObject({ outcome: "open" });
      expect((await engine.line("was interrupted", COMPLETION)).severity).toBe(2);
    });
  });
});

test("What exists is read by nothing but its id, for an import", async () => {
  const { id, properties, inputs } = await plugin.read(PACKAGE, "firmware-4");
  expect(id).toBe("firmware-4");
  expect(inputs).toMatchObject({ fileId: "firmware-4", version: "V1.4" });
  expect(properties).toMatchObject({ account: "waterworks", ref });
  const { inputs: checked } = await plugin.check(PACKAGE, { fileId: "firmware-4" }, inputs);
  expect((await plugin.diff(PACKAGE, id, properties, checked)).changes).toBe("none");
  expect((await errorOf(plugin.read(PACKAGE, "nothing"))).message).toContain("123002");
});

describe("A function", () => {
  test("finds one, or several under their own name", async () => {
    const one = await plugin.invoke("huawei-ota:northbound:getVersionPackage", DECLARED);
    expect(one).toMatchObject({ id: "firmware-4", version: "V1.4" });
    const several = await plugin.invoke("huawei-ota:northbound:getDevices", { limit: 2 });
    expect(several["devices"]).toHaveLength(2);
  });

  test("that is not there, or finds nothing, is an error in one sentence", async () => {
    const error = await errorOf(plugin.invoke("huawei-ota:northbound:getNothing", {}));
    expect(error.message).toBe('There is no function "huawei-ota:northbound:getNothing".');
    const none = errorOf(plugin.invoke("huawei-ota:northbound:getDevice", { deviceId: "none" }));
    expect((await none).message).toMatch(/no device none \(100403\)\. Check the device id\.$/);
  });
});

describe("Settings", () => {
  test("with a misspelt name are refused before anything is made", async () => {
    const { failures } = await plugin.checkConfig(EXPLICIT, { northbound: { endpont: "x" } });
    expect(failures).toEqual([
      {
        property: "northbound",
        reason: expect.stringContaining('A Provider has no setting "endpont"') as unknown,
      },
    ]);
  });

  test.each([
    ["an object", (settings: Fields): unknown => settings],
    ["JSON", (settings: Fields): unknown => JSON.stringify(settings)],
  ])("as %s keep their secrets encrypted, and never replace what uses them", async (_as, form) => {
    const settings = form({ appId: "waterworks", secret: "s3cret" });
    const { inputs, failures } = await plugin.checkConfig(EXPLICIT, { northbound: settings });
    expect(failures).toEqual([]);
    const [kept] = Object.values(inputs) as [Fields];
    expect("appId" in kept ? kept["secret"] : kept).toEqual(
      secret(typeof settings === "string" ? settings : "s3cret"),
    );
    expect(await plugin.diffConfig(EXPLICIT, { northbound: "{}" }, inputs)).toEqual({
      changes: "some",
      replaces: [],
    });
  });

  test("of a provider of its own name the account, and travel as secrets", async () => {
    const northbound = {
      endpoint: simulator.url,
      appId: "waterworks",
      secret: secret("s3cret"),
    };
    const explicit = { provider: EXPLICIT, config: { northbound }, environment: {} };
    await withPlugin(explicit, async (own) => {
      const { properties } = await own.read(PACKAGE, "firmware-4");
      expect(properties).toMatchObject({ account: "waterworks" });
    });
  });
});

test("The schema is served, and the process ends soon after its engine", async () => {
  const mortal = new FakeEngine();
  await mortal.start();
  const own = await start({ engine: mortal.address });
  expect(await own.schema()).toMatchObject({ name: "huawei-ota" });
  mortal.stop();
  expect(await own.ended).toBe(1);
  await own.stop();
}, 20_000);
