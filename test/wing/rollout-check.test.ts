import type { HookContext, Properties } from "../../src/pulumi/kind";
import { UNKNOWN } from "../../src/pulumi/unknown";
import { type Simulator, startSimulator } from "../../src/simulator";
import { fleet, wings } from "../engine/rollouts/fleet";
import { STANDING_STILL } from "../engine/story";
import { kindOn } from "./rollout-hooks";

describe.each(wings)("$name: the check of a rollout", (wing) => {
  let simulator: Simulator;
  let said: string[];

  beforeAll(async () => {
    simulator = await startSimulator({
      data: fleet(),
      clock: { speed: 0 },
      behaviour: STANDING_STILL,
    });
  });
  afterAll(() => simulator.close());
  beforeEach(() => {
    said = [];
  });

  const waves = [
    { name: "lab", [wing.groups]: ["lab"] },
    { name: "canary", untilPercent: 10 },
    { name: "rest", needsApproval: true },
  ];
  const declared = (more: Properties = {}): Properties => ({
    ...wing.packageInputs("V1.5"),
    fleet: { [wing.groups]: ["meters"] },
    waves,
    ...more,
  });

  let isPreview = false;
  function context(config: Readonly<Record<string, string>>): HookContext {
    const say = (text: string): void => void said.push(text);
    const report = { progress: () => undefined, info: say, warn: say };
    return {
      urn: "urn:pulumi:dev::test::pulumi-nodejs:dynamic/huawei-ota/test:FirmwareRollout::meters",
      isProgramRun: true,
      isPreview,
      report,
      stackReport: report,
      signal: new AbortController().signal,
      config: { get: (key) => config[key] },
      beforeMutation: () => Promise.resolve(),
    };
  }

  async function check(
    news: Properties,
    old?: Properties,
    config: Readonly<Record<string, string>> = {},
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ inputs: Properties; failures: string[] }> {
    const kind = kindOn(wing, simulator, environment);
    const { inputs, failures } = await kind.check(news, old, context(config));
    return {
      inputs: JSON.parse(JSON.stringify(inputs)) as Properties,
      failures: failures.map(({ path, reason }) => `${path} ${reason}`.trim()),
    };
  }

  it("fills in what is known of the package, the seed, what a delete does, and the plan", async () => {
    const { inputs, failures } = await check(declared());
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({
      versionPackage: { version: "V1.5" },
      seed: "meters",
      onDelete: wing.canStop ? "stop" : "keep",
      platformState: "asDeclared",
      plan: {
        from: ["V1.4"],
        waves: [
          expect.stringMatching(/^lab: 2 devices \([0-9a-f]{8}\)$/),
          expect.stringMatching(/^canary: 2 devices \([0-9a-f]{8}\)$/),
          "rest: 16 devices, not approved",
        ],
        reaches: 4,
      },
    });
    expect(said.join(" ")).toContain("This merge reaches at most 4 devices.");
  });

  it("keeps the plan while what makes it is the same, whoever joins or leaves", async () => {
    const { inputs } = await check(declared());
    wing.putDevice(simulator, 20, { groups: [] });
    said = [];
    expect((await check(declared({ waitSeconds: 0 }), inputs)).inputs["plan"]).toEqual(
      inputs["plan"],
    );
    expect(said).toEqual([]);
    const approved = { version: "V1.5", waves: ["rest"] };
    const { inputs: later } = await check(declared({ approved }), inputs);
    const [lab, canary] = (inputs["plan"] as { waves: string[] }).waves;
    expect(later["plan"]).toMatchObject({ waves: [lab, canary, "rest: 15 devices"], reaches: 19 });
    wing.putDevice(simulator, 20, { groups: ["meters"] });
  });

  it("keeps the seed and the package's leaves that the state has, and takes a seed that is given", async () => {
    const { inputs } = await check(declared());
    const old = { ...inputs, seed: "former" };
    expect((await check(declared(), old)).inputs).toMatchObject({
      seed: "former",
      versionPackage: { version: "V1.5" },
    });
    expect((await check(declared({ seed: "mine" }), old)).inputs).toMatchObject({ seed: "mine" });
  });

  it("says with the way back whether its package still exists", async () => {
    const { inputs: old } = await check({ ...declared(), ...wing.packageInputs("V1.4") });
    isPreview = true;
    await check(declared(), old);
    expect(said.join(" ")).toContain("; its package still exists.");
    said.length = 0;
    await check(declared(), { ...old, [wing.packageField]: "none" });
    expect(said.join(" ")).toContain("; its package is not on the platform any more.");
    isPreview = false;
  });

  it("writes the unknown as the plan where something is not known yet, or nobody is logged in", async () => {
    const unknown = { fleet: { [wing.groups]: UNKNOWN } };
    expect((await check(declared(unknown))).inputs["plan"]).toBe(UNKNOWN);
    expect(said.join(" ")).toContain("who is in which wave could not be drawn");
    const nobody =
      wing.name === "northbound"
        ? { HUAWEI_OTA_NORTHBOUND_SECRET: "" }
        : { HW_ACCESS_KEY: "", HW_SECRET_KEY: "" };
    isPreview = true;
    const { inputs, failures } = await check(declared(), undefined, {}, nobody);
    expect(inputs["plan"]).toBe(UNKNOWN);
    expect(failures).toEqual([]);
    isPreview = false;
    const atApply = await check(declared(), undefined, {}, nobody);
    expect(atApply.inputs).not.toHaveProperty("plan");
    expect(atApply.failures).toEqual([]);
    const required = { "huawei-ota:preflight": "require" };
    expect((await check(declared(), undefined, required, nobody)).failures).toEqual([
      expect.stringContaining('plan could not be drawn, and huawei-ota:preflight is "require"'),
    ]);
  });

  it("knows the waves although the package's id is still to come", async () => {
    const { inputs: known } = await check(declared());
    const [idField = ""] = Object.keys(wing.packageInputs("V1.5"));
    const versionPackage = known["versionPackage"] as Properties;
    const { inputs, failures } = await check(declared({ [idField]: UNKNOWN, versionPackage }));
    expect(failures).toEqual([]);
    expect(inputs["plan"]).toEqual(known["plan"]);
  });

  it("holds the stack's limit against rollouts that have none, before and after they are drawn", async () => {
    const most = { "huawei-ota:maxDevices": "19" };
    const tooMany = /20 devices/;
    expect((await check(declared(), undefined, most)).failures).toEqual([
      expect.stringMatching(tooMany),
    ]);
    const { inputs } = await check(declared());
    expect((await check(declared(), inputs, most)).failures).toEqual([
      expect.stringMatching(tooMany),
    ]);
    expect((await check(declared({ maxDevices: 20 }), inputs, most)).failures).toEqual([]);
  });

  it("refuses a rerunAfter that lies ahead of the platform's clock, and another kind of package", async () => {
    const ahead = new Date(Date.parse(simulator.books().time) + 600_000).toISOString();
    expect((await check(declared({ rerunAfter: ahead }))).failures).toEqual([
      expect.stringMatching(/^rerunAfter is .*, in the future/),
    ]);
    const software = await check(declared(wing.packageInputs("V2")));
    expect(software.failures).toEqual([expect.stringMatching(/softwarePackage/)]);
  });
});
