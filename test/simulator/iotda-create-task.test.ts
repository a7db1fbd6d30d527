import { basic, deepLists, deepObjects, withJson, type Fields, type Reply } from "./client";
import { createIotdaTask, iotdaBench, nextPackageId, taskBody } from "./iotda-client";

const path = "/batchtasks";

function told({ status, body }: Reply): unknown {
  return [status, body["error_code"]];
}

function policy(task_policy: object): Fields {
  return taskBody({ task_policy });
}

test.each<[string, Fields]>([
  ["no task_name", taskBody({ task_name: undefined })],
  ["a task_name with a hyphen", taskBody({ task_name: "pilot-1" })],
  ["a task_name with a dot", taskBody({ task_name: "pilot.1" })],
  ["a task_name with a space", taskBody({ task_name: "pilot 1" })],
  ["a task_name of 129 characters", taskBody({ task_name: "n".repeat(129) })],
  ["an unknown task_type", taskBody({ task_type: "firmware" })],
  ["another task_mode", taskBody({ task_mode: "DEVICE" })],
  ["a task_ext_info of 513 characters", taskBody({ task_ext_info: { a: "x".repeat(505) } })],
  ["a need_confirm in words", taskBody({ need_confirm: "true" })],
  ["neither targets nor groups", taskBody({ targets: undefined })],
  ["30,001 targets", taskBody({ targets: Array<string>(30_001).fill("meter-1") })],
  ["a target with a dot", taskBody({ targets: ["meter.1"] })],
  ["no document", taskBody({ document: undefined })],
  ["no package_ids", taskBody({ document: {} })],
  ["a package id with an underscore", taskBody({ document: { package_ids: ["a_b"] } })],
  ["a task_mode of modules", taskBody({ task_type: "moduleUpgrade", task_mode: "GATEWAY" })],
  ["a task_ext_info of modules", taskBody({ task_type: "moduleUpgrade", task_ext_info: { a: 1 } })],
  ["a package of another type", taskBody({ document: { package_ids: [nextPackageId] } })],
  ["a retry_count alone", policy({ retry_count: 1 })],
  ["a retry_interval alone", policy({ retry_interval: 5 })],
  ["six retries", policy({ retry_count: 6, retry_interval: 5 })],
  ["an interval above a day", policy({ retry_count: 1, retry_interval: 1441 })],
  ["an empty start", policy({ schedule_time: "" })],
  ["a start that has passed", policy({ schedule_time: basic(-1) })],
  ["a start in more than 7 days", policy({ schedule_time: basic(7 * 86_400 + 1) })],
])("%s is 400 IOTDA.000006", async (_name, body) => {
  const { call } = await iotdaBench();
  expect(told(await call("POST", path, body))).toEqual([400, "IOTDA.000006"]);
});

test("a time in another spelling is IOTDA.000009, malformed JSON IOTDA.000008", async () => {
  const { call } = await iotdaBench();
  const late = policy({ schedule_time: "2026-05-01T09:00:00Z" });
  expect(told(await call("POST", path, late))).toEqual([400, "IOTDA.000009"]);
  expect(told(await call("POST", path, "{"))).toEqual([400, "IOTDA.000008"]);
});

test.each([
  ["lists", deepLists],
  ["objects", deepObjects],
])("%s nested thousands of levels deep are IOTDA.000008", async (_what, json) => {
  const { call, simulator } = await iotdaBench();
  const body = withJson(taskBody(), json);
  expect(told(await call("POST", path, body))).toEqual([400, "IOTDA.000008"]);
  expect(simulator.books().requests.at(-1)).toMatchObject({
    body: `[${String(body.length)} characters that cannot be read as JSON]`,
  });
});

test("an unknown space is 403 IOTDA.001000; an absent or empty app_id is the default one", async () => {
  const platform = await iotdaBench();
  const unknown = taskBody({ app_id: "unknown" });
  expect(told(await platform.call("POST", path, unknown))).toEqual([403, "IOTDA.001000"]);
  for (const app_id of [undefined, null, ""]) await createIotdaTask(platform, ["mute"], { app_id });
  const tasks = platform.simulator.books().iotda?.tasks;
  expect(tasks?.map((task) => task.app_id)).toEqual(["waterworks", "waterworks", "waterworks"]);
});

test("a package of another space is not found", async () => {
  const { call } = await iotdaBench();
  const body = taskBody({ app_id: "laboratory" });
  expect(told(await call("POST", path, body))).toEqual([404, "IOTDA.999001"]);
});

test("what was sent comes back, and names may be Chinese", async () => {
  const { call } = await iotdaBench();
  const sent = {
    task_name: "水表_1",
    task_mode: "GATEWAY",
    task_ext_info: { ticket: "OPS_1" },
    task_policy: { retry_count: 5, retry_interval: 1440, schedule_time: basic(60) },
    need_confirm: false,
    targets: ["meter-1", "no-such-device"],
  };
  const { status, body } = await call("POST", path, taskBody(sent));
  expect(status).toBe(201);
  expect(body).toMatchObject(sent);
  expect(body).not.toHaveProperty("batchtask");
});

test("tasks are listed by their type, and by status and space on request", async () => {
  const platform = await iotdaBench();
  const ended = await createIotdaTask(platform, ["meter-1"]);
  const running = await createIotdaTask(platform, ["mute"]);
  platform.simulator.clock.advance(10);
  const list = async (query: string) => {
    const { body } = await platform.call("GET", `${path}?${query}`);
    return (body["batchtasks"] as { task_id: string }[]).map((each) => each.task_id);
  };
  expect(await list("task_type=firmwareUpgrade")).toEqual([running, ended]);
  expect(await list("task_type=firmwareUpgrade&status=Success")).toEqual([ended]);
  expect(await list("task_type=firmwareUpgrade&app_id=laboratory")).toEqual([]);
  expect(await list("task_type=softwareUpgrade")).toEqual([]);
  expect(told(await platform.call("GET", path))).toEqual([400, "IOTDA.000006"]);
});

test("more than 100 targets of a stop are refused", async () => {
  const platform = await iotdaBench();
  const id = await createIotdaTask(platform, ["meter-1"]);
  const targets = Array.from({ length: 101 }, (_, index) => `d${String(index)}`);
  const reply = await platform.call("POST", `${path}/${id}/stop`, { targets });
  expect(told(reply)).toEqual([400, "IOTDA.000006"]);
});
