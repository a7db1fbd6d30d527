import { readPackage } from "../../src/northbound/api/wire";
import { upgradeTaskKind } from "../../src/northbound/upgrade-task/hooks";
import { tasksThatMayUse } from "../../src/northbound/version-package/usage";
import { quietContext } from "../hook-context";
import { errorOf } from "../http/requests";
import { aTask, FIRMWARE_14, ScriptedPlatform } from "./scripted-platform";

const INPUTS = { fileId: "F1", targets: { devices: ["meter-1"] }, platformState: "asDeclared" };
const STATE = { ...INPUTS, status: "success", account: "waterworks" };

function tasksOn(platform: ScriptedPlatform) {
  const application = platform.application();
  return upgradeTaskKind("firmware", { noun: "application", of: () => application });
}

it("A package stays while a task needs it that this very run has made, though no list shows it", async () => {
  const platform = new ScriptedPlatform();
  platform.listLagMilliseconds = 30_000;
  const application = platform.application();
  const kind = upgradeTaskKind("firmware", { noun: "application", of: () => application });
  const { id } = await platform.clock.run(kind.create(INPUTS, quietContext));
  const target = readPackage(FIRMWARE_14);
  const users = tasksThatMayUse(target, application.tasks({}));
  expect(await platform.clock.run(users)).toEqual([`${id} (wait)`]);
});

it("A task that ended with its window was stopped by nobody, also where its policy comes back as nulls", async () => {
  const platform = new ScriptedPlatform();
  const policy = { executeType: "custom", startTime: null, endTime: null };
  const change = { status: "stop", stopTime: "20260502T090000Z", policy };
  platform.tasks = [aTask("op-1", Date.parse("2026-05-01T08:00:00Z"), change)];
  const seen = async (known: object) => {
    const state = { ...STATE, ...known };
    const read = await platform.clock.run(tasksOn(platform).read("op-1", state, quietContext));
    return {
      inputs: read?.inputs,
      said: (read?.state as { platformState?: string }).platformState,
    };
  };
  const whole = { inputs: undefined, said: "asDeclared" };
  const declared = { executeType: "custom", startTime: "2026-05-02T08:00:00Z" };
  const end = { endTime: "2026-05-02T09:00:00Z" };
  expect(await seen({ policy: { ...declared, ...end } })).toEqual(whole);
  // What a duration or a window came to is known from when the task was made.
  const lasting = { ...declared, endTime: "PT25H" };
  expect(await seen({ policy: lasting, resolvedPolicy: end })).toEqual(whole);
  const stopped = "stopped on the platform at 2026-05-02T09:00:00Z";
  expect(await seen({})).toMatchObject({ said: stopped, inputs: { platformState: stopped } });
});

it("A policy whose defaults are spelled out is no other policy, and a retry is", async () => {
  const platform = new ScriptedPlatform();
  const kind = tasksOn(platform);
  const diff = (policy: object) =>
    platform.clock.run(kind.diff("op-1", STATE, { ...INPUTS, policy }, quietContext));
  expect(await diff({ executeType: "now" })).toEqual({ kind: "same" });
  expect(await diff({ executeType: "now", retryType: true, retryTimes: 2 })).toMatchObject({
    replaces: ["policy"],
  });
});

it("A state that this release cannot read whole is compared with nothing, so that no task is made anew", async () => {
  const platform = new ScriptedPlatform();
  const state = { ...STATE, policy: { executeType: "now", jitter: 5 } };
  const news = { ...INPUTS, policy: { executeType: "device_online" } };
  const diff = tasksOn(platform).diff("op-1", state, news, quietContext);
  expect(await platform.clock.run(diff)).toEqual({ kind: "same" });
});

it("A task that is to run again is refused in the preview when its start has passed", async () => {
  const platform = new ScriptedPlatform();
  const kind = tasksOn(platform);
  const policy = { executeType: "custom", startTime: "2026-05-01T07:30:00Z", endTime: "PT9H" };
  const state = { ...STATE, policy, createTime: "2026-05-01T07:20:00Z" };
  const again = { ...INPUTS, policy, rerunAfter: "2026-05-01T07:45:00Z" };
  const error = await errorOf(platform.clock.run(kind.diff("op-1", state, again, quietContext)));
  expect(error.message).toBe(
    "policy.startTime is 2026-05-01T07:30:00Z, which has passed; set it to an instant in the future (123033).",
  );
  const settled = { ...again, rerunAfter: "2026-05-01T07:10:00Z" };
  expect(await platform.clock.run(kind.diff("op-1", state, settled, quietContext))).toEqual({
    kind: "same",
  });
});
