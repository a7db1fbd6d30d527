import type { Failure, Properties } from "../../pulumi/hooks";
import { isKnown } from "../../pulumi/inputs";
import { UNKNOWN } from "../../pulumi/unknown";
import { localFile } from "./schema";

/** The inputs with the checksum of the local file, of which nothing else is left. */
export function withFile(
  declared: Properties,
  old: Properties | undefined,
): { readonly inputs: Properties; readonly failures: readonly Failure[] } {
  const { __file: given, ...inputs } = declared;
  if (given === undefined) return { inputs, failures: [] };
  const obs = obsLocationOf(inputs);
  if (obs === undefined) return { inputs, failures: [] };
  if (!isKnown(given)) return { inputs: withSign(inputs, obs, UNKNOWN), failures: [] };
  const file = localFile.parse(given);
  const path = "fileLocation.obsLocation.sign";
  if ("missing" in file) {
    if (obs["sign"] !== undefined) return { inputs, failures: [] };
    const before = obsLocationOf(old ?? {});
    // Where nothing is made, nothing is missing: the checksum is the one that is known.
    if (before !== undefined && sameBut(inputs, old ?? {})) {
      return { inputs: withSign(inputs, obs, before["sign"]), failures: [] };
    }
    return { inputs, failures: [{ path: "file", reason: `${file.missing}.` }] };
  }
  const { sign } = obs;
  const isOther = typeof sign === "string" && isKnown(sign) && sign.toLowerCase() !== file.sign;
  const failures = isOther
    ? [
        {
          path,
          reason: `is ${sign}, but the SHA-256 of file is ${file.sign}; take one of them away.`,
        },
      ]
    : [];
  return { inputs: withSign(inputs, obs, file.sign), failures };
}

function obsLocationOf(inputs: Properties): Properties | undefined {
  const location = inputs["fileLocation"];
  if (typeof location !== "object" || location === null) return undefined;
  const obs = (location as Properties)["obsLocation"];
  return typeof obs === "object" && obs !== null ? (obs as Properties) : undefined;
}

function withSign(inputs: Properties, obs: Properties, sign: unknown): Properties {
  return { ...inputs, fileLocation: { obsLocation: { ...obs, sign } } };
}

/** Whether the inputs are the old ones but for the checksum. */
function sameBut(inputs: Properties, old: Properties): boolean {
  const key = (properties: Properties): string => {
    const { platformState: _p, adopt: _a, fileLocation: _f, ...rest } = properties;
    const { sign: _s, ...location } = obsLocationOf(properties) ?? {};
    return JSON.stringify([sorted(rest), sorted(location)]);
  };
  return key(inputs) === key(old);
}

/** Keys and sets in order; `check` writes them so, and a program need not. */
function sorted(properties: Properties): [string, unknown][] {
  return Object.entries(properties)
    .map(([name, value]): [string, unknown] => [
      name,
      Array.isArray(value) ? [...new Set(value)].sort() : value,
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
