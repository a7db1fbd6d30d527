import type { TaskReply } from "../../src/simulator";
import { bench, createTask, type Bench } from "./client";

function task({ simulator }: Bench): TaskReply | undefined {
  return simulator.books().tasks[0];
}

describe("the echo of targets and policy", () => {
  const policy = { executeType: "device_online" };
  test.each([
    ["asSent", { targets: { devices: ["lost"] }, policy }],
    ["withDefaults", { targets: { devices: ["lost"] }, policy: { ...policy, retryType: false } }],
    [
      "withNulls",
      {
        targets: {
          devices: ["lost"],
          deviceGroups: null,
          deviceType: null,
          model: null,
          manufacturerName: null,
        },
        policy: {
          ...policy,
          startTime: null,
          endTime: null,
          retryType: null,
          retryTimes: null,
        },
      },
    ],
  ] as const)("%s", async (echo, expected) => {
    const platform = await bench({ echo });
    const operationId = await createTask(platform, ["lost"], policy);
    const { body } = await platform.call("GET", `/operations/${operationId}`);
    expect({ targets: body["targets"], policy: body["policy"] }).toEqual(expected);
  });

  test("without a policy there is none to echo, unless the defaults are filled in", async () => {
    const platform = await bench();
    await createTask(platform, ["lost"]);
    expect(task(platform)?.policy).toBeUndefined();
    platform.simulator.setBehaviour({ echo: "withDefaults" });
    expect(task(platform)?.policy).toEqual({ executeType: "now", retryType: false });
  });

  test("times that have not come can be null", async () => {
    const platform = await bench({ emptyTimes: "null" });
    const operationId = await createTask(platform, ["lost"]);
    const { body } = await platform.call("GET", `/operations/${operationId}`);
    expect(body).toMatchObject({ startTime: null, stopTime: null });
  });
});
