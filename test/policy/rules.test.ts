import { readFileSync } from "node:fs";
import { join } from "node:path";

import { upgradeRules } from "../../src/policy/rules";
import type { ResourceKind } from "../../src/resource-kinds";
import {
  gateRequired,
  maxDevices,
  packageHash,
  rolloutLimits,
  versions,
} from "../../src/policy/resource-rules";
import {
  approvedInTime,
  canaryRequired,
  completionRequired,
  type StackResource,
} from "../../src/policy/stack-rules";

const TASK: ResourceKind = { wing: "northbound", kind: "FirmwareUpgradeTask" };
const ROLLOUT: ResourceKind = { wing: "iotda", kind: "FirmwareRollout" };
const COMPLETION: ResourceKind = { wing: "northbound", kind: "UpgradeCompletion" };
const PACKAGE: ResourceKind = { wing: "iotda", kind: "VersionPackage" };
const typeOf = ({ wing, kind }: ResourceKind): string =>
  `pulumi-nodejs:dynamic/huawei-ota/${wing}:${kind}`;

/** As @pulumi/policy has it: what a preview does not know throws when it is read. */
function withUnknown(props: object, ...unknown: string[]): Readonly<Record<string, unknown>> {
  const all = { ...props, ...Object.fromEntries(unknown.map((name) => [name, "unknown"])) };
  return new Proxy(all, {
    get: (target, name) => {
      if (unknown.includes(String(name))) {
        throw Object.assign(new Error(`${String(name)} can't be known`), {
          unknownTypeSentinel: "",
        });
      }
      return Reflect.get(target, name) as unknown;
    },
  });
}

const rollout = (...waves: string[]) => ({ plan: { from: ["V1.4"], waves, reaches: 0 } });

describe("max-devices", () => {
  test.each([
    [TASK, { reach: { devices: 11 } }, "reaches 11 devices; 10 are the most."],
    [TASK, { targets: { devices: ["a", "b"] } }, undefined],
    [TASK, { targets: { deviceGroups: ["fleet"] } }, "reaches devices that nobody has counted"],
    [ROLLOUT, rollout("lab: 2 devices (1)", "rest: 9 devices"), "reaches 11 devices"],
    [ROLLOUT, rollout("lab: 2 devices (1)", "rest: 8 devices, not approved"), undefined],
    [COMPLETION, {}, undefined],
    [PACKAGE, {}, undefined],
  ])("%s with %j: %s", (type, props, objection) => {
    expect(maxDevices(type, props, { most: 10 })).toEqual(
      objection === undefined ? [] : [expect.stringContaining(objection)],
    );
  });

  test("has a limit of its own for rollouts, and none where none is given", () => {
    const props = rollout("rest: 11 devices");
    expect(maxDevices(ROLLOUT, props, { most: 10, mostOfRollout: 11 })).toEqual([]);
    expect(maxDevices(TASK, { reach: { devices: 1e6 } }, {})).toEqual([]);
  });
});

describe("package-hash", () => {
  const sign = "ab".repeat(32);
  const file = (of?: string) => ({ fileLocation: { obsLocation: { sign: of } } });

  test("asks for a SHA-256 of each package of IoTDA, and for one that is allowed", () => {
    expect(packageHash(PACKAGE, file(sign), {})).toEqual([]);
    expect(packageHash(PACKAGE, file(), {})).toEqual([
      expect.stringContaining("declares no SHA-256 of its file"),
    ]);
    expect(packageHash(PACKAGE, file("abc"), {})).toHaveLength(1);
    expect(packageHash(PACKAGE, file(sign), { allowed: [sign.toUpperCase()] })).toEqual([]);
    expect(packageHash(PACKAGE, file(sign), { allowed: ["cd".repeat(32)] })).toEqual([
      expect.stringContaining("which is not among those allowed"),
    ]);
    expect(packageHash({ ...PACKAGE, wing: "northbound" }, {}, {})).toEqual([]);
  });
});

describe("versions", () => {
  const of = (version: string, from: string[] = []) => ({
    versionPackage: { version },
    reach: { devices: 1, from },
  });

  test("takes what is allowed, and nothing that is blocked", () => {
    const options = { allowed: ["V1.*", "V2.0"], blocked: ["V1.5-rc*"] };
    expect(versions(TASK, of("V1.5"), options)).toEqual([]);
    expect(versions(TASK, of("V2.0"), options)).toEqual([]);
    expect(versions(TASK, of("V2.01"), options)).toEqual([
      "is of version V2.01; allowed are V1.*, V2.0.",
    ]);
    expect(versions(TASK, of("V1.5-rc1"), options)).toEqual([
      "is of version V1.5-rc1, which is blocked.",
    ]);
    expect(versions(TASK, of("VX.5"), { blocked: ["V?.5", "V.+"] })).toEqual([]);
    expect(versions(PACKAGE, { version: "9.9" }, { blocked: ["9.*"] })).toHaveLength(1);
    expect(versions(TASK, {}, { blocked: ["9.*"] })).toEqual([
      expect.stringContaining("pushes a version that is not known here"),
    ]);
    expect(versions(TASK, {}, {})).toEqual([]);
    expect(versions(COMPLETION, { version: "9.9" }, { blocked: ["9.*"] })).toEqual([]);
  });

  test("brings nobody down, as far as is known what devices run, unless that is meant", () => {
    const down = [
      "brings devices from V1.10 down to V1.9; where that is meant, set downgrade to true for this merge.",
    ];
    expect(versions(TASK, of("V1.9", ["V1.10", "V1.8", "golden"]), {})).toEqual(down);
    expect(versions(TASK, of("V1.9", ["V1.10"]), { downgrade: true })).toEqual([]);
    const back = { versionPackage: { version: "V1.9" }, plan: { from: ["V1.10"], waves: [] } };
    expect(versions(ROLLOUT, back, {})).toEqual(down);
    expect(versions(ROLLOUT, { ...back, fromVersions: ["V1.8"] }, {})).toEqual([]);
  });
});

describe("rollout-limits", () => {
  test("wants a small first wave, which is not one of nobody", () => {
    const props = rollout("none: 0 devices (1)", "canary: 101 devices (2)", "rest: 9 devices");
    expect(rolloutLimits(ROLLOUT, props, {})).toEqual([
      "begins with the wave canary of 101 devices; 100 are the most.",
    ]);
    expect(rolloutLimits(ROLLOUT, props, { mostInFirstWave: 101 })).toEqual([]);
    expect(rolloutLimits(ROLLOUT, {}, {})).toEqual([expect.stringContaining("nobody has counted")]);
    expect(rolloutLimits(TASK, {}, {})).toEqual([]);
  });

  test("holds each wave to bakes and thresholds as they count for it", () => {
    const props = {
      ...rollout("lab: 2 devices (1)", "rest: 9 devices"),
      minReachedPercent: 50,
      waves: [
        { name: "lab", bakeSeconds: 60 },
        { name: "rest", minSuccessPercent: 80, maxFailedDevices: 3 },
      ],
    };
    const limits = {
      ...{ leastBakeSeconds: 3600, leastSuccessPercent: 90, leastReachedPercent: 60 },
      ...{ mostFailedDevices: 3, mostInProgress: 500 },
    };
    expect(rolloutLimits(ROLLOUT, props, limits)).toEqual([
      "watches the wave lab for 60 s; 3600 are the least.",
      "lets the wave lab pass with 50 % reached; 60 are the least.",
      "gives the wave lab no maxFailedDevices of at most 3.",
      "lets the wave rest pass with 80 % of success; 90 are the least.",
      "lets the wave rest pass with 50 % reached; 60 are the least.",
      "has no maxInProgress of at most 500.",
    ]);
    const one = { ...rollout("all: 2 devices"), maxFailedDevices: 0, maxInProgress: 500 };
    expect(rolloutLimits(ROLLOUT, one, { ...limits, leastBakeSeconds: 1 })).toEqual([]);
  });
});

describe("gate-required", () => {
  const many = { reach: { devices: 101 } };

  test("wants a gate in front of many devices, known or not", () => {
    expect(gateRequired(TASK, many, {})).toEqual([
      expect.stringContaining("reaches 101 devices and has no onlyAfter"),
    ]);
    expect(gateRequired(TASK, { ...many, onlyAfter: [] }, {})).toHaveLength(1);
    expect(gateRequired(TASK, { ...many, onlyAfter: [{ outcome: "succeeded" }] }, {})).toEqual([]);
    expect(gateRequired(TASK, withUnknown(many, "onlyAfter"), {})).toEqual([]);
    expect(gateRequired(TASK, { reach: { devices: 100 } }, {})).toEqual([]);
    expect(gateRequired(TASK, many, { devices: 101 })).toEqual([]);
    expect(gateRequired(ROLLOUT, {}, {})).toEqual([]);
  });

  test("asks for nothing else that a preview does not know", () => {
    expect(gateRequired(TASK, withUnknown(many, "fileId", "targets"), {})).toHaveLength(1);
    expect(maxDevices(TASK, withUnknown(many, "fileId", "targets"), { most: 1 })).toHaveLength(1);
  });
});

function resource(
  kind: ResourceKind,
  name: string,
  more: Partial<StackResource> = {},
): StackResource {
  return {
    type: typeOf(kind),
    name,
    urn: `urn::${name}`,
    props: {},
    dependencies: [],
    propertyDependencies: {},
    ...more,
  };
}

describe("the rules that report", () => {
  const pilot = resource(TASK, "pilot", { props: { reach: { devices: 5 } } });
  const done = resource(COMPLETION, "done", { propertyDependencies: { operationId: [pilot] } });
  const fleetProps = { reach: { devices: 500 } };
  const fleet = resource(TASK, "fleet", {
    props: fleetProps,
    propertyDependencies: { onlyAfter: [done] },
  });

  test("completion-required names the tasks that nobody waits for", () => {
    expect(completionRequired([pilot, done, fleet], {})).toEqual([
      {
        urn: "urn::fleet",
        message: expect.stringContaining("no UpgradeCompletion waits for") as string,
      },
    ]);
    expect(completionRequired([pilot], { devices: 5 })).toEqual([]);
    expect(completionRequired([resource(ROLLOUT, "meters")], {})).toEqual([]);
  });

  test("canary-required wants something smaller in front of many", () => {
    expect(canaryRequired([pilot, done, fleet], {})).toEqual([]);
    const bare = resource(TASK, "bare", { props: fleetProps });
    expect(canaryRequired([bare], {})).toEqual([
      { urn: "urn::bare", message: expect.stringContaining("500 devices at once") as string },
    ]);
    const sameSize = resource(TASK, "same", { props: fleetProps });
    const after = resource(COMPLETION, "after", { dependencies: [sameSize] });
    const second = resource(TASK, "second", {
      props: fleetProps,
      propertyDependencies: { onlyAfter: [after] },
    });
    expect(canaryRequired([second], {})).toHaveLength(1);
    const one = resource(ROLLOUT, "one", {
      props: rollout("none: 0 devices (1)", "all: 500 devices"),
    });
    expect(canaryRequired([one], {})).toHaveLength(1);
    const two = resource(ROLLOUT, "two", {
      props: rollout("lab: 5 devices (1)", "all: 500 devices"),
    });
    expect(
      canaryRequired([two, resource(ROLLOUT, "new", { props: withUnknown({}, "plan") })], {}),
    ).toEqual([]);
  });

  test("approved-in-time names waves that were approved before the one in front was over", () => {
    const waves = [
      { name: "lab" },
      { name: "early", needsApproval: true },
      { name: "rest", needsApproval: true },
    ];
    const of = (approved: string[], progress?: object[], version = "V1.5") =>
      resource(ROLLOUT, "meters", {
        props: {
          ...{ waves, versionPackage: { version: "V1.5" }, approved: { version, waves: approved } },
          ...(progress === undefined ? {} : { progress }),
        },
      });
    const labIs = (state: string) => [{ wave: "lab", state }];
    expect(approvedInTime([of(["early"])])).toEqual([
      {
        urn: "urn::meters",
        message: expect.stringContaining("meters has early approved before") as string,
      },
    ]);
    expect(approvedInTime([of(["early"], labIs("baking"))])).toHaveLength(1);
    expect(approvedInTime([of(["early"], labIs("over"))])).toEqual([]);
    expect(approvedInTime([of(["early", "rest"], labIs("over"))])[0]?.message).toContain(
      "has rest approved",
    );
    expect(approvedInTime([of(["early"], undefined, "V1.4")])).toEqual([]);
    const { props } = of(["early"]);
    expect(
      approvedInTime([resource(ROLLOUT, "meters", { props: withUnknown(props, "progress") })]),
    ).toEqual([]);
  });
});

describe("the rules of a pack", () => {
  test("have nothing to say of a completion", () => {
    const strict = { most: 0, allowed: [], blocked: ["*"], mostInFirstWave: 0, devices: 0 };
    for (const rule of [maxDevices, packageHash, versions, rolloutLimits, gateRequired]) {
      expect(rule(COMPLETION, {}, strict)).toEqual([]);
    }
  });

  test("take what a pack gives them, and the file of the pack's configuration before that", () => {
    const [rule] = upgradeRules({ "max-devices": { most: 10, mostOfRollout: 5 } });
    if (rule === undefined || !("validateResource" in rule))
      throw new Error("It is a resource rule.");
    const reported: string[] = [];
    const validate = rule.validateResource as (
      args: object,
      report: (text: string) => void,
    ) => void;
    const args = { type: typeOf(TASK), name: "fleet", props: { reach: { devices: 11 } } };
    validate({ ...args, getConfig: () => ({ most: 10 }) }, (text) => reported.push(text));
    validate({ ...args, getConfig: () => ({ most: 11 }) }, (text) => reported.push(text));
    validate({ ...args, getConfig: () => ({}) }, (text) => reported.push(text));
    validate({ ...args, type: "aws:s3:Bucket", getConfig: () => ({}) }, (text) =>
      reported.push(text),
    );
    const objection = "fleet reaches 11 devices; 10 are the most.";
    expect(reported).toEqual([objection, objection]);
  });

  test("prevent where they see one resource, and advise where they see the stack", () => {
    expect(
      upgradeRules().map(({ name, enforcementLevel }) => `${name} ${enforcementLevel ?? ""}`),
    ).toEqual([
      "max-devices mandatory",
      "package-hash mandatory",
      "versions mandatory",
      "rollout-limits mandatory",
      "gate-required mandatory",
      "completion-required advisory",
      "canary-required advisory",
      "approved-in-time advisory",
    ]);
  });

  test("stand in the manual with their levels and options", () => {
    const manual = readFileSync(join(__dirname, "../../docs/policy.md"), "utf8");
    for (const { name, enforcementLevel, configSchema } of upgradeRules()) {
      const row = manual.split("\n").find((line) => line.startsWith(`| \`${name}\``)) ?? "";
      expect(row).toContain(enforcementLevel);
      for (const option of Object.keys(configSchema?.properties ?? {})) {
        expect(row).toContain(`\`${option}\``);
      }
    }
  });

  test("come in a pack of the library's own version", () => {
    const [own, pack] = ["../../package.json", "../../policy/package.json"].map(
      (file) => jest.requireActual<{ version: string }>(file).version,
    );
    expect(pack).toBe(own);
  });
});
