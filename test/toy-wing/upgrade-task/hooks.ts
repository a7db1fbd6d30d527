import { type Accounts, callContextOf } from "../../../src/wing/accounts";
import { sortedSet, stable } from "../../../src/wing/task-changes";
import { upgradeTaskKind as taskKind } from "../../../src/wing/upgrade-task";
import { getImage, hurryJob, type Image, type JobRecord } from "../api/calls";
import type { Fleet } from "../api/fleet";
import { type Declared, differences, keyOf, overlap } from "./same";
import { type UpgradeTaskInputs, upgradeTaskInputs } from "./schema";

export function upgradeTaskKind(fleets: Accounts<Fleet>) {
  return taskKind<UpgradeTaskInputs, Declared, JobRecord, Image, Fleet>({
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
      Array.isArray(inputs.devices) ? { ...inputs, devices: sortedSet(inputs.devices) } : inputs,
    brokenRules: () => [],
    wrongTime: () => undefined,
    ...{ differences, keyOf },
    targetsKey: ({ devices }) => stable(devices),
    differsInTimesOnly: () => false,
    ...{ overlap, collide: overlap },

    tasks: (fleet, context) => fleet.tasks(context),
    async findPackage({ imageId }, fleet, context) {
      const found = await fleet.ask(context)(getImage, imageId);
      if (found !== undefined) return { found, failures: [] };
      const reason = `is "${imageId}", an image that the fleet does not have; correct it.`;
      return { failures: [{ path: "imageId", reason }] };
    },
    leavesOf: ({ version }) => ({ version }),
    declare: ({ imageId, devices }) => ({ imageId, devices }),
    explainRefusal: (error) => Promise.resolve(error),

    otherwise: (job, inputs) => differences(job, inputs).map((field) => `its ${field} is another`),
    inputsOf: ({ imageId, devices }) => Promise.resolve({ imageId, devices, onDelete: "stop" }),
    resolvedTimes: () => ({}),
    told: () => ({}),
    driftOf: ({ phase }) => (phase === "stopped" ? "canceled on the platform" : undefined),
    isOver: (status = "") => ["SUCCEEDED", "FAILED", "CANCELED"].includes(status),

    wishes: [
      {
        field: "prioritised",
        isNew: ({ prioritised = false }, state) =>
          prioritised && (state?.["prioritised"] !== true || state["unfulfilled"] !== undefined),
        async fulfil({ id }, fleet, context) {
          await fleet.ask(context)(hurryJob, id);
        },
      },
    ],
    remove: (id, fleet, context, madeAt) => fleet.tasks(callContextOf(context)).remove(id, madeAt),
  });
}
