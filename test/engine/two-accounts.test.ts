import type { SimulatorData } from "../../src/simulator";
import { APP_ID, pushes, SECRET } from "./stack";
import { fails, namesInState, passes, story, there } from "./story";
import { IOTDA, OTHER_PROJECT, world } from "./world";

/*
 * The environment for one account and a Provider for the other, on a platform that keeps them apart.
 */

const GASWORKS = { accessKey: "GASWORKSACCESSKEY001", secretKey: "gasworks-secret-key" };
const [INSTANCE, OTHER_INSTANCE] = ["5e25fd6d-0a1b-4c2d-8e3f-405162738495", "other-instance"];

/** The second project is that of another account. */
function twoAccounts(): SimulatorData {
  const data = world();
  const iotda = there(data.iotda);
  const projects = iotda.projects.map((project) =>
    project.projectId === OTHER_PROJECT.projectId
      ? { ...project, domain: "gasworks" }
      : { ...project, instances: [INSTANCE, OTHER_INSTANCE] },
  );
  const accessKeys = [...(iotda.accessKeys ?? []), { ...GASWORKS, domain: "gasworks" }];
  return { ...data, iotda: { ...iotda, accessKeys, projects } };
}

function iotdaTask(
  device: string,
  options = "",
  packageId: string = IOTDA.packages.firmware,
): string {
  return `new iotda.FirmwareUpgradeTask("${device}", { packageId: "${packageId}", targets: { devices: ["${device}"] } }${options});`;
}

const benchTask = (options: string): string =>
  iotdaTask("bench_9", options, OTHER_PROJECT.packageId);

function northboundTask(device: string, fileId: string, options = ""): string {
  return `new northbound.FirmwareUpgradeTask("${device}", { fileId: "${fileId}", targets: { devices: ["${device}"] } }${options});`;
}

function lab(settings: object): string {
  return `const lab = new Provider("lab", ${JSON.stringify(settings)});`;
}

const OF_LAB = ", { provider: lab }";

describe("iotda: the environment's keys and a Provider's", () => {
  const tale = story({ data: twoAccounts() });
  const projects = (): string[] =>
    there(tale.simulator.books().iotda).tasks.map(({ project_id }) => project_id);
  const usedKeys = (projectId: string): unknown[] => [
    ...new Set(
      tale.simulator
        .books()
        .requests.filter(({ path }) => path.includes(projectId))
        .map(({ appId }) => appId),
    ),
  ];

  test("without a project anywhere, each task goes to the project of its own keys", async () => {
    tale.stack.environment["HW_PROJECT_ID"] = undefined;
    tale.stack.program(lab({ iotda: GASWORKS }) + iotdaTask("meter_001") + benchTask(OF_LAB));
    await passes(tale.stack.up());
    expect(projects().sort()).toEqual([IOTDA.projectId, OTHER_PROJECT.projectId].sort());
    expect(usedKeys(OTHER_PROJECT.projectId)).toEqual([GASWORKS.accessKey]);
    expect(usedKeys(IOTDA.projectId)).toEqual([IOTDA.accessKey]);
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test("the environment's project is not that of a Provider with other keys", async () => {
    tale.stack.environment["HW_PROJECT_ID"] = IOTDA.projectId;
    await passes(tale.stack.preview("--expect-no-changes"));
    tale.stack.program(
      lab({ iotda: { ...GASWORKS, projectId: OTHER_PROJECT.projectId } }) +
        iotdaTask("meter_001") +
        benchTask(OF_LAB),
    );
    await passes(tale.stack.up());
    await passes(tale.stack.drift());
    expect(pushes(tale.simulator)).toBe(2);
  });

  test("a destroy takes each down in its account", async () => {
    await passes(tale.stack.destroy());
    expect(await namesInState(tale.stack)).toEqual([]);
    expect(projects()).toEqual([]);
    expect(usedKeys(OTHER_PROJECT.projectId)).toEqual([GASWORKS.accessKey]);
  });
});

describe("iotda: a project with and without its instance", () => {
  const tale = story({ data: twoAccounts(), program: iotdaTask("meter_001") });
  const before = { pushed: 0, sent: 0 };
  const sent = (): number =>
    tale.simulator.books().requests.filter(({ method }) => method !== "GET").length;
  const instance = "HUAWEI_OTA_IOTDA_INSTANCE_ID";

  test("is one account when the instance is added to the settings", async () => {
    await passes(tale.stack.up());
    before.sent = sent();
    tale.stack.environment[instance] = INSTANCE;
    await passes(tale.stack.preview("--expect-no-changes"));
    await passes(tale.stack.up());
    await passes(tale.stack.refresh());
    await passes(tale.stack.drift());
    expect(sent()).toBe(before.sent);
    expect(tale.simulator.books().iotda?.tasks).toHaveLength(1);
  });

  test("is one account when it is taken away again", async () => {
    tale.stack.environment[instance] = undefined;
    await passes(tale.stack.preview("--expect-no-changes"));
    await passes(tale.stack.up());
    expect(sent()).toBe(before.sent);
  });

  test("is another one in another instance", async () => {
    tale.stack.environment[instance] = INSTANCE;
    await passes(tale.stack.refresh());
    tale.stack.environment[instance] = OTHER_INSTANCE;
    expect(await fails(tale.stack.up())).toContain(
      `belongs to project ${IOTDA.projectId}/${INSTANCE}, but the settings of this run name ${IOTDA.projectId}/${OTHER_INSTANCE}; nothing was done.`,
    );
    expect(sent()).toBe(before.sent);
  });
});

describe("northbound: the environment's application and a Provider's", () => {
  const tale = story();
  const own = northboundTask("meter-001", "firmware-nbm1-v1.4");
  const bench = northboundTask("bench-01", "laboratory-nbm1-v1.5", OF_LAB);

  test("each task is pushed in its own", async () => {
    tale.stack.program(
      lab({ northbound: { appId: "laboratory", secret: "laboratory-secret" } }) + own + bench,
    );
    await passes(tale.stack.up());
    expect(
      tale.simulator
        .books()
        .tasks.map(({ appId }) => appId)
        .sort(),
    ).toEqual(["laboratory", APP_ID]);
    await passes(tale.stack.preview("--expect-no-changes"));
    await passes(tale.stack.drift());
  });

  test("the environment's secret is not sent for the other application", async () => {
    tale.stack.program(lab({ northbound: { appId: "laboratory" } }) + own + bench);
    const before = tale.simulator.books().requests.length;
    const up = await fails(tale.stack.up());
    expect(up).toContain(
      `HUAWEI_OTA_NORTHBOUND_SECRET is not taken, because appId of the Provider is "laboratory" and HUAWEI_OTA_NORTHBOUND_APP_ID is "${APP_ID}".`,
    );
    expect(up).not.toContain(SECRET);
    const sent = tale.simulator.books().requests.slice(before);
    expect(sent.filter(({ appId }) => appId !== APP_ID)).toEqual([]);
  });
});

describe.each([
  ["northbound", "HUAWEI_OTA_NORTHBOUND_APP_ID", "laboratory", APP_ID],
  ["iotda", "HW_PROJECT_ID", OTHER_PROJECT.projectId, IOTDA.projectId],
])("%s: a Provider that only sets a quota", (wing, variable, wrong, right) => {
  const tale = story();

  test("is no move, whatever account the environment names by mistake", async () => {
    const task =
      wing === "iotda"
        ? iotdaTask("meter_001", OF_LAB)
        : northboundTask("meter-001", "firmware-nbm1-v1.4", OF_LAB);
    tale.stack.program(lab({ [wing]: { callsPerMinute: 50 } }) + task);
    await passes(tale.stack.up());
    tale.stack.environment[variable] = wrong;
    expect(await fails(tale.stack.up())).toContain(
      `${right}, but the settings of this run name ${wrong}; nothing was done.`,
    );
    expect(pushes(tale.simulator)).toBe(1);
  });
});
