import type { ResourceKind } from "../resource-kinds";
import { isRollout } from "../resource-kinds";
import { reportOf, type Told, toldBy } from "./model";
import { type Platform, type Platforms, sentenceOf } from "./platform";
import type { ReportedDevice, ReportedFailure, ReportedUpgrade, UpgradeReport } from "./report";
import type { StackState } from "./state";

/** A report of the state, and of what the platforms tell beside it; without them of the state alone. */
export async function gather(
  state: StackState,
  platforms: Platforms = () => undefined,
): Promise<UpgradeReport> {
  const notes = new Set<string>();
  const upgrades: ReportedUpgrade[] = [];
  // One that has failed is not tried again: it may be away for all, and a login be refused for good.
  const failed = new Set<ResourceKind["wing"]>();
  for (const told of toldBy(state)) {
    const { wing } = told.resource.kind;
    try {
      const platform = failed.has(wing) ? undefined : await platformFor(told, platforms, notes);
      upgrades.push(platform === undefined ? told.upgrade : await asked(told, platform, notes));
    } catch (error) {
      failed.add(wing);
      upgrades.push(told.upgrade);
      notes.add(`The ${PLATFORMS[wing]} did not tell all that was asked: ${sentenceOf(error)}`);
    }
  }
  return reportOf(state, upgrades, [...notes]);
}

const PLATFORMS: Readonly<Record<ResourceKind["wing"], string>> = {
  northbound: "northbound platform",
  iotda: "IoTDA platform",
};

async function platformFor(
  { resource, details }: Told,
  platforms: Platforms,
  notes: Set<string>,
): Promise<Platform | undefined> {
  const { name, kind } = resource;
  const platform = platforms(kind.wing);
  if (typeof platform === "string") {
    notes.add(
      `The ${PLATFORMS[kind.wing]} was not asked, so this is what the state tells: ${platform}`,
    );
    return undefined;
  }
  const { account } = details;
  if (platform === undefined || account === undefined || (await platform.owns(account))) {
    return platform;
  }
  notes.add(
    `The ${PLATFORMS[kind.wing]} was not asked about ${name}, which is in the account ${account}, and not in the account that the environment names.`,
  );
  return undefined;
}

async function asked(told: Told, platform: Platform, notes: Set<string>): Promise<ReportedUpgrade> {
  const { upgrade } = told;
  const devices: ReportedDevice[] = [];
  for (const { wave, tasks } of upgrade.waves) {
    for (const task of tasks) {
      const found = await platform.devicesOf(task, wave);
      if (found !== undefined) devices.push(...found);
      else {
        notes.add(
          `The platform has no record of the task ${task} of ${upgrade.name} any more, so its devices are not known.`,
        );
      }
    }
  }
  const behind = await behindOf(told, platform);
  return {
    ...upgrade,
    devices,
    ...(behind === undefined ? {} : { behind }),
    ...failuresIn(devices, upgrade),
  };
}

/**
 * What failed at last, for another task may have brought it to a good end, and what the state names that
 * the platform has forgotten.
 */
function failuresIn(
  devices: readonly ReportedDevice[],
  { failures: known, unnamedFailures }: ReportedUpgrade,
): Pick<ReportedUpgrade, "failures" | "unnamedFailures"> {
  const last = new Map(devices.map((device) => [device.deviceId, device]));
  const told = [...last.values()].flatMap(
    ({ deviceId, result, reason, status = "no status" }): ReportedFailure[] =>
      result === "failed" ? [{ deviceId, reason: reason ?? `no reason given (${status})` }] : [],
  );
  const failures = [...told, ...known.filter(({ deviceId }) => !last.has(deviceId))];
  const all = known.length + unnamedFailures;
  return { failures, unnamedFailures: Math.max(0, all - failures.length) };
}

/** Before a rollout is through, a device without the version may only be waiting for its wave. */
async function behindOf(
  { resource, details, upgrade }: Told,
  platform: Platform,
): Promise<ReportedUpgrade["behind"]> {
  if (!isRollout(resource.kind) || upgrade.outcome !== "succeeded") return undefined;
  const version = details.reportedVersion ?? upgrade.version;
  if (version === undefined) return undefined;
  const { deviceType, model, manufacturerName, productId } = textsIn(details.versionPackage);
  return await platform.behind({
    ...{ fleet: details.fleet, exclude: details.exclude, version },
    kind: { deviceType, model, manufacturerName, productId },
    packageKind: resource.kind.kind === "SoftwareRollout" ? "software" : "firmware",
  });
}

function textsIn(values: Readonly<Record<string, unknown>>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
}
