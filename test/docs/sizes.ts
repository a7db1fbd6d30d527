import { FLEET_PAGE_SIZE } from "../../src/iotda/api/fleet-endpoints";
import { PAGE_SIZE as IOTDA_PAGE_SIZE } from "../../src/iotda/api/endpoints";
import { DEVICES_PER_TASK as IOTDA_DEVICES_PER_TASK } from "../../src/iotda/rollout/platform";
import { DEVICES_A_PAGE, MEMBERS_A_PAGE } from "../../src/northbound/api/fleet-endpoints";
import { PAGE_SIZE as NORTHBOUND_PAGE_SIZE } from "../../src/northbound/api/endpoints";
import { DEVICES_PER_TASK as NORTHBOUND_DEVICES_PER_TASK } from "../../src/northbound/rollout/platform";
import type { CallLimits } from "../../src/upgrade/fleet";
import { callsToRead } from "../../src/upgrade/fleet-calls";
import { percentOf } from "../../src/upgrade/percent";
import { mostInProgress } from "../../src/upgrade/rollout/pushing";

/* What a rollout of a canary of 1 %, then 10 %, then all costs in calls: computed by what the library itself goes by. */

export interface SizedWing {
  readonly name: "northbound" | "iotda";
  readonly callsPerMinute: number;
  /** The most devices of a group. */
  readonly devicesAGroup: number;
  /** Calls to learn the ids of groups that are called by their names. */
  readonly callsToName: number;
  readonly limits: CallLimits;
  readonly devicesPerTask: number;
  /** Of a task's devices. */
  readonly pageSize: number;
}

export const sizedWings: readonly SizedWing[] = [
  {
    name: "northbound",
    callsPerMinute: 100,
    devicesAGroup: Infinity,
    callsToName: 1,
    limits: { devicesAPage: DEVICES_A_PAGE, membersAPage: MEMBERS_A_PAGE },
    devicesPerTask: NORTHBOUND_DEVICES_PER_TASK,
    pageSize: NORTHBOUND_PAGE_SIZE,
  },
  {
    name: "iotda",
    callsPerMinute: 600,
    devicesAGroup: 20_000,
    callsToName: 0,
    limits: { devicesAPage: FLEET_PAGE_SIZE, membersAPage: FLEET_PAGE_SIZE },
    devicesPerTask: IOTDA_DEVICES_PER_TASK,
    pageSize: IOTDA_PAGE_SIZE,
  },
];

export const SHARES = [1, 10, 100];

export interface Sizes {
  /** Calls that tell who is in the fleet, and what each device runs. */
  readonly look: number;
  /** Tasks of the whole rollout, each a POST. */
  readonly tasks: number;
  /** Calls that tell how all devices stand that are under way at once, at the most. */
  readonly progress: number;
  /** Calls that tell how each device ended, once. */
  readonly ends: number;
}

export function groupsOf({ devicesAGroup }: SizedWing, devices: number): number[] {
  const groups = Math.max(1, Math.ceil(devices / devicesAGroup));
  return Array.from({ length: groups }, (_, index) =>
    Math.min(devices - (index === 0 ? 0 : index * devicesAGroup), devicesAGroup),
  );
}

export function sizesOf(wing: SizedWing, devices: number): Sizes {
  const ends = SHARES.map((share) => percentOf(share, devices));
  const batches = ends.flatMap((end, index) => {
    const wave = end - (ends[index - 1] ?? 0);
    return parts(wave, mostInProgress({}, wave));
  });
  const tasksOf = (batch: number): number[] => parts(batch, wing.devicesPerTask);
  const pagesOf = (batch: number): number =>
    sum(tasksOf(batch).map((size) => Math.ceil(size / wing.pageSize)));
  return {
    look:
      wing.callsToName +
      callsToRead(
        { ids: 0, longestId: 24, groups: groupsOf(wing, devices), listed: devices },
        wing.limits,
      ),
    tasks: sum(batches.map((batch) => tasksOf(batch).length)),
    progress: Math.max(...batches.map(pagesOf)),
    ends: sum(batches.map(pagesOf)),
  };
}

/** The least that so many calls take: a quota lets the first of each minute through at once. */
export function minutesFor({ callsPerMinute }: SizedWing, calls: number): number {
  return Math.floor(Math.max(0, calls - 1) / callsPerMinute);
}

function parts(whole: number, most: number): number[] {
  return Array.from({ length: Math.ceil(whole / most) }, (_, index) =>
    Math.min(most, whole - index * most),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
