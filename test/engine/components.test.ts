import { northbound } from "./behaviours/northbound";
import { packageText, taskText } from "./behaviours/program";
import { fails, namesInState, passes, story, type Story, there } from "./story";
import { pushes } from "./stack";

/*
 * Resources below components, where each depends on a sibling: their hidden address must not make
 * them wait for each other.
 */

const ROLLOUT = `
  const meters = {
    outer: ["firmware-nbm1-v1.4", "meter-001"],
    inner: ["firmware-nbm1-v1.3", "meter-002"],
  };
  class Rollout extends pulumi.ComponentResource {
    constructor(name, inner, opts) {
      super("waterworks:index:Rollout", name, {}, opts);
      const [fileId, device] = meters[name];
      const below = { parent: this };
      const firmware = new northbound.VersionPackage(name + "-firmware", { fileId }, below);
      const task = new northbound.FirmwareUpgradeTask(
        name + "-task", { fileId: firmware.id, targets: { devices: [device] } }, below);
      if (inner) new Rollout("inner", false, { parent: this, dependsOn: task });
    }
  }`;

/** Resources whose hidden address is not theirs. */
async function wrongRows({ stack }: Story): Promise<string[]> {
  const { resources = [] } = (await stack.state()).deployment;
  return resources
    .filter(({ inputs, urn }) => inputs?.["__urn"] !== undefined && inputs["__urn"] !== urn)
    .map(({ urn }) => urn);
}

describe("below components", () => {
  const tale = story({ environment: { HUAWEI_OTA_NORTHBOUND_SECRET: undefined } });
  const settings = (): string =>
    JSON.stringify({
      northbound: { ...northbound.settings(tale.simulator.url), ...northbound.secrets },
    });

  test.each(["providers: [eu]", "providers: { 'pulumi-nodejs': eu }", "provider: eu"])(
    "resources that depend on each other come up and stay, with %s",
    async (options) => {
      tale.stack.program(`
        ${ROLLOUT}
        const eu = new Provider("eu", ${settings()});
        new Rollout("outer", true, { ${options} });`);

      await passes(tale.stack.up());
      expect((await namesInState(tale.stack)).sort()).toEqual([
        "inner-firmware",
        "inner-task",
        "outer-firmware",
        "outer-task",
      ]);
      expect(await wrongRows(tale)).toEqual([]);
      await passes(tale.stack.preview("--expect-no-changes"));
    },
  );

  test("they go in an order that the engine accepts", async () => {
    await passes(tale.stack.destroy());
    expect(await namesInState(tale.stack)).toEqual([]);
  });
});

describe("a component whose", () => {
  const tale = story({ anew: true });
  const LEFT_HANGING = /promises|still active/;

  test("constructor fails says so, and what it declared before is there once when it is mended", async () => {
    const program = (failure: string): string => `
      ${ROLLOUT}
      class Trial extends Rollout {
        constructor(...given) {
          super(...given);
          ${failure}
        }
      }
      new Trial("outer", true);`;
    tale.stack.program(program('throw new Error("There is no trial.");'));
    const output = await fails(tale.stack.up());
    expect(output).toContain("There is no trial.");
    expect(output).not.toMatch(LEFT_HANGING);

    tale.stack.program(program(""));
    await passes(tale.stack.up());
    expect(await namesInState(tale.stack)).toHaveLength(4);
    expect(pushes(tale.simulator)).toBe(2);
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test("name is there twice says so, and its resources do not hang", async () => {
    tale.stack.program(`${ROLLOUT} new Rollout("outer", false); new Rollout("outer", true);`);
    const output = await fails(tale.stack.up());
    expect(output).toContain("Duplicate resource URN");
    expect(output).not.toMatch(LEFT_HANGING);
  });
});

describe("a resource below a package that", () => {
  const tale = story({ anew: true });

  test("cannot be made is not made, and does not hang", async () => {
    const below = taskText(northbound, "task", { options: "{ parent: firmware }" });
    const missing = 'new northbound.VersionPackage("firmware", { fileId: "missing" })';
    tale.stack.program(`const firmware = ${missing}; ${below};`);
    const output = await fails(tale.stack.up());
    expect(output).toContain("missing");
    expect(output).not.toMatch(/promises|still active/);
    expect(pushes(tale.simulator)).toBe(0);

    tale.stack.program(`const firmware = ${packageText(northbound, "firmware")}; ${below};`);
    await passes(tale.stack.up());
    const task = there(await tale.stack.resource("FirmwareUpgradeTask", "task"));
    expect(task.inputs?.["__urn"]).toBe(task.urn);
  });
});
