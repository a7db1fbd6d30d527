import * as z from "zod/mini";

import type { Targets } from "./report";

/*
 * What a report reads of states beside what a review reads (../review/shapes): to whom, on whose account,
 * and when. What is secret in a state is an object, so it is in no field that is read here as a text.
 */

const text = z.catch(z.optional(z.string()), undefined);
const number = z.catch(z.optional(z.number()), undefined);
const names = z.catch(
  z.pipe(
    z.array(z.unknown()),
    z.transform((all) => all.filter((one) => typeof one === "string")),
  ),
  [],
);

const sets = z.pipe(
  z.object({ devices: names, deviceGroups: names, groupIds: names }),
  z.transform(({ devices, deviceGroups, groupIds }): Targets => ({
    devices,
    groups: [...deviceGroups, ...groupIds],
  })),
);

const NOBODY: Targets = { devices: [], groups: [] };
const targets = z.catch(sets, NOBODY);

const times = z.catch(
  z.optional(z.object({ startTime: text, endTime: text, scheduleTime: text })),
  undefined,
);

const details = z.object({
  account: text,
  fleet: targets,
  exclude: z.catch(
    z.pipe(
      z.object({ exclude: targets }),
      z.transform(({ exclude }) => exclude),
    ),
    NOBODY,
  ),
  targets,
  reportedVersion: text,
  versionPackage: z.catch(z.record(z.string(), z.unknown()), {}),
  waves: z.catch(
    z.array(
      z.pipe(
        z.object({
          name: z.string(),
          untilPercent: number,
          bakeSeconds: number,
          needsApproval: z.catch(z.optional(z.boolean()), undefined),
          devices: names,
          deviceGroups: names,
          groupIds: names,
        }),
        z.transform(({ devices, deviceGroups, groupIds, ...wave }) => ({
          ...wave,
          targets: { devices, groups: [...deviceGroups, ...groupIds] },
        })),
      ),
    ),
    [],
  ),
  resolvedPolicy: times,
  createTime: text,
  startTime: text,
  stopTime: text,
  version: text,
  operationId: text,
  taskId: text,
});

export type Details = z.output<typeof details>;

/** Everything in it may be absent; `exclude` is that of the fleet. */
export function detailsIn(state: Readonly<Record<string, unknown>>): Details {
  return details.parse({ ...state, exclude: state["fleet"] });
}
