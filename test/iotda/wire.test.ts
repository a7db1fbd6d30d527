import fc from "fast-check";

import { OtaError } from "../../src/errors";
import {
  type PackageDeclaration,
  readPackage,
  readPackagePage,
  writePackage,
} from "../../src/iotda/api/wire/package";
import {
  readDetails,
  readTargetResults,
  readTask,
  readTaskPage,
  type TaskContent,
  writeTask,
} from "../../src/iotda/api/wire/task";
import { judge } from "../../src/upgrade/outcome";

const READERS = {
  readDetails,
  readPackage,
  readPackagePage,
  readTargetResults,
  readTask,
  readTaskPage,
};

const FIELDS = [
  ...["package_id", "package_type", "version", "support_source_versions", "create_time"],
  ...["file_location", "obs_location", "sign", "packages", "page", "count", "marker"],
  ...["batchtask", "batchtasks", "task_id", "task_name", "task_type", "targets", "group_ids"],
  ...["targets_filter", "document", "package_ids", "task_policy", "schedule_time", "retry_count"],
  ...["status", "task_progress", "total", "success", "fail", "task_details", "target", "error"],
  ...["error_code", "error_msg", "output", "need_confirm", "task_ext_info"],
];

it.each(Object.entries(READERS))(
  "Any JSON at all is read by %s, or refused with a sentence",
  (_name, read: (body: unknown) => unknown) => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom("20151212T121212Z", "t-1", 3, "3", -1, 1.5, null, [], {}, ""),
    );
    const named = fc.constantFrom(...FIELDS);
    const inner = fc.oneof(value, fc.dictionary(named, value, { maxKeys: 8 }));
    const object = fc.dictionary(named, fc.oneof(inner, fc.array(inner)), { maxKeys: 12 });
    fc.assert(
      fc.property(fc.oneof(object, value), (body) => {
        try {
          expect(read(body)).toBeDefined();
        } catch (error) {
          expect(error).toBeInstanceOf(OtaError);
        }
      }),
      { numRuns: 500 },
    );
  },
);

describe("A task's status", () => {
  it.each([
    ["Initializing", "unfinished", "open"],
    ["Waitting", "unfinished", "open"],
    ["Processing", "unfinished", "open"],
    ["Stopping", "unfinished", "open"],
    ["Success", "succeeded", "succeeded"],
    ["Fail", "failed", "failed"],
    ["PartialSuccess", "failed", "failed"],
    ["Stopped", "stopped", "failed"],
    ["success", "unfinished", "open"],
    ["Rebooting", "unfinished", "open"],
  ])("%s is %s, and %s to a wait for the end", (status, phase, verdict) => {
    const isGood = status === "Success";
    const task_progress = { total: 2, success: isGood ? 2 : 1, fail: isGood ? 0 : 1 };
    const task = readTask({ task_id: "t-1", status, task_progress });
    expect(task.phase).toBe(phase);
    expect(judge(task, { waitFor: "over" })).toBe(verdict);
  });

  it.each([
    ["Initializing", "open"],
    ["Rebooting", "open"],
    ["Waitting", "failed"],
    ["Processing", "failed"],
    ["Stopping", "failed"],
  ])("%s with a failed device is %s to a wait for the decision", (status, verdict) => {
    const task_progress = { total: 2, processing: 1, fail: 1 };
    expect(judge(readTask({ task_id: "t-1", status, task_progress }), {})).toBe(verdict);
  });

  it.each<[string, Record<string, number>, string]>([
    ["a failed device that the platform tries again", { processing: 1, fail: 1 }, "open"],
    ["one that waits to be tried again", { processing: 1, fail_wait_retry: 1 }, "open"],
    ["one that was removed", { processing: 1, removed: 1 }, "failed"],
    ["one that was stopped", { processing: 1, stopped: 1 }, "failed"],
  ])("with retries leaves %s %s", (_what, progress, verdict) => {
    const body = {
      task_id: "t-1",
      task_policy: { retry_count: 2, retry_interval: 5 },
      task_progress: { total: 2, ...progress },
    };
    expect(judge(readTask({ ...body, status: "Processing" }), {})).toBe(verdict);
    expect(judge(readTask({ ...body, status: "PartialSuccess" }), {})).toBe("failed");
  });

  it.each([{}, { success: null, total: null }])("without figures (%j) is what it says", (empty) => {
    const task = readTask({ task_id: "t-1", status: "Success", task_progress: empty });
    expect(task.counts).toBeUndefined();
    expect(judge(task, {})).toBe("succeeded");
  });

  it("that says success while a device has failed is no success", () => {
    const task_progress = { total: 2, success: 1, fail: 1 };
    const task = readTask({ task_id: "t-1", status: "Success", task_progress });
    expect(judge(task, {})).toBe("failed");
  });
});

describe("A reply", () => {
  it("counts devices that will be tried again as not done, and removed ones as failed", () => {
    const task_progress = {
      total: 28,
      processing: 1,
      success: 2,
      fail: 3,
      waitting: 4,
      fail_wait_retry: 5,
      stopped: 6,
      removed: 7,
    };
    expect(readTask({ task_id: "t-1", status: "Processing", task_progress }).counts).toEqual({
      total: 28,
      wait: 4,
      processing: 6,
      success: 2,
      fail: 10,
      stop: 6,
      timeout: 0,
    });
  });

  it("gives the devices' own reasons, with their codes", () => {
    const failures = readDetails({
      task_details: [
        { target: "a", status: "Fail", error: { error_code: "IOTDA.1", error_msg: "No space." } },
        { target: "b", status: "Fail", output: " battery low " },
        { target: "c", status: "Fail" },
        {},
      ],
    }).items.map(({ deviceId, reason }) => ({ deviceId, reason }));
    expect(failures).toEqual([
      { deviceId: "a", reason: "No space. (IOTDA.1)" },
      { deviceId: "b", reason: "battery low" },
      { deviceId: "c", reason: "no reason given (Fail)" },
      { deviceId: "a device without an id", reason: "no reason given (no status)" },
    ]);
  });

  it("of a task may be bare or wrapped", () => {
    const bare = { task_id: "t-1", status: "Waitting", targets: ["a"] };
    expect(readTask({ batchtask: bare })).toEqual(readTask(bare));
  });

  it("tells which devices a call did not reach, inside a 200", () => {
    const targets = [
      { target: "a", status: "success" },
      { target: "b", status: "failure", error_code: "IOTDA.9", error_msg: "Not failed." },
    ];
    expect(readTargetResults({ targets })).toEqual({
      succeeded: 1,
      failures: [{ deviceId: "b", reason: "Not failed. (IOTDA.9)" }],
    });
    expect(readTargetResults(undefined)).toEqual({ succeeded: 0, failures: [] });
  });
});

describe("What is declared", () => {
  const declared: PackageDeclaration = {
    appId: "app-1",
    packageType: "modulePackage",
    productId: "NBM1",
    moduleName: "radio",
    version: "1.4",
    supportSourceVersions: ["1.2", "1.3"],
    description: "Steadier",
    customInfo: "slow",
    fileLocation: {
      obsLocation: {
        regionName: "r",
        bucketName: "b",
        objectKey: "k",
        signMethod: "SHA256",
        sign: "ab",
      },
    },
  };

  it("comes back as it was sent, of a package", () => {
    const sent: unknown = JSON.parse(JSON.stringify(writePackage(declared)));
    expect(readPackage({ ...(sent as object), package_id: "p-1" })).toMatchObject(declared);
  });

  it.each<[string, TaskContent]>([
    ["devices", { packageId: "p-1", targets: { devices: ["a", "b"] } }],
    ["groups", { packageId: "p-1", targets: { groupIds: ["g"] } }],
    [
      "everything",
      {
        packageId: "p-1",
        appId: "app-1",
        targets: { devices: ["a"] },
        taskPolicy: { scheduleTime: "2026-05-01T09:00:00Z", retryCount: 1, retryInterval: 5 },
        taskMode: "GATEWAY",
        taskExtInfo: { a: [1, { b: "c" }] },
        needConfirm: true,
      },
    ],
  ])("comes back as it was sent, of a task with %s", (_what, content) => {
    const sent = JSON.parse(
      JSON.stringify(writeTask("firmwareUpgrade", "pilot_1", content)),
    ) as Record<string, unknown>;
    expect(readTask({ ...sent, task_id: "t-1" })).toMatchObject({
      ...content,
      taskName: "pilot_1",
      taskType: "firmwareUpgrade",
    });
  });

  it("is the same where the platform tells what was left out as empty, or as no retries", () => {
    const obs = { region_name: "r", bucket_name: "b", object_key: "k.bin" };
    const told = (more: object) =>
      readPackage({ package_id: "p-1", file_location: { obs_location: { ...obs, ...more } } });
    expect(told({ sign_method: "", sign: "" })).toEqual(told({}));
    const policy = { schedule_time: "", retry_count: 0, retry_interval: 0 };
    const task = readTask({ task_id: "t-1", app_id: "", task_mode: "", task_policy: policy });
    expect(task).toEqual(readTask({ task_id: "t-1" }));
  });

  it("is sent in the vendor's spelling, and what is left out is not sent", () => {
    const body = writeTask("softwareUpgrade", "n", {
      packageId: "p-1",
      targets: { groupIds: ["g"] },
      taskPolicy: { scheduleTime: "2026-05-01T09:00:00Z" },
    });
    expect(JSON.parse(JSON.stringify(body))).toEqual({
      task_name: "n",
      task_type: "softwareUpgrade",
      targets_filter: { group_ids: ["g"] },
      document: { package_ids: ["p-1"] },
      task_policy: { schedule_time: "20260501T090000Z" },
    });
  });
});
