import { fromJSONSchema } from "zod";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startSimulator, SimulatorInputError, type SimulatorData } from "../../src/simulator";
import { behaviourNames, behaviourRules } from "../../src/simulator/behaviour";
import { flagOf } from "../../src/simulator/arguments";
import { invented } from "../../src/simulator/iotda/error-codes";
import { failureReasonNames } from "../../src/simulator/iotda/failure-reasons";
import { bench, kind } from "./client";

const root = join(__dirname, "../..");
const application = { appId: "a", secret: "s" };
const complete = { fileId: "f", version: "V1", fileType: "firmwarePackage", ...kind };

function having(part: object): unknown {
  return { applications: [{ ...application, ...part }] };
}

test.each<[string, unknown, string]>([
  ["a list", [], "The data must be a JSON object."],
  ["no applications", {}, "The data: applications must be a list."],
  ["an empty list", { applications: [] }, "applications must hold at least one application."],
  ["a misspelt key", having({ package: [] }), 'applications[0] has the unknown key "package"'],
  ["no appId", { applications: [{ secret: "s" }] }, "applications[0].appId must be a text"],
  ["an appId twice", { applications: [application, application] }, 'holds the appId "a" twice.'],
  ["a fileId twice", having({ packages: [complete, complete] }), 'holds the fileId "f" twice.'],
  [
    "a device twice",
    having({ deviceDefaults: kind, devices: [{ deviceId: "d" }, { deviceId: "d" }] }),
    'holds the deviceId "d" twice.',
  ],
  [
    "a device without a model",
    having({ devices: [{ ...kind, model: undefined, deviceId: "d" }] }),
    "applications[0].devices[0].model must be a text that is not empty.",
  ],
  [
    "an unknown fileType",
    having({ packages: [{ ...complete, fileType: "firmware" }] }),
    'packages[0].fileType must be one of "firmwarePackage", "softwarePackage".',
  ],
  [
    "a fileId with a slash",
    having({ packages: [{ ...complete, fileId: "a/b" }] }),
    "packages[0].fileId may hold only letters",
  ],
  [
    "an ISO uploadTime",
    having({ packages: [{ ...complete, uploadTime: "2026-05-01T08:00:00Z" }] }),
    "packages[0].uploadTime must be a UTC time such as 20260501T080000Z.",
  ],
  [
    "a negative duration",
    having({ devices: [{ ...kind, deviceId: "d", upgradeSeconds: -1 }] }),
    "devices[0].upgradeSeconds must be a number of at least 0.",
  ],
  [
    "an unknown switch",
    { ...(having({}) as object), behaviour: { lag: 1 } },
    'behaviour has the unknown key "lag"',
  ],
])("data with %s is refused with a sentence that names the place", async (_name, data, message) => {
  const starting = startSimulator({ data: data as SimulatorData });
  await expect(starting).rejects.toThrow(message);
  await expect(starting).rejects.toBeInstanceOf(SimulatorInputError);
});

test("options win over the data's switches, and those over the defaults", async () => {
  const data = {
    behaviour: { waitSeconds: 2, upgradeSeconds: 3 },
    applications: [{ appId: "waterworks", secret: "s3cret" }],
  };
  const { simulator } = await bench({ upgradeSeconds: 9 }, { data });
  expect(simulator.behaviour()).toMatchObject({
    waitSeconds: 2,
    upgradeSeconds: 9,
    callsPerMinute: 100,
  });
});

test("the sample data is a world with a pilot group, a fleet and packages to install", async () => {
  const simulator = await startSimulator({ data: join(root, "examples/simulator-data.json") });
  const { devices, packages } = simulator.books();
  await simulator.close();
  const inGroup = (name: string) => devices.filter(({ groups }) => groups.includes(name));
  expect([inGroup("pilot").length, inGroup("fleet").length]).toEqual([5, 35]);
  expect(packages.map(({ version }) => version)).toEqual(expect.arrayContaining(["V1.3", "V1.4"]));
});

test("the manual tells every switch with its flag and default", () => {
  const manual = readFileSync(join(root, "docs/simulator.md"), "utf8").replace(/ +/g, " ");
  for (const name of behaviourNames) {
    const { initial } = behaviourRules[name];
    const told = initial === null ? "off" : String(initial);
    expect(manual).toContain(`| \`${name}\` | \`--${flagOf(name)}\` | ${told} |`);
  }
});

test("the manual tells every invented code and every reason of devices", () => {
  const manual = readFileSync(join(root, "docs/simulator.md"), "utf8");
  for (const code of Object.values(invented)) expect(manual).toContain(code);
  for (const reason of failureReasonNames) expect(manual).toContain(`\`${reason}\``);
});

test("the sample data has a world for the IoTDA part, too", async () => {
  const simulator = await startSimulator({ data: join(root, "examples/simulator-data.json") });
  const { iotda } = simulator.books();
  await simulator.close();
  const inGroup = (name: string) => iotda?.devices.filter(({ groups }) => groups.includes(name));
  expect([inGroup("pilot")?.length, inGroup("fleet")?.length]).toEqual([5, 35]);
  expect(iotda?.packages).toMatchObject([{ app_id: "waterworks", version: "1.3" }]);
});

const iotda = { projects: [{ projectId: "p", region: "r", spaces: [{ appId: "a" }] }] };
const project = iotda.projects[0];

test.each<[string, unknown, string]>([
  ["no project", { projects: [] }, "The data: iotda.projects must hold at least one project."],
  ["a misspelt key", { ...iotda, user: [] }, 'The data: iotda has the unknown key "user"'],
  [
    "an appId twice",
    { projects: [project, { ...project, projectId: "q" }] },
    'the appId "a" twice',
  ],
  [
    "two default spaces",
    {
      projects: [{ ...project, spaces: ["a", "b"].map((appId) => ({ appId, isDefault: true })) }],
    },
    "projects[0].spaces has a second default space, b.",
  ],
  [
    "a short packageId",
    {
      projects: [{ ...project, spaces: [{ appId: "a", packages: [{ packageId: "1" }] }] }],
    },
    "projects[0].spaces[0].packages[0].packageId must be 24 hex digits.",
  ],
])("an iotda section with %s is refused with a sentence", async (_name, section, message) => {
  const starting = startSimulator({ data: { iotda: section } as SimulatorData });
  await expect(starting).rejects.toThrow(message);
});

describe("the schema of the data file", () => {
  const schema = JSON.parse(
    readFileSync(join(root, "examples/simulator-data.schema.json"), "utf8"),
  ) as Parameters<typeof fromJSONSchema>[0];

  test("takes the sample data", () => {
    const data: unknown = JSON.parse(
      readFileSync(join(root, "examples/simulator-data.json"), "utf8"),
    );
    expect(fromJSONSchema(schema).safeParse(data)).toMatchObject({ success: true });
  });

  test.each([
    ["a misspelt key", { application: [] }],
    ["a switch of another kind", { behaviour: { waitSeconds: "1" } }],
    ["a choice that there is not", { behaviour: { listOrder: "shuffled" } }],
    ["an application without a secret", { applications: [{ appId: "a" }] }],
  ])("refuses %s", (_name, data) => {
    expect(fromJSONSchema(schema).safeParse(data).success).toBe(false);
  });
});
