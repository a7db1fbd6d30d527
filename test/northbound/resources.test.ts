import { readOperation, readPackage } from "../../src/northbound/api/wire";
import { upgradeTaskKind } from "../../src/northbound/upgrade-task/hooks";
import { driftOf } from "../../src/northbound/upgrade-task/state";
import { tasksThatMayUse } from "../../src/northbound/version-package/usage";
import type { HookContext } from "../../src/pulumi/hooks";
import { aTask, FIRMWARE_14, ScriptedPlatform } from "./scripted-platform";

const report = { progress: () => undefined, info: () => undefined, warn: () => undefined };
const context: HookContext = {
  urn: "urn:pulumi:dev::meters::type::pilot",
  isProgramRun: true,
  report,
  stackReport: report,
  signal: new AbortController().signal,
  config: { get: () => undefined },
  beforeMutation: () => Promise.resolve(),
};

it("A package stays while a task needs it that this very process has made, though no list shows it", async () => {
  const platform = new ScriptedPlatform();
  platform.listLagMilliseconds = 30_000;
  const tasks = platform.application().tasks({});
  const target = readPackage(FIRMWARE_14);
  const declaration = {
    type: "firmware_upgrade",
    package: target,
    targets: { devices: ["meter-1"] },
    policy: undefined,
  } as const;
  const id = await platform.clock.run(tasks.create(declaration));
  expect(await platform.clock.run(tasksThatMayUse(target, tasks))).toEqual([`${id} (wait)`]);
});

it("A task that ended with its window was stopped by nobody, also where its policy comes back as nulls", () => {
  const policy = { executeType: "custom", startTime: null, endTime: null };
  const change = { status: "stop", stopTime: "20260502T090000Z", policy };
  const task = readOperation(aTask("op-1", Date.parse("2026-05-01T08:00:00Z"), change));
  expect(driftOf(task, { policy: { endTime: "2026-05-02T09:00:00Z" } })).toBeUndefined();
  expect(driftOf(task)).toBe("stopped on the platform at 2026-05-02T09:00:00Z");
});

it("A policy whose defaults are spelled out is no other policy, and a retry is", async () => {
  const platform = new ScriptedPlatform();
  const application = platform.application();
  const kind = upgradeTaskKind("firmware", { noun: "application", of: () => application });
  const inputs = { fileId: "F1", targets: { devices: ["meter-1"] }, platformState: "asDeclared" };
  const state = { ...inputs, operationId: "op-1", status: "success", account: "waterworks" };
  const diff = (policy: object) =>
    platform.clock.run(kind.diff(state, { ...inputs, policy }, context));
  expect(await diff({ executeType: "now" })).toEqual({ kind: "same" });
  expect(await diff({ executeType: "now", retryType: true, retryTimes: 2 })).toMatchObject({
    replaces: ["policy"],
  });
});
