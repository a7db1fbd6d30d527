import { messageOf } from "../errors";
import { parseInstant } from "../instant";
import { createProjects } from "../iotda/api/platform";
import { devicesOf as iotdaDevicesOf } from "../iotda/lookups/task-devices";
import { STATES as IOTDA_STATES } from "../iotda/rollout/platform";
import { withoutSecrets } from "../known-secrets";
import { createApplications } from "../northbound/api/platform";
import { devicesOf as northboundDevicesOf } from "../northbound/lookups/task-devices";
import { STATES as NORTHBOUND_STATES } from "../northbound/rollout/platform";
import type { ResourceKind } from "../resource-kinds";
import { isOtherKind, versionOn } from "../upgrade/fleet";
import type { Fleet } from "../upgrade/fleet";
import type { TaskDeviceState } from "../upgrade/rollout/platform";
import type { UpgradeTaskDevice } from "../wing/fleet-results";
import type { ReportedBehind, ReportedDevice, Targets } from "./report";

type Wing = ResourceKind["wing"];
type Environment = Readonly<Record<string, string | undefined>>;

/** Whom a rollout brings which version, as far as the platform must know to say who is behind. */
export interface Wanted {
  readonly fleet: Targets;
  readonly exclude: Targets;
  readonly kind: Readonly<Record<string, string | undefined>>;
  readonly packageKind: "firmware" | "software";
  readonly version: string;
}

/** The account of the environment on one platform; it is only read. */
export interface Platform {
  /** Whether the account that a state has kept is this one. */
  owns(account: string): Promise<boolean>;
  /** `undefined` where it has no record of the task: old ones are purged. */
  devicesOf(task: string, wave: string): Promise<ReportedDevice[] | undefined>;
  behind(wanted: Wanted): Promise<ReportedBehind[]>;
}

/** The platform of a wing, or the sentence that says why it cannot be asked; `undefined`: it is not to be. */
export type Platforms = (wing: Wing) => Platform | string | undefined;

export function platformsOf(environment: Environment): Platforms {
  const opened = new Map<Wing, Platform | string>();
  return (wing) => {
    const known = opened.get(wing) ?? opening(wing, environment);
    opened.set(wing, known);
    return known;
  };
}

function opening(wing: Wing, environment: Environment): Platform | string {
  try {
    return wing === "northbound" ? northbound(environment) : iotda(environment);
  } catch (error) {
    return sentenceOf(error);
  }
}

/** Of an error what may be read. */
export function sentenceOf(error: unknown): string {
  return withoutSecrets(messageOf(error));
}

const ONLY_ENVIRONMENT = { get: () => undefined };

function northbound(environment: Environment): Platform {
  const application = createApplications(environment).of(ONLY_ENVIRONMENT);
  return platformOf(
    application,
    (task) => northboundDevicesOf(application, task),
    NORTHBOUND_STATES,
  );
}

function iotda(environment: Environment): Platform {
  const project = createProjects(environment).of(ONLY_ENVIRONMENT);
  return platformOf(project, (task) => iotdaDevicesOf(project, task), IOTDA_STATES);
}

/** What the accounts of both platforms can be asked. */
interface Account {
  owns(account: string): Promise<boolean>;
  fleet(context: object): Fleet;
}

function platformOf(
  account: Account,
  devicesOf: (task: string) => Promise<readonly UpgradeTaskDevice[] | undefined>,
  states: Readonly<Record<string, TaskDeviceState>>,
): Platform {
  return {
    owns: (name) => account.owns(name),
    devicesOf: async (task, wave) => {
      const found = await devicesOf(task);
      return found?.map((device) => deviceOf(device, { task, wave }, states));
    },
    behind: (wanted) => behindIn(account.fleet({}), wanted),
  };
}

function deviceOf(
  device: UpgradeTaskDevice,
  where: Pick<ReportedDevice, "task" | "wave">,
  states: Readonly<Record<string, TaskDeviceState>>,
): ReportedDevice {
  const { startTime, stopTime, status = "" } = device;
  const state = states[status] ?? "processing";
  const isOver = state === "succeeded" || state === "failed" || state === "stopped";
  const [began, ended] = [parseInstant(startTime ?? ""), parseInstant(stopTime ?? "")];
  const seconds = began === undefined || ended === undefined ? undefined : (ended - began) / 1000;
  return {
    ...device,
    ...where,
    result: isOver ? state : "under way",
    ...(seconds === undefined ? {} : { seconds }),
  };
}

/** Members of the fleet that the package is for, and that do not report its version. */
async function behindIn(fleet: Fleet, wanted: Wanted): Promise<ReportedBehind[]> {
  const { kind, packageKind, version } = wanted;
  const excluded = new Set((await membersOf(fleet, wanted.exclude)).keys());
  const members = await membersOf(fleet, wanted.fleet, kind);
  const behind = [...members.values()].flatMap((device): ReportedBehind[] => {
    const reported = versionOn(device, { packageKind });
    const isMember = !excluded.has(device.id) && !isOtherKind(device.kind, kind);
    if (!isMember || reported === version) return [];
    return [{ deviceId: device.id, ...(reported === undefined ? {} : { version: reported }) }];
  });
  return behind.sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
}

async function membersOf(fleet: Fleet, { devices, groups }: Targets, kind: Wanted["kind"] = {}) {
  const members = await fleet.members(groups);
  const ids = new Set([...devices, ...[...members.values()].flatMap((found) => found ?? [])]);
  return await fleet.devices([...ids], { kind });
}
