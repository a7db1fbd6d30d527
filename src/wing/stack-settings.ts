import { OtaError } from "../errors";
import type { ConfigReader } from "../pulumi/kind";

/** What holds for all resources of a stack, whatever their account. */
export interface StackSettings {
  /** Between the two listings that must agree before anything is pushed. */
  readonly listSettleSeconds: number;
  /** The most devices that a task or a rollout may reach which does not say so itself. */
  readonly maxDevices: number | undefined;
  /** What the figures of a task's reach may cost in calls, beyond counting its devices. */
  readonly maxPreviewCalls: number;
  /**
   * What a task's reach is to a preview: not looked at, looked at and warned of (the default), or a
   * condition, so that a look that fails fails the preview.
   */
  readonly preflight: "off" | "warn" | "require";
}

/** From `huawei-ota:listSettleSeconds` or `HUAWEI_OTA_LIST_SETTLE_SECONDS`, and so on. */
export function stackSettings(
  config: ConfigReader,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): StackSettings {
  const find = (name: string, variable: string): Found | undefined => {
    const inStack = { place: `huawei-ota:${name}`, value: config.get(`huawei-ota:${name}`) };
    const around = { place: variable, value: environment[variable] };
    for (const { place, value = "" } of [inStack, around]) {
      const text = value.trim();
      if (text !== "") return { place, text };
    }
    return undefined;
  };
  return {
    listSettleSeconds:
      wholeNumber(find("listSettleSeconds", "HUAWEI_OTA_LIST_SETTLE_SECONDS"), 3_600) ?? 60,
    maxDevices: wholeNumber(find("maxDevices", "HUAWEI_OTA_MAX_DEVICES"), 10_000_000),
    maxPreviewCalls:
      wholeNumber(find("maxPreviewCalls", "HUAWEI_OTA_MAX_PREVIEW_CALLS"), 1_000_000) ?? 60,
    preflight: word(find("preflight", "HUAWEI_OTA_PREFLIGHT")),
  };
}

interface Found {
  readonly place: string;
  readonly text: string;
}

function wholeNumber(found: Found | undefined, most: number): number | undefined {
  if (found === undefined) return undefined;
  const value = Number(found.text);
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new OtaError(
    `${found.place} is "${found.text}"; it must be a whole number from 0 to ${String(most)}.`,
  );
}

function word(found: Found | undefined): StackSettings["preflight"] {
  const text = found?.text ?? "warn";
  if (text === "off" || text === "warn" || text === "require") return text;
  throw new OtaError(`${found?.place ?? ""} is "${text}"; it must be "off", "warn" or "require".`);
}
