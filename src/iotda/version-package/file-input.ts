import type { Failure, Properties } from "../../pulumi/kind";
import { isKnown } from "../../pulumi/inputs";
import { UNKNOWN } from "../../pulumi/unknown";
import { declaredIn, readWhole } from "../../wing/declared";
import { differences } from "./same";
import { INPUT_NAMES, localFile, versionPackageInputs } from "./schema";

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
    if (before !== undefined && sameBut(inputs, old ?? {}, before["sign"])) {
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
function sameBut(inputs: Properties, old: Properties, sign: unknown): boolean {
  const read = (properties: Properties) =>
    readWhole(versionPackageInputs, declaredIn(properties, INPUT_NAMES));
  const obs = obsLocationOf(inputs);
  const now = read(obs === undefined ? inputs : withSign(inputs, obs, sign));
  const then = read(old);
  return now !== undefined && then !== undefined && differences(now, then).length === 0;
}
