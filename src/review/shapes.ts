import * as z from "zod/mini";

/*
 * What the states and inputs of the library's resources say, as far as a comment needs it; tolerant of
 * other releases and of what a preview does not know.
 */

const text = z.catch(z.optional(z.string()), undefined);
const number = z.catch(z.optional(z.number()), undefined);
const truth = z.catch(z.optional(z.boolean()), undefined);
const count = z.catch(z.number(), 0);
const texts = z.catch(z.array(z.string()), []);

const wave = z.object({
  wave: z.string(),
  state: z.enum(["waiting", "running", "baking", "over", "failed"]),
  devices: count,
  succeeded: count,
  failed: count,
  unreached: count,
  lost: count,
  beganAt: text,
  decidedAt: text,
  bakesUntil: text,
  overAt: text,
  tasks: texts,
});

const failures = z.catch(z.array(z.object({ deviceId: z.string(), reason: z.string() })), []);

const rolloutOutputs = z.object({
  version: z.string(),
  packageId: z.catch(z.string(), ""),
  outcome: z.enum(["succeeded", "inProgress", "held", "failed"]),
  since: z.string(),
  from: texts,
  progress: z.array(wave),
  devices: count,
  onVersion: count,
  inProgress: count,
  behind: count,
  leftOut: z.catch(z.record(z.string(), z.number()), {}),
  failures,
});

const versionPackage = z.catch(z.object({ version: text }), { version: undefined });

const rolloutInputs = z.object({
  plan: z.catch(
    z.optional(z.object({ from: texts, waves: z.array(z.string()), reaches: z.number() })),
    undefined,
  ),
  versionPackage,
  waves: z.catch(
    z.array(z.object({ name: z.string(), needsApproval: truth, bakeSeconds: number })),
    [],
  ),
  approved: z.catch(z.optional(z.object({ version: z.string(), waves: texts })), undefined),
  deadlineSeconds: number,
  paused: truth,
  onDelete: text,
});

const deviceCounts = z.catch(
  z.optional(
    z.object({
      ...{ total: count, wait: count, processing: count, success: count, fail: count },
      ...{ timeout: count, stop: count },
    }),
  ),
  undefined,
);

const taskState = z.object({
  versionPackage,
  reach: z.catch(z.optional(z.object({ devices: z.number(), onVersion: number })), undefined),
  onDelete: text,
  status: text,
  outcome: text,
  deviceCounts,
  failures,
  recordGone: truth,
  platformState: text,
  takenOver: truth,
});

export type RolloutTold = z.output<typeof rolloutOutputs>;
export type RolloutAsked = z.output<typeof rolloutInputs>;
export type TaskTold = z.output<typeof taskState>;
export type WaveTold = z.output<typeof wave>;

type Properties = Readonly<Record<string, unknown>> | undefined;

/** `undefined` for a rollout of which nothing has been told yet. */
export function rolloutTold(outputs: Properties): RolloutTold | undefined {
  return rolloutOutputs.safeParse(outputs).data;
}

export function rolloutAsked(inputs: Properties): RolloutAsked {
  return rolloutInputs.parse(inputs ?? {});
}

/** What is known of a task, a completion or a package. */
export function taskTold(state: Properties): TaskTold {
  return taskState.parse(state ?? {});
}
