import type { RolloutWing } from "./fleet";

/** What a test says of its rollout; all of it program text. */
export interface RolloutText {
  readonly version?: string;
  /** Default: the laboratory, a canary of two, and the rest, which needs approval. */
  readonly waves?: string;
  readonly approved?: string;
  /** More arguments. */
  readonly more?: string;
  readonly options?: string;
  readonly name?: string;
  readonly kind?: "Firmware" | "Software";
}

/** A rollout over all meters, none of which an `up` waits for. */
export function rolloutText(wing: RolloutWing, text: RolloutText = {}): string {
  const { version = "V1.5", waves = wavesText(wing), approved, more = "", options = "{}" } = text;
  const { name = "meters", kind = "Firmware" } = text;
  const given = approved === undefined ? "" : `approved: ${approved},`;
  return `new ${wing.name}.${kind}Rollout("${name}", {
    versionPackage: ${wing.packageOf(version, kind === "Firmware" ? "firmware" : "software")}, ${wing.more}
    fleet: { ${wing.groups}: ["meters"] }, waves: ${waves}, waitSeconds: 0, ${given} ${more}
  }, ${options})`;
}

function wavesText(wing: RolloutWing, rest = "needsApproval: true"): string {
  return `[
    { name: "lab", ${wing.groups}: ["lab"] },
    { name: "canary", untilPercent: 10 },
    { name: "rest", ${rest} },
  ]`;
}

export function approvedText(version: string, ...waves: string[]): string {
  return JSON.stringify({ version, waves });
}
