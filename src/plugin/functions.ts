import type { ConfigReader, Properties } from "../pulumi/hooks";

/* eslint-disable @typescript-eslint/no-require-imports */
type Northbound = typeof import("../northbound/provider.js");
type Iotda = typeof import("../iotda/provider.js");
const readers = {
  northbound: (config: ConfigReader) =>
    (require("../northbound/provider.js") as Northbound).reader(config),
  iotda: (config: ConfigReader) => (require("../iotda/provider.js") as Iotda).reader(config),
};
/* eslint-enable @typescript-eslint/no-require-imports */

/** The lookups by their question; those that find many give them under a name. */
const LOOKUPS = {
  getVersionPackage: { question: "versionPackage" },
  getVersionPackages: { question: "versionPackages", many: "versionPackages" },
  getUpgradeTask: { question: "upgradeTask" },
  getUpgradeTasks: { question: "upgradeTasks", many: "upgradeTasks" },
  getUpgradeTaskDevices: { question: "upgradeTaskDevices", many: "devices" },
  getDevice: { question: "device" },
  getDevices: { question: "devices", many: "devices" },
  getDeviceGroup: { question: "deviceGroup" },
  getDeviceGroups: { question: "deviceGroups", many: "deviceGroups" },
  getReach: { question: "reach" },
} as const;

type Ask = (args: Properties) => Promise<unknown>;

/** The function of that token, `huawei-ota:northbound:getDevice`, if there is one. */
export function lookupOf(
  token: string,
  config: ConfigReader,
): ((args: Properties) => Promise<Properties>) | undefined {
  const [, wing = "", name = ""] = token.split(":");
  if (!(wing in readers) || !Object.hasOwn(LOOKUPS, name)) return undefined;
  const lookup: { question: string; many?: string } = LOOKUPS[name as keyof typeof LOOKUPS];
  return async (args) => {
    const reader = readers[wing as keyof typeof readers](config) as unknown as Readonly<
      Record<string, Ask | undefined>
    >;
    const found = await reader[lookup.question]?.(args);
    return lookup.many === undefined ? (found as Properties) : { [lookup.many]: found };
  };
}
