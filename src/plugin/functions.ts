import type { ConfigReader, Properties } from "../pulumi/kind";
import { iotda, northbound } from "../wings";

const readers = {
  northbound: (config: ConfigReader) => northbound().reader(config),
  iotda: (config: ConfigReader) => iotda().reader(config),
};

type Question = keyof ReturnType<(typeof readers)[keyof typeof readers]>;

/** What lookups ask: `getVersionPackage` asks for `versionPackage`. */
const QUESTIONS = new Set<string>([
  "versionPackage",
  "versionPackages",
  "upgradeTask",
  "upgradeTasks",
  "upgradeTaskDevices",
  "device",
  "devices",
  "deviceGroup",
  "deviceGroups",
  "reach",
] satisfies Question[]);

type Ask = (args: Properties) => Promise<unknown>;

/** The function of that token, `huawei-ota:northbound:getDevice`, if there is one. */
export function lookupOf(
  token: string,
  config: ConfigReader,
): ((args: Properties) => Promise<Properties>) | undefined {
  const [, wing = "", name = ""] = token.split(":");
  const question = name.replace(/^get(.)/, (_get, first: string) => first.toLowerCase());
  if (!Object.hasOwn(readers, wing) || question === name || !QUESTIONS.has(question)) {
    return undefined;
  }
  return async (args) => {
    const reader = readers[wing as keyof typeof readers](config) as unknown as Readonly<
      Record<string, Ask>
    >;
    const found = await reader[question]?.(args);
    // A function of the engine gives an object: several come under the question's own name.
    return Array.isArray(found) ? { [question]: found as unknown[] } : (found as Properties);
  };
}
