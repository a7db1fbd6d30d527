import * as z from "zod/mini";

import type { Properties } from "../pulumi/kind";
import { secretOutput } from "../pulumi/secret";
import type { RolloutOutputs } from "../upgrade/rollout/outputs";
import type { RolloutPlan } from "../upgrade/rollout/plan";
import type { RolloutEnd } from "../upgrade/rollout/run";

/** What the state of a rollout says in every wing, beside what is declared. */
export interface RolloutState extends Omit<RolloutOutputs, "packageId"> {
  /** A secret text. */
  readonly book: object;
  readonly account: string;
  /** In words what was done on the platform and no `up` has noted yet; else `"asDeclared"`. */
  readonly platformState: string;
}

const optionalText = z.catch(z.optional(z.string()), undefined);

/** What a state holds; tolerant of the states of other releases. */
const rolloutState = z.looseObject({
  account: optionalText,
  book: optionalText,
  outcome: optionalText,
  onDelete: optionalText,
  seed: optionalText,
  platformState: optionalText,
});

export type KnownRolloutState = z.output<typeof rolloutState>;

export function readState(properties: Properties): KnownRolloutState {
  return rolloutState.parse(properties);
}

const plan = z.object({
  from: z.array(z.string()),
  waves: z.array(z.string()),
  reaches: z.number(),
});

/** The plan among inputs or outputs; `undefined` where it is not known, or is none. */
export function planIn({ plan: told }: Properties): RolloutPlan | undefined {
  return plan.safeParse(told).data;
}

const outputs = z.looseObject({
  version: z.string(),
  outcome: z.enum(["succeeded", "inProgress", "held", "failed"]),
  since: z.string(),
  from: z.catch(z.array(z.string()), []),
  progress: z.array(z.looseObject({ wave: z.string(), state: z.string() })),
  devices: z.number(),
  onVersion: z.number(),
  inProgress: z.number(),
  behind: z.number(),
  leftOut: z.record(z.string(), z.number()),
  failures: z.catch(z.array(z.object({ deviceId: z.string(), reason: z.string() })), []),
});

/** What the state says of the rollout's last end; `undefined` where it cannot be read whole. */
export function outputsIn(state: Properties, packageField: string): RolloutOutputs | undefined {
  const read = outputs.safeParse(state).data;
  if (read === undefined) return undefined;
  const told = Object.fromEntries(OUTPUT_NAMES.map((name) => [name, state[name]]));
  return { ...told, ...picked(read), packageId: String(state[packageField]) } as RolloutOutputs;
}

const OUTPUT_NAMES = [
  "version",
  "outcome",
  "since",
  "from",
  "progress",
  "devices",
  "onVersion",
  "inProgress",
  "behind",
  "leftOut",
  "failures",
  "openAt",
] as const satisfies readonly Exclude<keyof RolloutOutputs, "packageId">[];

function picked(read: z.output<typeof outputs>): Partial<RolloutOutputs> {
  const { from, failures } = read;
  return { from, failures };
}

/** The state as the engine keeps it. */
export function stateOf(
  declared: Properties,
  { outputs: told, book }: Pick<RolloutEnd, "outputs" | "book">,
  kept: Pick<RolloutState, "account" | "platformState">,
): RolloutState {
  const { packageId: _, ...rest } = told;
  return { ...declared, ...rest, book: secretOutput(book), ...kept };
}
