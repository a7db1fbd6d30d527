import { parseInstant, shortTime } from "../instant";
import { BACK, isApproved, JOINERS } from "../upgrade/rollout/declaration";
import { count } from "../upgrade/rollout/describe";
import { isPlanLine } from "../upgrade/rollout/describe-plan";
import { describeRemoval, describeRest } from "../upgrade/rollout/describe-rest";
import { plannedDevices } from "../upgrade/rollout/plan";
import { type Block, strong, type Text } from "./document";
import type { Change, Run } from "./run";
import {
  type RolloutAsked,
  rolloutAsked,
  type RolloutTold,
  rolloutTold,
  type WaveTold,
} from "./shapes";

/** What a comment says of one rollout that goes on. */
export interface RolloutReview {
  readonly name: string;
  readonly worry: "red" | "late" | undefined;
  readonly version: string | undefined;
  /** How many devices at most the merge adds to those that were pushed or approved before. */
  readonly adds: number;
  readonly blocks: readonly Block[];
}

interface Facts {
  readonly name: string;
  readonly asked: RolloutAsked;
  readonly version: string | undefined;
  /** What was approved before this merge, for this version. */
  readonly approvedBefore: ReadonlySet<string>;
  /** Where it stands, if it is this version that it stands with. */
  readonly told: RolloutTold | undefined;
  /** How many devices the plan gives each wave. */
  readonly planned: ReadonlyMap<string, number>;
  readonly at: number | undefined;
}

/** Three days, as the resource has it. */
const DEADLINE_SECONDS = 259_200;

/** `undefined` for one that is through and of which nothing changes. */
export function reviewRollout(
  change: Change,
  { at, isPreview }: Pick<Run, "at" | "isPreview">,
): RolloutReview | undefined {
  const { name, before, after, operation, infos } = change;
  const asked = rolloutAsked(after?.inputs);
  const version = asked.versionPackage.version;
  const last = rolloutTold(toldNow(change) ?? before?.outputs);
  const isTurn = last !== undefined && last.version !== version;
  if (operation === "same" && last?.outcome === "succeeded") return undefined;
  const former = rolloutAsked(before?.inputs).approved;
  const facts: Facts = {
    ...{ name, asked, version, at },
    approvedBefore: new Set(former?.version === version ? former?.waves : []),
    told: isTurn ? undefined : last,
    planned: plannedDevices(asked.plan ?? { waves: [] }),
  };
  const back = isTurn ? goingBack(last, version) : 0;
  const adds = operation === "same" || !isPreview ? 0 : back + added(facts);
  const rests = [last, rolloutTold(before?.outputs)].flatMap((told) => restOf(facts, told) ?? []);
  // Whom a way back takes is said behind it, from what the rollout alone remembers.
  const isRest = (line: string): boolean => rests.some((rest) => line.startsWith(rest));
  // They come in any order.
  const hints = infos.filter((line) => !isRest(line) && !isPlanLine(line)).sort();
  const turn = infos.find(isRest) ?? rests[0] ?? "";
  return {
    worry: facts.told?.outcome === "failed" ? "red" : lateIn(facts).length > 0 ? "late" : undefined,
    name,
    version,
    adds,
    blocks: [
      {
        kind: "paragraph",
        text: [
          strong(name),
          isTurn ? `: ${nameless(turn, name)}` : ` ${summaryOf(facts, isPreview, adds)}`,
          ...stateText(facts),
        ],
      },
      ...tableOf(facts, back),
      { kind: "list", items: hints.map((line) => [nameless(line, name)]) },
    ],
  };
}

/** What is known once an `up` was there; a preview has only what was. */
function toldNow({ after }: Change): Readonly<Record<string, unknown>> | undefined {
  return after?.outputs["progress"] === undefined ? undefined : after.outputs;
}

/** The line that a preview has of where it stood. */
function restOf(
  { name, asked, version }: Facts,
  told: RolloutTold | undefined,
): string | undefined {
  if (told === undefined || version === undefined) return undefined;
  return describeRest({ ...asked, name, version }, asked.plan, told);
}

/** Who was tried with the version that is left, and came from the one that is gone back to. */
function goingBack(last: RolloutTold, version: string | undefined): number {
  if (last.outcome === "succeeded" || version === undefined) return 0;
  if (!last.from.includes(version)) return 0;
  return last.progress.reduce(
    (sum, { state, devices }) => (state === "waiting" ? sum : sum + devices),
    0,
  );
}

function added({ asked, version, told, planned }: Facts): number {
  if (told === undefined) return asked.plan?.reaches ?? 0;
  return [...planned].reduce((sum, [name, devices]) => {
    const state = told.progress.find(({ wave }) => wave === name)?.state ?? "waiting";
    const wave = asked.waves.find((one) => one.name === name) ?? { name };
    const approval = { version: version ?? "", approved: asked.approved };
    const begins = state === "waiting" && (name === JOINERS || isApproved(approval, wave));
    return begins ? sum + devices : sum;
  }, 0);
}

function summaryOf(
  { asked, version = "a version that is not known yet", told, planned }: Facts,
  isPreview: boolean,
  adds: number,
): string {
  const devices = [...planned.values()].reduce((sum, one) => sum + one, 0);
  const adding = isPreview ? `; this merge adds ${adds === 0 ? "none" : `at most ${adds}`}` : "";
  if (told !== undefined) {
    const { onVersion, inProgress } = told;
    const under = inProgress === 0 ? "" : `, ${inProgress} under way`;
    return `brings ${version} to ${count(told.devices, "device")}: ${onVersion} ${onVersion === 1 ? "has" : "have"} it${under}${adding}.`;
  }
  if (asked.plan === undefined) {
    return `brings ${version}; who is in which wave is not known before the \`up\`.`;
  }
  const from = asked.plan.from.length === 0 ? "" : ` from ${asked.plan.from.join(", ")}`;
  return `brings ${version} to ${count(devices, "device")}${from}${adding}.`;
}

function stateText(facts: Facts): Text {
  const { told, asked } = facts;
  if (told === undefined) return [];
  const since = shortTime(told.since);
  switch (told.outcome) {
    case "failed": {
      const [first, ...more] = told.failures
        .slice(0, 3)
        .map(({ deviceId, reason }) => `${deviceId}: ${reason.replace(/\.$/, "")}`);
      const shown = first === undefined ? "" : ` ${[first, ...more].join("; ")}.`;
      return [" ", strong(`Red since ${since}.`), shown];
    }
    case "held":
      return [" ", strong(`Held since ${since}`), asked.paused === true ? ", paused." : "."];
    case "inProgress":
      return lateIn(facts).flatMap(({ wave, beganAt = "" }) => [
        " ",
        strong(`${wave} is late`),
        `: it began ${shortTime(beganAt)}, and its deadline has passed.`,
      ]);
    case "succeeded":
      return [` Through since ${since}.`];
  }
}

/** Waves that run, though a device that was pushed when they began has had its time. */
function lateIn({ told, asked, at }: Facts): WaveTold[] {
  const seconds = asked.deadlineSeconds ?? DEADLINE_SECONDS;
  return (told?.progress ?? []).filter((wave) => {
    const beganAt = parseInstant(wave.beganAt ?? "");
    if (wave.state !== "running" || beganAt === undefined || at === undefined) return false;
    return beganAt + seconds * 1000 < at;
  });
}

function tableOf(facts: Facts, back: number): readonly Block[] {
  const { planned, told } = facts;
  const known = new Map(planned);
  // A wave of the way back, and one that nobody declares any more, stand in no plan.
  for (const { wave, devices } of told?.progress ?? []) {
    if (!known.has(wave)) known.set(wave, devices);
  }
  const rows = [...known].map(([name, devices]): Text[] => [
    [name],
    [String(devices)],
    standingOf(facts, name),
  ]);
  if (back > 0) rows.unshift([[BACK], [`at most ${back}`], ["goes back first"]]);
  return rows.length === 0 ? [] : [{ kind: "table", head: ["wave", "devices", "stands"], rows }];
}

function standingOf({ asked, version, told, approvedBefore }: Facts, name: string): Text {
  const wave = asked.waves.find((one) => one.name === name) ?? { name };
  const now = told?.progress.find((one) => one.wave === name);
  switch (now?.state) {
    case "over":
      return [`over since ${shortTime(now.overAt ?? "")}, ${figuresOf(now)}`];
    case "baking":
      return [`bakes until ${shortTime(now.bakesUntil ?? "")}, ${figuresOf(now)}`];
    case "running":
      return [`runs since ${shortTime(now.beganAt ?? "")}, ${figuresOf(now)}`];
    case "failed":
      return [strong("failed"), `, ${figuresOf(now)}`];
    case "waiting":
    case undefined: {
      if (wave.needsApproval !== true) return ["waits"];
      if (!isApproved({ version: version ?? "", approved: asked.approved }, wave)) {
        return ["not approved"];
      }
      return approvedBefore.has(name) ? ["approved"] : [strong("approved by this merge")];
    }
  }
}

/** `3 of 4 done, 1 failed` */
export function figuresOf({ succeeded, devices, failed, unreached, lost }: WaveTold): string {
  return [
    `${succeeded} of ${devices} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unreached > 0 ? [`${unreached} not reached`] : []),
    ...(lost > 0 ? [`${lost} lost`] : []),
  ].join(", ");
}

/** What a rollout that is taken away leaves behind. */
export function reviewRemovedRollout({ name, kind, before }: Change): Text {
  const told = rolloutTold(before?.outputs);
  if (told === undefined) return [strong(name), ": it pushed nothing that is known here."];
  const { onDelete } = rolloutAsked(before?.inputs);
  const stops = kind?.wing === "iotda" && onDelete !== "keep";
  const fate =
    told.inProgress === 0
      ? ""
      : stops
        ? " What has not begun by then is stopped."
        : " Nothing calls those under way back.";
  return [strong(name), `: ${describeRemoval(told)}${fate}`];
}

/** The product's lines begin with the resource's name, which stands there already. */
export function nameless(line: string, name: string): string {
  return line.startsWith(`${name}: `) ? line.slice(name.length + 2) : line;
}
