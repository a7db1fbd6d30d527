import { pushes, until } from "../stack";
import { changes, passes, story, there } from "../story";

const TYPES = {
  dynamic: "pulumi-nodejs:dynamic/huawei-ota/northbound:",
  plugin: "huawei-ota:northbound:",
} as const;

/** Stands in no state in clear: a device, and the account's password. */
const SECRETS = ["meter-007", "waterworks-secret"] as const;

/**
 * A package, a task for the group of five and the wait for it, in the words that both doors know; and a
 * task of an account of its own for a device that is a secret. The account itself is another resource
 * in each door: one is made and the other deleted.
 */
const program = (timeoutSeconds = 60): string => `
  const firmware = new northbound.VersionPackage("meter-1.4", { fileType: "firmwarePackage", model: "NBM1", version: "V1.4" });
  const task = new northbound.FirmwareUpgradeTask("pilot", { versionPackage: firmware, targets: { deviceGroups: ["pilot"], ...kind } });
  const done = new northbound.UpgradeCompletion("pilot", { task, timeoutSeconds: ${String(timeoutSeconds)} });
  const works = new Provider("works", { northbound: {
    endpoint: process.env.HUAWEI_OTA_NORTHBOUND_ENDPOINT, appId: "waterworks", secret: pulumi.secret("${SECRETS[1]}"),
  } });
  new northbound.FirmwareUpgradeTask("hidden", { versionPackage: firmware, targets: { devices: [pulumi.secret("${SECRETS[0]}")] } }, { provider: works });
`;

describe("A stack through the plugin", () => {
  const tale = story({ behaviour: { waitSeconds: 0, upgradeSeconds: 0 } });
  /** The types of the state, which has no secret in clear. */
  const typesInState = async (): Promise<string[]> => {
    const state = await tale.stack.state();
    const text = JSON.stringify(state);
    expect(SECRETS.filter((secret) => text.includes(secret))).toEqual([]);
    const { resources = [] } = state.deployment;
    return resources.map(({ type }) => type).filter((type) => type.includes("huawei-ota"));
  };

  beforeAll(() => {
    tale.stack.program(
      `${program()}; module.exports = { fileId: firmware.fileId, version: done.gate.version };`,
      "plugin",
    );
  });

  test("is previewed with the ids and versions that are known, and nothing is pushed", async () => {
    const preview = await passes(tale.stack.preview("--diff"));
    expect(preview).toMatch(/fileId\s*: "firmware-nbm1-v1.4"/);
    expect(preview).toMatch(/version\s*: "V1.4"/);
    expect(preview).not.toContain("warning");
    expect(preview).not.toMatch(/__urn|__provider/);
    expect(changes(tale.simulator)).toEqual([]);
  });

  test("is pushed once, and nothing is to be done the second time", async () => {
    await passes(tale.stack.up());
    expect(pushes(tale.simulator)).toBe(2);
    expect(await typesInState()).toHaveLength(6);
    expect(await tale.stack.resource("UpgradeCompletion", "pilot")).toMatchObject({
      type: `${TYPES.plugin}UpgradeCompletion`,
      outputs: { outcome: "succeeded", gate: { outcome: "succeeded", version: "V1.4" } },
    });
    await passes(tale.stack.preview("--expect-no-changes"));
    await passes(tale.stack.drift());
  });

  test("moves to dynamic resources with nothing to do, and is refreshed there", async () => {
    tale.stack.program(program(), "dynamic");
    expect(await passes(tale.stack.up())).toMatch(/5 unchanged/);
    const types = await typesInState();
    expect(types.filter((type) => type.startsWith(TYPES.dynamic))).toHaveLength(4);
    await passes(tale.stack.refresh());
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test("and back, where an edit is an update in place", async () => {
    tale.stack.program(program(90), "plugin");
    const up = await passes(tale.stack.up());
    expect(up).toMatch(/1 updated/);
    expect(up).toMatch(/4 unchanged/);
    expect((await typesInState()).filter((type) => type.startsWith(TYPES.plugin))).toHaveLength(4);
    await passes(tale.stack.refresh());
    expect(pushes(tale.simulator)).toBe(2);
  });

  test("takes over by `pulumi import`, and the library goes on with it", async () => {
    const task = tale.simulator.books().tasks.find(({ subTasks }) => subTasks.length === 5);
    await passes(
      tale.stack.pulumi(
        "state",
        "delete",
        "--yes",
        "--target-dependents",
        there(await tale.stack.resource("FirmwareUpgradeTask", "pilot")).urn,
      ),
    );
    await passes(
      tale.stack.pulumi(
        ...["import", `${TYPES.plugin}FirmwareUpgradeTask`, "pilot", there(task).operationId],
        ...["--yes", "--protect=false", "--generate-code=false", "--skip-preview"],
      ),
    );
    tale.stack.program(program(), "dynamic");
    const up = await passes(tale.stack.up());
    expect(up).toMatch(/2 created/);
    expect(up).toMatch(/4 unchanged/);
    expect(pushes(tale.simulator)).toBe(2);
  });

  test("is destroyed through the plugin, whoever made what", async () => {
    await passes(tale.stack.destroy());
    expect(await typesInState()).toEqual([]);
  });
});

describe("A wait through the plugin", () => {
  const tale = story();
  beforeAll(() => {
    tale.stack.program(program(), "plugin");
  });

  test("is ended by Ctrl-C within seconds, and gone on with by the next up", async () => {
    const up = tale.stack.start("up", "--yes", "--skip-preview");
    await until("the wait has begun", () => up.output().includes("0 of 5"), 60);
    up.process.kill("SIGINT");
    const { output } = await up.done;
    expect(output).toContain("was interrupted");
    const wait = await tale.stack.resource("UpgradeCompletion", "pilot");
    expect(wait).toMatchObject({ outputs: { outcome: "open" } });
    tale.simulator.clock.advance(60);
    await passes(tale.stack.up());
    expect(pushes(tale.simulator)).toBe(2);
  });
});
