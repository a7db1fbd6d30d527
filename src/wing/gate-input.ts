import * as pulumi from "@pulumi/pulumi";

import { OtaError } from "../errors";

/** A gate of an `UpgradeCompletion`, each leaf of which may be an output. */
export interface GateRef {
  /** `"succeeded"` opens it. */
  readonly outcome: pulumi.Input<string | undefined>;
  /** The version that the outcome is of. */
  readonly version?: pulumi.Input<string | undefined>;
  /** The package that the outcome is of. */
  readonly packageId?: pulumi.Input<string | undefined>;
  /** What kind of package that is. */
  readonly packageKind?: pulumi.Input<string | undefined>;
  /** When it may open at the earliest, ISO 8601. */
  readonly openAt?: pulumi.Input<string | undefined>;
}

/** One gate, or several that must all be open. */
export type GateInput = pulumi.Input<GateRef> | readonly pulumi.Input<GateRef>[];

/**
 * Gates as the inputs that they travel as. A gate that turns out to be nothing still is a gate: it
 * must not open because it vanished.
 */
export function gateInputs(what: string, onlyAfter: GateInput | undefined): pulumi.Inputs {
  if (onlyAfter === undefined) return {};
  if (pulumi.Output.isInstance(onlyAfter) || onlyAfter instanceof Promise) {
    return { onlyAfter: pulumi.output(onlyAfter).apply((value: unknown) => listOf(value)) };
  }
  const gates = Array.isArray(onlyAfter) ? (onlyAfter as unknown[]) : [onlyAfter];
  for (const gate of gates) {
    if (!mayBeGate(gate)) {
      throw new OtaError(
        `${what}: onlyAfter must be the gate of an UpgradeCompletion, as in \`onlyAfter: done.gate\`, or a list of gates; what is no gate would open nothing.`,
      );
    }
  }
  return { onlyAfter: gates.map(gateInput) };
}

/** What is an output turns out later. */
function mayBeGate(gate: unknown): boolean {
  if (pulumi.Output.isInstance(gate) || gate instanceof Promise) return true;
  return typeof gate === "object" && gate !== null && "outcome" in gate;
}

const GATE_LEAVES = ["outcome", "version", "packageId", "packageKind", "openAt"] as const;

function gateInput(gate: unknown): pulumi.Input<unknown> {
  if (pulumi.Output.isInstance(gate) || gate instanceof Promise) {
    return pulumi.output(gate).apply((value: unknown) => leavesOf(value));
  }
  return leavesOf(gate);
}

function listOf(value: unknown): unknown[] {
  return (Array.isArray(value) ? value : [value]).map(leavesOf);
}

function leavesOf(gate: unknown): Record<string, unknown> {
  if (typeof gate !== "object" || gate === null) return {};
  const leaves = gate as Readonly<Record<string, unknown>>;
  return Object.fromEntries(GATE_LEAVES.map((leaf) => [leaf, leaves[leaf]]));
}
