import type { SimulatorData } from "../../src/simulator";
import {
  type IotdaBench,
  iotdaBench,
  packageBody,
  projectId,
  taskBody,
  world,
} from "./iotda-client";

const GASWORKS = "e".repeat(32);
const NEXT = { host: "localhost", instanceId: "instance-2" };

/** The usual project is of waterworks and has two instances; gasworks has one in the same region. */
function twoAccounts(): SimulatorData {
  const { iotda } = world;
  if (iotda === undefined) throw new Error("The world has no part for IoTDA.");
  const [project, ...others] = iotda.projects;
  if (project === undefined) throw new Error("The world has no project.");
  const water = {
    ...project,
    domain: "waterworks",
    instances: ["instance-1", NEXT],
    spaces: [
      ...project.spaces,
      { appId: "next", instance: NEXT.instanceId, products: [{ productId: "water" }] },
    ],
  };
  const gas = {
    projectId: GASWORKS,
    region: water.region,
    domain: "gasworks",
    spaces: [{ appId: "gas" }],
  };
  const user = { name: "gas-pipeline", password: "s3cret", domain: "gasworks" };
  return {
    ...world,
    iotda: { ...iotda, users: [...(iotda.users ?? []), user], projects: [water, gas, ...others] },
  };
}

const listed = "/batchtasks?task_type=firmwareUpgrade";

async function loginAsGas({ send }: IotdaBench, project: object) {
  const user = { name: "gas-pipeline", password: "s3cret", domain: { name: "gasworks" } };
  const identity = { methods: ["password"], password: { user } };
  const reply = await send("/v3/auth/tokens", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ auth: { identity, scope: { project } } }),
  });
  return { status: reply.status, token: reply.headers.get("x-subject-token") ?? "" };
}

describe("Two accounts", () => {
  test("have a project each in one region, and see their own", async () => {
    const platform = await iotdaBench({}, { data: twoAccounts() });
    const { token } = await loginAsGas(platform, { name: "ap-southeast-1" });
    const headers = { "X-Auth-Token": token };
    const { body } = await platform.send("/v3/projects?name=ap-southeast-1", { headers });
    expect(body).toMatchObject({ projects: [{ id: GASWORKS }] });
    expect(await platform.send(`/v5/iot/${GASWORKS}${listed}`, { headers })).toMatchObject({
      status: 200,
    });
    expect(await platform.send(`/v5/iot/${projectId}${listed}`, { headers })).toMatchObject({
      status: 403,
      body: { error_code: "IOTDA.000021" },
    });
  });

  test("give nobody a token for the other's project", async () => {
    const platform = await iotdaBench({}, { data: twoAccounts() });
    expect(await loginAsGas(platform, { id: projectId })).toMatchObject({ status: 401 });
    expect(await platform.login({ id: GASWORKS })).toMatchObject({ status: 401 });
  });

  test("are one where the data names none", async () => {
    const { login } = await iotdaBench();
    expect(await login({ id: "f".repeat(32) })).toMatchObject({ status: 201 });
  });
});

describe("Two instances of a project", () => {
  async function instances() {
    const platform = await iotdaBench({}, { data: twoAccounts() });
    const token = (await platform.login()).headers.get("x-subject-token") ?? "";
    const call = async (
      instance: string | undefined,
      method: string,
      path: string,
      body?: object,
    ) =>
      platform.send(`/v5/iot/${projectId}${path}`, {
        method,
        headers: {
          "X-Auth-Token": token,
          "Content-Type": "application/json",
          ...(instance === undefined ? {} : { "Instance-Id": instance }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    return { platform, token, call };
  }

  test("see none of each other's tasks, and the first is that of calls that name none", async () => {
    const { call } = await instances();
    const { body } = await call("instance-1", "POST", "/batchtasks", taskBody());
    const path = `/batchtasks/${String(body["task_id"])}`;
    for (const instance of ["instance-1", undefined]) {
      expect(await call(instance, "GET", path)).toMatchObject({ status: 200 });
    }
    expect(await call("instance-2", "GET", path)).toMatchObject({ status: 404 });
    expect(await call("instance-2", "POST", `${path}/stop`)).toMatchObject({ status: 404 });
    expect((await call("instance-2", "GET", listed)).body).toMatchObject({ batchtasks: [] });
    expect((await call("instance-1", "GET", listed)).body).toMatchObject({
      batchtasks: [{ task_name: "pilot_1" }],
    });
  });

  test("see none of each other's packages and spaces", async () => {
    const { call } = await instances();
    const order = packageBody({ app_id: "next" });
    expect(await call("instance-1", "POST", "/ota-upgrades/packages", order)).toMatchObject({
      status: 403,
      body: { error_code: "IOTDA.001000" },
    });
    const { body } = await call("instance-2", "POST", "/ota-upgrades/packages", order);
    const path = `/ota-upgrades/packages/${String(body["package_id"])}`;
    expect(await call("instance-2", "GET", path)).toMatchObject({ status: 200 });
    expect(await call(undefined, "GET", path)).toMatchObject({ status: 404 });
    expect(await call("instance-1", "DELETE", path)).toMatchObject({ status: 404 });
    const all = "/ota-upgrades/packages?package_type=firmwarePackage";
    expect((await call("instance-2", "GET", all)).body).toMatchObject({ page: { count: 1 } });
  });

  test("may have a host, which says the same as the id", async () => {
    const { platform, token } = await instances();
    const ask = async (instance: Readonly<Record<string, string>>) => {
      const url = platform.simulator.url.replace("127.0.0.1", NEXT.host);
      const headers = { "X-Auth-Token": token, ...instance };
      const path = "/ota-upgrades/packages?package_type=firmwarePackage";
      const reply = await fetch(`${url}/v5/iot/${projectId}${path}`, { headers });
      return [reply.status, await reply.json()];
    };
    expect(await ask({})).toMatchObject([200, { page: { count: 0 } }]);
    expect(await ask({ "Instance-Id": "instance-2" })).toMatchObject([200, {}]);
    expect(await ask({ "Instance-Id": "instance-1" })).toMatchObject([403, {}]);
  });
});

test("a space in an instance that is not there is refused with a sentence", async () => {
  const spaces = [{ appId: "a", instance: "none" }];
  const data = { applications: [], iotda: { projects: [{ projectId, region: "r", spaces }] } };
  await expect(iotdaBench({}, { data })).rejects.toThrow(
    'The data: iotda.projects[0] has no instance "none" for the space a.',
  );
});
