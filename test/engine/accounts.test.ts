import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { pushes } from "./stack";
import { namesInState, story } from "./story";

const UNSET = {
  HUAWEI_OTA_NORTHBOUND_ENDPOINT: undefined,
  HUAWEI_OTA_NORTHBOUND_APP_ID: undefined,
  HUAWEI_OTA_NORTHBOUND_SECRET: undefined,
};

/** All that the file backend holds of a stack, its history included. */
function backend(directory: string): string {
  return readdirSync(join(directory, ".backend"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
}

describe("two applications in one program", () => {
  const tale = story({ environment: UNSET });
  const program = (packageOf: string): void => {
    const endpoint = JSON.stringify(tale.simulator.url);
    tale.stack.program(`
    const endpoint = ${endpoint};
    const works = new Provider("works", { northbound: { endpoint, appId: "waterworks", secret: "waterworks-secret" } });
    const lab = new Provider("lab", { northbound: { endpoint, appId: "laboratory", secret: "laboratory-secret" } });
    new northbound.VersionPackage("moving", { fileType: "firmwarePackage", version: "V1.5" }, { provider: ${packageOf} });
    new northbound.FirmwareUpgradeTask("works", { fileId: V14, targets: { deviceGroups: ["pilot"], ...kind } }, { provider: works });
    new northbound.FirmwareUpgradeTask("lab", { fileId: "laboratory-nbm1-v1.5", targets: { devices: ["bench-01"] } }, { provider: lab });`);
  };

  test("each push goes to its own application", async () => {
    program("lab");
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    const tasks = tale.simulator.books().tasks.map(({ appId, fileId }) => [appId, fileId]);
    expect(tasks.sort()).toEqual([
      ["laboratory", "laboratory-nbm1-v1.5"],
      ["waterworks", "firmware-nbm1-v1.4"],
    ]);
    expect(await tale.stack.resource("FirmwareUpgradeTask", "lab")).toMatchObject({
      outputs: { account: "laboratory" },
    });
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(await tale.stack.drift()).toMatchObject({ code: 0 });
  });

  test("their secrets are nowhere in the state but encrypted", () => {
    const held = backend(tale.stack.directory);
    expect(held).toContain("huawei-ota:northboundAppId");
    expect(held).toContain("ciphertext");
    expect(held).not.toMatch(/(waterworks|laboratory)-secret/);
  });

  test("a resource that is given the other Provider is made anew there, with a warning", async () => {
    tale.simulator.putPackage(
      {
        fileId: "firmware-nbm1-v1.5",
        version: "V1.5",
        fileType: "firmwarePackage",
        deviceType: "WaterMeter",
        model: "NBM1",
        manufacturerName: "HZYB",
      },
      "waterworks",
    );
    program("works");
    const preview = await tale.stack.preview();
    expect(preview.code).toBe(0);
    expect(preview.output).toContain(
      "warning: Version package laboratory-nbm1-v1.5 belongs to application laboratory and its Provider is now waterworks: it is made anew in waterworks.",
    );
    expect(preview.output).toMatch(/1 to replace/);
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(await tale.stack.resource("VersionPackage", "moving")).toMatchObject({
      id: "firmware-nbm1-v1.5",
      outputs: { account: "waterworks" },
    });
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(pushes(tale.simulator)).toBe(2);
  });

  test("a destroy needs neither the environment nor the program", async () => {
    expect(await tale.stack.destroy()).toMatchObject({ code: 0 });
    expect(await namesInState(tale.stack)).toEqual([]);
  });
});

describe("a run that is logged in to another application", () => {
  const tale = story({
    program: `
    const firmware = new northbound.VersionPackage("meter-1.4", { fileId: V14 });
    new northbound.FirmwareUpgradeTask("pilot", { fileId: firmware.id, targets: { devices: ["meter-001"] } });`,
  });
  const refused =
    /belongs to application waterworks, but (this run is logged in to|the settings of this run name) laboratory; nothing was done\./;
  let requestsBefore = 0;

  test("is refused by a refresh that names both", async () => {
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    requestsBefore = tale.simulator.books().counts.requests;
    tale.stack.environment["HUAWEI_OTA_NORTHBOUND_APP_ID"] = "laboratory";
    tale.stack.environment["HUAWEI_OTA_NORTHBOUND_SECRET"] = "laboratory-secret";
    const refresh = await tale.stack.refresh();
    expect(refresh.code).not.toBe(0);
    expect(refresh.output).toMatch(refused);
  });

  test.each(["preview", "up", "destroy"] as const)(
    "is refused by %s that names both",
    async (command) => {
      const result = await tale.stack[command]();
      expect(result.code).not.toBe(0);
      expect(result.output).toMatch(refused);
    },
  );

  test("has called nothing and lost nothing", async () => {
    expect(tale.simulator.books().counts.requests).toBe(requestsBefore);
    expect(await namesInState(tale.stack)).toEqual(["meter-1.4", "pilot"]);
    expect(pushes(tale.simulator)).toBe(1);
  });
});

describe("settings of the stack", () => {
  const tale = story({
    environment: UNSET,
    program: `
    new northbound.FirmwareUpgradeTask("pilot", { fileId: V14, targets: { devices: ["meter-001"] } });`,
  });
  const set = (name: string, value: string, ...flags: string[]) =>
    tale.stack.pulumi("config", "set", ...flags, "--path", `huawei-ota:northbound.${name}`, value);

  test("are enough by themselves", async () => {
    expect(await set("endpoint", tale.simulator.url)).toMatchObject({ code: 0 });
    expect(await set("appId", "waterworks")).toMatchObject({ code: 0 });
    const missing = await tale.stack.up();
    expect(missing.code).not.toBe(0);
    expect(missing.output).toContain(
      "The northbound platform's secret is not set. Set HUAWEI_OTA_NORTHBOUND_SECRET, or run `pulumi config set --secret --path huawei-ota:northbound.secret VALUE`, or give secret to a Provider.",
    );
    expect(await set("secret", "waterworks-secret", "--secret")).toMatchObject({ code: 0 });
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    expect(await tale.stack.drift()).toMatchObject({ code: 0 });
    expect(pushes(tale.simulator)).toBe(1);
    expect(backend(tale.stack.directory)).not.toContain("waterworks-secret");
  });

  test("that contradict the environment are an error that names both", async () => {
    tale.stack.environment["HUAWEI_OTA_NORTHBOUND_APP_ID"] = "laboratory";
    const before = tale.simulator.books().counts.requests;
    const up = await tale.stack.up();
    expect(up.code).not.toBe(0);
    expect(up.output).toContain(
      'huawei-ota:northbound.appId is "waterworks" but HUAWEI_OTA_NORTHBOUND_APP_ID is "laboratory"; nothing was done, because they name different accounts. Take one of them away.',
    );
    const refresh = await tale.stack.refresh();
    expect(refresh.code).not.toBe(0);
    expect(refresh.output).toContain("HUAWEI_OTA_NORTHBOUND_APP_ID");
    expect(tale.simulator.books().counts.requests).toBe(before);
  });

  test("give way to a secret of the environment, which is the one that rotates", async () => {
    delete tale.stack.environment["HUAWEI_OTA_NORTHBOUND_APP_ID"];
    expect(await set("secret", "an old secret", "--secret")).toMatchObject({ code: 0 });
    tale.stack.environment["HUAWEI_OTA_NORTHBOUND_SECRET"] = "waterworks-secret";
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    expect(await tale.stack.refresh()).toMatchObject({ code: 0 });
  });
});
