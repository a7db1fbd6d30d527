import * as z from "zod/mini";

import { leaf } from "../pulumi/inputs";
import { taskFields } from "./task-fields";

const text = leaf("text", z.string());
const optionalText = z.optional(text);
const number = z.optional(leaf("a number", z.number()));
const truth = z.optional(leaf("true or false", z.boolean()));

export const names = z.optional(leaf("a list of texts", z.array(text)));

const thresholds = {
  minSuccessPercent: number,
  maxFailedDevices: number,
  minReachedPercent: number,
  stopAtFailedPercent: number,
  maxLostPercent: number,
};

/** What may be declared of a wave in every wing, beside who it is for. */
export const waveFields = {
  name: text,
  untilPercent: number,
  bakeSeconds: number,
  needsApproval: truth,
  mayBeEmpty: truth,
  ...thresholds,
};

/** What may be declared of a rollout in every wing, beside package, fleet and waves. */
export const rolloutFields = {
  ...thresholds,
  approved: z.optional(
    leaf(
      "an object",
      z.strictObject({ version: text, waves: leaf("a list of texts", z.array(text)) }),
    ),
  ),
  maxInProgress: number,
  deadlineSeconds: number,
  maxAttempts: number,
  rerunAfter: optionalText,
  maxDevices: number,
  fromVersions: names,
  reportedVersion: optionalText,
  targetSelection: z.optional(
    leaf('"snapshot" or "continuous"', z.enum(["snapshot", "continuous"])),
  ),
  paused: truth,
  waitSeconds: number,
  seed: optionalText,
  onlyAfter: taskFields.onlyAfter,
};

type Fields<Shape extends z.core.$ZodLooseShape> = {
  readonly [Name in keyof Shape]: z.output<Shape[Name]>;
};

/** A wave as it is declared in every wing. */
export type WaveInputs = Partial<Omit<Fields<typeof waveFields>, "name">> & {
  readonly name: string;
};

/** What is declared in every wing. */
export type RolloutFields = Partial<Fields<typeof rolloutFields>>;
