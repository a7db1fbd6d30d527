import type { Accounts } from "../../../src/wing/accounts";
import { callContextOf } from "../../../src/wing/accounts";
import { sortedSet, stable } from "../../../src/wing/task-changes";
import type { TaskWing, Wish } from "../../../src/wing/task-wing";
import { upgradeTaskKind as taskKind } from "../../../src/wing/upgrade-task";
import { getImage, type Image, type JobRecord } from "../api/calls";
import type { Fleet } from "../api/fleet";
import type { JobDeclaration } from "../api/jobs";
import { differences, keyOf } from "./same";
import { type UpgradeTaskInputs, upgradeTaskInputs } from "./schema";

type Wing = TaskWing<UpgradeTaskInputs, JobDeclaration, JobRecord, Image, Fleet>;

const priority: Wish<UpgradeTaskInputs, JobRecord, Fleet> = {
  field: "prioritised",
  isNew: ({ prioritised }, state) =>
    prioritised === true && (state?.["prioritised"] !== true || state["unfulfilled"] !== undefined),
  fulfil: ({ id }, fleet, context) => fleet.tasks(callContextOf(context)).hurry(id),
};

export function upgradeTaskKind(fleets: Accounts<Fleet>) {
  const wing: Wing = {
    accounts: fleets,
    packageKind: "firmware",
    noun: "job",
    packageField: "imageId",
    goneCode: "NotFound",
    defaultOnDelete: "stop",
    goesOn: 'the platform goes on with it (onDelete "keep").',

    inputs: upgradeTaskInputs,
    inputNames: Object.keys(upgradeTaskInputs.shape),
    canonical: (inputs) =>
      Array.isArray(inputs.things) ? { ...inputs, things: sortedSet(inputs.things) } : inputs,
    brokenRules: ({ things }) =>
      things.length === 0 ? [{ path: "things", reason: "is empty; name at least one." }] : [],
    wrongTime: () => undefined,
    differences,
    differsInTimesOnly: () => false,
    overlap: (one, other) => one.things.some((thing) => other.things.includes(thing)),
    targetsKey: ({ things }) => stable(things),
    keyOf,

    tasks: (fleet, context) => fleet.tasks(context),
    async findPackage({ imageId }, fleet, context) {
      const found = await fleet.ask(callContextOf(context))(getImage, imageId);
      if (found !== undefined) return { found, failures: [] };
      const reason = `is "${imageId}", an image that the fleet does not have (NotFound); correct it.`;
      return { failures: [{ path: "imageId", reason }] };
    },
    leavesOf: ({ version }) => ({ version }),
    declare: (inputs, _found, urn) => ({ ...inputs, urn }),
    explainRefusal: (error) => Promise.resolve(error),

    otherwise: (job, inputs) => differences(job, inputs).map((field) => `its ${field} is another`),
    inputsOf: ({ imageId, things, thingsPerMinute }) =>
      Promise.resolve({ imageId, things, thingsPerMinute, onDelete: "stop" }),
    resolvedTimes: () => ({}),
    told: () => ({}),
    driftOf: ({ phase }) => (phase === "stopped" ? "canceled on the platform" : undefined),
    isOver: (status) => ["SUCCEEDED", "FAILED", "CANCELED"].includes(status ?? ""),

    wishes: [priority],
    async remove(id, fleet, context) {
      const jobs = fleet.tasks(callContextOf(context));
      if ((await jobs.read(id))?.phase === "unfinished") await jobs.cancel(id);
      await jobs.delete(id);
    },
  };
  return taskKind(wing);
}
