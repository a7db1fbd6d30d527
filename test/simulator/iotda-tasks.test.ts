import { basic } from "./client";
import {
  createIotdaTask,
  iotdaBench,
  packageBody,
  shown,
  taskBody,
  type ShownTask,
} from "./iotda-client";

function detailStatuses({ details }: ShownTask): Record<string, string> {
  return Object.fromEntries(Object.entries(details).map(([id, { status }]) => [id, status]));
}

test("a task goes from Initializing by Processing to Success, and its counters with it", async () => {
  const platform = await iotdaBench();
  const { status, body } = await platform.call("POST", "/batchtasks", taskBody());
  expect(status).toBe(201);
  expect(body).toMatchObject({
    task_id: expect.stringMatching(/^[a-f0-9]{24}$/) as string,
    task_name: "pilot_1",
    status: "Initializing",
    create_time: basic(0),
    task_progress: { total: 0 },
  });
  const id = String(body["task_id"]);
  platform.simulator.clock.advance(1);
  expect(await shown(platform, id)).toMatchObject({
    status: "Processing",
    task_progress: { total: 1, waitting: 1, processing: 0 },
    details: { "meter-1": { status: "Waitting" } },
  });
  platform.simulator.clock.advance(1);
  expect(await shown(platform, id)).toMatchObject({
    task_progress: { waitting: 0, processing: 1 },
    details: { "meter-1": { status: "Processing" } },
  });
  platform.simulator.clock.advance(4);
  expect(await shown(platform, id)).toMatchObject({
    status: "Success",
    task_progress: { total: 1, success: 1, processing: 0 },
    details: { "meter-1": { status: "Success" } },
  });
  const { iotda } = platform.simulator.books();
  expect(iotda?.devices[0]).toMatchObject({ deviceId: "meter-1", firmwareVersion: "1.4" });
});

test("a mixed outcome is PartialSuccess, a failed one Fail, each device with its reason", async () => {
  const platform = await iotdaBench();
  const mixed = await createIotdaTask(platform, ["meter-1", "bad", "current", "other", "nobody"]);
  const failed = await createIotdaTask(platform, ["worn"]);
  platform.simulator.clock.advance(10);
  expect(await shown(platform, mixed)).toMatchObject({
    status: "PartialSuccess",
    task_progress: { total: 5, success: 2, fail: 3 },
    details: {
      "meter-1": { status: "Success" },
      current: { status: "Success" },
      bad: {
        status: "Fail",
        error: { error_msg: "Not enough storage for the new firmware package" },
      },
      other: { error: { error_msg: "Unsupported package type" } },
      nobody: { error: { error_msg: "The device does not exist." } },
    },
  });
  expect(await shown(platform, failed)).toMatchObject({
    status: "Fail",
    details: { worn: { error: { error_msg: "The flash is worn out." } } },
  });
});

test("a task with a start time is Waitting until then", async () => {
  const platform = await iotdaBench();
  const policy = { schedule_time: basic(3600) };
  const id = await createIotdaTask(platform, ["meter-1"], { task_policy: policy });
  platform.simulator.clock.advance(3599);
  expect(await shown(platform, id)).toMatchObject({
    status: "Waitting",
    task_policy: policy,
    task_progress: { total: 1, waitting: 1 },
  });
  platform.simulator.clock.advance(10);
  expect(await shown(platform, id)).toMatchObject({ status: "Success" });
});

test("a failed device is FailWaitRetry until its next attempt", async () => {
  const platform = await iotdaBench();
  const policy = { retry_count: 2, retry_interval: 5 };
  const id = await createIotdaTask(platform, ["once", "bad"], { task_policy: policy });
  platform.simulator.clock.advance(6);
  expect(await shown(platform, id)).toMatchObject({
    status: "Processing",
    task_progress: { fail_wait_retry: 2, fail: 0 },
  });
  platform.simulator.clock.advance(304);
  expect(await shown(platform, id)).toMatchObject({
    details: { once: { status: "Success" }, bad: { status: "FailWaitRetry" } },
  });
  platform.simulator.clock.advance(304);
  expect(await shown(platform, id)).toMatchObject({
    status: "PartialSuccess",
    task_progress: { success: 1, fail: 1, fail_wait_retry: 0 },
  });
});

test("an unknown group makes a task that fails without details", async () => {
  const platform = await iotdaBench();
  const { status, body } = await platform.call(
    "POST",
    "/batchtasks",
    taskBody({ targets: undefined, targets_filter: { group_ids: ["pilot", "missing"] } }),
  );
  expect(status).toBe(201);
  platform.simulator.clock.advance(1);
  const task = await shown(platform, String(body["task_id"]));
  expect(task).toMatchObject({ status: "Fail", task_progress: { total: 0 }, details: {} });
  expect(task.status_desc).toBe("The group missing does not exist.");
});

test("groups stand for their devices when the task begins", async () => {
  const platform = await iotdaBench();
  const filter = { targets: undefined, targets_filter: { group_ids: ["pilot"] } };
  const { body } = await platform.call("POST", "/batchtasks", taskBody(filter));
  expect(body).toMatchObject({ targets_filter: { group_ids: ["pilot"] } });
  expect(body).not.toHaveProperty("targets");
  platform.simulator.clock.advance(1);
  const task = await shown(platform, String(body["task_id"]));
  expect(Object.keys(task.details).sort()).toEqual(["meter-1", "meter-2"]);
});

test("targets win over groups without an error", async () => {
  const platform = await iotdaBench();
  const id = await createIotdaTask(platform, ["bad"], { targets_filter: { group_ids: ["pilot"] } });
  platform.simulator.clock.advance(1);
  expect(Object.keys((await shown(platform, id)).details)).toEqual(["bad"]);
});

test("an offline device is waited for, up to 25 hours", async () => {
  const platform = await iotdaBench({ iotdaTokenLifeSeconds: 100_000 });
  const id = await createIotdaTask(platform, ["sleeper", "lost"]);
  platform.simulator.clock.advance(99);
  expect(detailStatuses(await shown(platform, id))).toEqual({
    sleeper: "Processing",
    lost: "Processing",
  });
  platform.simulator.clock.advance(5);
  expect(detailStatuses(await shown(platform, id))).toMatchObject({ sleeper: "Success" });
  platform.simulator.clock.advance(90_000);
  expect(await shown(platform, id)).toMatchObject({
    status: "PartialSuccess",
    details: {
      lost: { error: { error_msg: "Waiting for the device online timeout" } },
    },
  });
});

test("an offline device fails at once on request, and a device can be brought online", async () => {
  const platform = await iotdaBench({ iotdaOfflineDevice: "fails" });
  const failing = await createIotdaTask(platform, ["lost"]);
  platform.simulator.clock.advance(2);
  expect(await shown(platform, failing)).toMatchObject({
    details: { lost: { status: "Fail", error: { error_code: "IOTDA.014016" } } },
  });
  platform.simulator.setBehaviour({ iotdaOfflineDevice: "waits" });
  const waiting = await createIotdaTask(platform, ["lost"]);
  platform.simulator.clock.advance(60);
  platform.simulator.putIotdaDevice("lost", { online: true });
  platform.simulator.clock.advance(4);
  expect(await shown(platform, waiting)).toMatchObject({ status: "Success" });
});

test("a device that never reports is given up after the vendor's time", async () => {
  const platform = await iotdaBench();
  const id = await createIotdaTask(platform, ["mute"]);
  platform.simulator.clock.advance(181);
  expect(await shown(platform, id)).toMatchObject({ status: "Processing" });
  platform.simulator.clock.advance(1);
  expect(await shown(platform, id)).toMatchObject({
    status: "Fail",
    details: {
      mute: {
        error: { error_msg: "Waiting for report device firmware version timeout" },
      },
    },
  });
});

test("of two tasks on one device the second conflicts", async () => {
  const platform = await iotdaBench({ upgradeSeconds: 60 });
  const first = await createIotdaTask(platform, ["meter-1"]);
  platform.simulator.clock.advance(10);
  const second = await createIotdaTask(platform, ["meter-1", "meter-2"]);
  platform.simulator.clock.advance(70);
  expect(await shown(platform, first)).toMatchObject({ status: "Success" });
  const { status, details } = await shown(platform, second);
  expect(status).toBe("PartialSuccess");
  expect(details["meter-1"]?.error?.error_msg).toBe("Task Conflict");
});

test("of the tasks of a space ten are worked on at once; the others wait", async () => {
  const platform = await iotdaBench();
  const ids = [];
  for (let index = 0; index < 11; index += 1) ids.push(await createIotdaTask(platform, ["mute"]));
  platform.simulator.clock.advance(1);
  const statuses = await Promise.all(ids.map(async (id) => (await shown(platform, id)).status));
  expect(statuses).toEqual([...Array<string>(10).fill("Processing"), "Waitting"]);
  platform.simulator.clock.advance(1);
  expect(await shown(platform, ids[10] ?? "")).toMatchObject({ status: "Processing" });
});

test("the eleventh task is refused on request", async () => {
  const platform = await iotdaBench({ iotdaTasksAtOnce: 1, iotdaTasksAboveLimit: "refused" });
  await createIotdaTask(platform, ["mute"]);
  platform.simulator.clock.advance(1);
  const reply = await platform.call("POST", "/batchtasks", taskBody());
  expect([reply.status, reply.body["error_code"]]).toEqual([400, "IOTDA.999010"]);
});

test("with need_confirm devices wait until they are confirmed", async () => {
  const platform = await iotdaBench();
  const id = await createIotdaTask(platform, ["meter-1", "meter-2"], { need_confirm: true });
  platform.simulator.clock.advance(3600);
  expect(detailStatuses(await shown(platform, id))).toEqual({
    "meter-1": "Waitting",
    "meter-2": "Waitting",
  });
  const confirm = `/batchtasks/${id}/confirm`;
  const some = await platform.call("POST", confirm, { targets: ["meter-1", "bad"] });
  expect(some.body).toEqual({
    targets: [
      { target: "meter-1", status: "success" },
      {
        target: "bad",
        status: "failure",
        error_code: "IOTDA.999012",
        error_msg: "The device bad is not in the task.",
      },
    ],
  });
  platform.simulator.clock.advance(5);
  expect(detailStatuses(await shown(platform, id))).toMatchObject({ "meter-1": "Success" });
  await platform.call("POST", confirm, {});
  platform.simulator.clock.advance(5);
  expect(await shown(platform, id)).toMatchObject({ status: "Success" });
});

test("a task is stopped by way of Stopping, and deleted only when it has finished", async () => {
  const platform = await iotdaBench({ upgradeSeconds: 60 });
  const id = await createIotdaTask(platform, ["meter-1", "current"]);
  platform.simulator.clock.advance(5);
  const early = await platform.call("DELETE", `/batchtasks/${id}`);
  expect([early.status, early.body["error_code"]]).toEqual([400, "IOTDA.999008"]);
  const stop = await platform.call("POST", `/batchtasks/${id}/stop`, {});
  expect(stop.body).toEqual({ targets: [{ target: "meter-1", status: "success" }] });
  expect(await shown(platform, id)).toMatchObject({
    status: "Stopping",
    task_progress: { total: 2, success: 1, stopped: 1, processing: 0 },
  });
  expect((await platform.call("POST", `/batchtasks/${id}/stop`, {})).status).toBe(400);
  platform.simulator.clock.advance(1);
  expect(await shown(platform, id)).toMatchObject({ status: "Stopped" });
  const deleted = await platform.call("DELETE", `/batchtasks/${id}`);
  expect([deleted.status, deleted.text]).toEqual([204, ""]);
  expect((await platform.call("GET", `/batchtasks/${id}`)).status).toBe(404);
  expect((await platform.call("DELETE", `/batchtasks/${id}`)).status).toBe(404);
});

test("a task can be stopped before its devices are known", async () => {
  const platform = await iotdaBench();
  const id = await createIotdaTask(platform, ["meter-1"]);
  const stop = await platform.call("POST", `/batchtasks/${id}/stop`);
  expect([stop.status, stop.body]).toEqual([
    200,
    { targets: [{ target: "meter-1", status: "success" }] },
  ]);
  platform.simulator.clock.advance(60);
  expect(await shown(platform, id)).toMatchObject({
    status: "Stopped",
    details: { "meter-1": { status: "Stopped" } },
  });
});

test("some devices can be stopped, and all confirmed, before the task's devices are known", async () => {
  const platform = await iotdaBench();
  const targets = ["meter-1", "meter-2"];
  const id = await createIotdaTask(platform, targets, { need_confirm: true });
  const stop = await platform.call("POST", `/batchtasks/${id}/stop`, { targets: ["meter-2"] });
  expect(stop.body).toEqual({ targets: [{ target: "meter-2", status: "success" }] });
  const other = await createIotdaTask(platform, ["current"], { need_confirm: true });
  const confirm = await platform.call("POST", `/batchtasks/${other}/confirm`, {});
  expect(confirm.body).toEqual({ targets: [{ target: "current", status: "success" }] });
  platform.simulator.clock.advance(60);
  expect(detailStatuses(await shown(platform, id))).toEqual({
    "meter-1": "Waitting",
    "meter-2": "Stopped",
  });
  expect(await shown(platform, other)).toMatchObject({ status: "Success" });
});

test.each(["stop", "confirm"])(
  "a %s that finds no device, because the task's group is unknown, has no results",
  async (action) => {
    const platform = await iotdaBench();
    const filter = { targets: undefined, targets_filter: { group_ids: ["missing"] } };
    const { body } = await platform.call("POST", "/batchtasks", taskBody(filter));
    const id = String(body["task_id"]);
    const reply = await platform.call("POST", `/batchtasks/${id}/${action}`, {});
    expect([reply.status, reply.body]).toEqual([200, { targets: [] }]);
    expect(await shown(platform, id)).toMatchObject({ status: "Fail" });
  },
);

test("a confirmation of all tells only of devices that waited for it", async () => {
  const platform = await iotdaBench();
  const id = await createIotdaTask(platform, ["meter-1", "mute"], { need_confirm: true });
  const ask = (action: string, body: object) =>
    platform.call("POST", `/batchtasks/${id}/${action}`, body);
  await ask("stop", { targets: ["meter-1"] });
  expect((await ask("confirm", {})).body).toEqual({
    targets: [{ target: "mute", status: "success" }],
  });
  expect((await ask("confirm", {})).body).toEqual({ targets: [] });
});

test("stopping some devices leaves the others to go on", async () => {
  const platform = await iotdaBench();
  const id = await createIotdaTask(platform, ["meter-1", "meter-2"]);
  platform.simulator.clock.advance(3);
  await platform.call("POST", `/batchtasks/${id}/stop`, { targets: ["meter-2"] });
  platform.simulator.clock.advance(10);
  expect(await shown(platform, id)).toMatchObject({
    status: "PartialSuccess",
    task_progress: { success: 1, stopped: 1 },
  });
});

test("a retry runs failed devices again, but not in a task that succeeded or was stopped", async () => {
  const platform = await iotdaBench();
  const id = await createIotdaTask(platform, ["once", "meter-1"]);
  const retry = (): Promise<unknown> => platform.call("POST", `/batchtasks/${id}/retry`, {});
  expect(await retry()).toMatchObject({ status: 400 });
  platform.simulator.clock.advance(6);
  expect(await shown(platform, id)).toMatchObject({ status: "PartialSuccess" });
  expect(await retry()).toMatchObject({
    status: 200,
    body: { targets: [{ target: "once", status: "success" }] },
  });
  expect(await shown(platform, id)).toMatchObject({
    status: "Processing",
    task_progress: { total: 2, waitting: 1, success: 1, fail: 0 },
  });
  platform.simulator.clock.advance(6);
  expect(await shown(platform, id)).toMatchObject({ status: "Success" });
  expect(await retry()).toMatchObject({ status: 400, body: { error_code: "IOTDA.999009" } });
});

test("details are filtered by status and device, and paged by marker", async () => {
  const platform = await iotdaBench();
  const id = await createIotdaTask(platform, ["meter-1", "meter-2", "bad"]);
  platform.simulator.clock.advance(10);
  const asked = async (query: string) => {
    const { body } = await platform.call("GET", `/batchtasks/${id}?${query}`);
    const details = body["task_details"] as { target: string }[];
    return { targets: details.map(({ target }) => target), page: body["page"] };
  };
  expect((await asked("task_detail_status=Fail")).targets).toEqual(["bad"]);
  expect((await asked("task_detail_status=Removed")).targets).toEqual([]);
  expect((await asked("target=meter-2")).targets).toEqual(["meter-2"]);
  const first = await asked("limit=2");
  expect(first).toMatchObject({ targets: ["bad", "meter-2"], page: { count: 3 } });
  const { marker } = first.page as { marker: string };
  expect((await asked(`limit=2&marker=${marker}`)).targets).toEqual(["meter-1"]);
});

test("a package whose sign is not that of its file fails at the devices' check", async () => {
  const platform = await iotdaBench();
  const wrong = packageBody({ version: "1.6" }, { sign: "cd".repeat(32) });
  const made = await platform.call("POST", "/ota-upgrades/packages", wrong);
  const document = { package_ids: [made.body["package_id"]] };
  const id = await createIotdaTask(platform, ["meter-1"], { document });
  platform.simulator.clock.advance(10);
  expect(await shown(platform, id)).toMatchObject({
    details: {
      "meter-1": { error: { error_msg: "Integrity check failure for new downloaded package" } },
    },
  });
});

test("control stops, finishes and purges tasks of this part, too", async () => {
  const platform = await iotdaBench({ upgradeSeconds: 600 });
  const finished = await createIotdaTask(platform, ["meter-1", "bad"]);
  const stopped = await createIotdaTask(platform, ["meter-2"]);
  platform.simulator.finishTask(finished);
  platform.simulator.stopTask(stopped);
  platform.simulator.clock.advance(1);
  expect(await shown(platform, finished)).toMatchObject({ status: "PartialSuccess" });
  expect(await shown(platform, stopped)).toMatchObject({ status: "Stopped" });
  platform.simulator.purgeTask(stopped);
  expect((await platform.call("GET", `/batchtasks/${stopped}`)).status).toBe(404);
});

test("a switch that is changed does not reach back into what has happened already", async () => {
  const platform = await iotdaBench();
  const id = await createIotdaTask(platform, ["meter-1"]);
  platform.simulator.clock.advance(36);
  platform.simulator.setBehaviour({ upgradeSeconds: 3600 });
  expect(await shown(platform, id)).toMatchObject({ status: "Success" });
});

test("a file that is replaced does not reach back either", async () => {
  const platform = await iotdaBench();
  const made = await platform.call("POST", "/ota-upgrades/packages", packageBody());
  const document = { package_ids: [made.body["package_id"]] };
  const id = await createIotdaTask(platform, ["meter-1"], { document });
  platform.simulator.clock.advance(36);
  platform.simulator.putIotdaObject({
    ...{ region: "ap-southeast-1", bucket: "firmware", key: "1.4.bin" },
    sha256: "cd".repeat(32),
  });
  expect(await shown(platform, id)).toMatchObject({ status: "Success" });
});

test("a task that is purged before its devices are known upgrades none of them", async () => {
  const platform = await iotdaBench();
  const id = await createIotdaTask(platform, ["meter-1"]);
  platform.simulator.purgeTask(id);
  platform.simulator.clock.advance(60);
  const { iotda } = platform.simulator.books();
  expect(iotda?.devices[0]).toMatchObject({ deviceId: "meter-1", firmwareVersion: "1.3" });
});

test("tasks begin, the oldest first, once there is room for more of them or one is purged", async () => {
  const platform = await iotdaBench({ iotdaTasksAtOnce: 1 });
  const ids: string[] = [];
  for (let index = 0; index < 4; index += 1) ids.push(await createIotdaTask(platform, ["mute"]));
  platform.simulator.clock.advance(1);
  const statuses = async () =>
    Promise.all(ids.map(async (id) => (await shown(platform, id)).status));
  expect(await statuses()).toEqual(["Processing", "Waitting", "Waitting", "Waitting"]);
  platform.simulator.setBehaviour({ iotdaTasksAtOnce: 2 });
  expect(await statuses()).toEqual(["Processing", "Processing", "Waitting", "Waitting"]);
  platform.simulator.purgeTask(ids.shift() ?? "");
  expect(await statuses()).toEqual(["Processing", "Processing", "Waitting"]);
});

test("a task of 30,000 devices is quick, whatever each of them takes", async () => {
  const targets = Array.from({ length: 30_000 }, (_, index) => `device_${String(index)}`);
  const platform = await iotdaBench();
  for (const [index, deviceId] of targets.entries()) {
    platform.simulator.putIotdaDevice(
      deviceId,
      { productId: "water", upgradeSeconds: 1 + index / 100 },
      "waterworks",
    );
  }
  const began = performance.now();
  const id = await createIotdaTask(platform, targets);
  for (let minute = 0; minute < 6; minute += 1) {
    platform.simulator.clock.advance(60);
    await shown(platform, id);
  }
  expect(await shown(platform, id)).toMatchObject({
    status: "Success",
    task_progress: { total: 30_000, success: 30_000 },
  });
  expect(performance.now() - began).toBeLessThan(10_000);
});

test("a task for a module brings its version to that module alone, and takes no stop and no retry", async () => {
  const platform = await iotdaBench();
  const made = await platform.call("POST", "/ota-upgrades/packages", {
    ...packageBody({ version: "7" }),
    package_type: "modulePackage",
    module_name: "modem",
  });
  expect(made.status).toBe(201);
  const body = taskBody({
    task_type: "moduleUpgrade",
    document: { package_ids: [made.body["package_id"]] },
  });
  const id = String((await platform.call("POST", "/batchtasks", body)).body["task_id"]);
  for (const action of ["stop", "retry"]) {
    const refused = await platform.call("POST", `/batchtasks/${id}/${action}`, {});
    expect([refused.status, refused.body["error_code"]]).toEqual([400, "IOTDA.000006"]);
  }
  platform.simulator.clock.advance(10);
  expect(await shown(platform, id)).toMatchObject({ status: "Success" });
  expect(platform.simulator.books().iotda?.devices[0]).toMatchObject({
    firmwareVersion: "1.3",
    softwareVersion: "V1.0",
    modules: { modem: "7" },
  });
  expect((await platform.call("GET", "/devices/meter-1")).body["modules"]).toEqual([
    { module_name: "modem", module_version: "7" },
  ]);
});
