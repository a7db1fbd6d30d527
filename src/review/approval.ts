import { isRollout } from "../resource-kinds";
import { isApproved } from "../upgrade/rollout/declaration";
import { type Block, render, strong } from "./document";
import { shortTime } from "../instant";
import { figuresOf } from "./rollout";
import {
  type RolloutAsked,
  rolloutAsked,
  type RolloutTold,
  rolloutTold,
  type WaveTold,
} from "./shapes";
import type { Run } from "./run";

/** An approval that somebody may give now, with what speaks for it. */
export interface Proposal {
  readonly rollout: string;
  readonly wave: string;
  /** What is to stand in the file of approvals. */
  readonly approved: { readonly version: string; readonly waves: readonly string[] };
  readonly title: string;
  /** The text of the pull request, in Markdown. */
  readonly body: string;
}

/**
 * The next wave of a rollout that waits for its approval and for nothing else: every wave in front of it
 * is over, and at least one is. `undefined` where there is none.
 */
export function proposalFor(
  name: string,
  asked: RolloutAsked,
  told: RolloutTold,
): Proposal | undefined {
  const { version, outcome, progress } = told;
  if (outcome !== "held" || asked.paused === true) return undefined;
  const over = progress.filter(({ state }) => state === "over");
  const next = progress.find(({ state }) => state !== "over");
  const declared = asked.waves.find((wave) => wave.name === next?.wave);
  if (next?.state !== "waiting" || declared === undefined || over.length === 0) return undefined;
  if (isApproved({ version, approved: asked.approved }, declared)) return undefined;
  const before = asked.approved?.version === version ? asked.approved.waves : [];
  const devices = asked.plan?.waves.find((text) => text.startsWith(`${next.wave}: `)) ?? next.wave;
  const blocks: Block[] = [
    {
      kind: "paragraph",
      text: [
        "The merge of this lets ",
        strong(name),
        ` bring ${version} to the wave `,
        strong(devices.replace(/, not approved$/, "")),
        ". The waves in front of it are over:",
      ],
    },
    {
      kind: "table",
      head: ["wave", "devices", "began", "decided", "watched until", "over"],
      rows: over.map((wave) => [
        [wave.wave],
        [figuresOf(wave)],
        ...[wave.beganAt, wave.decidedAt, wave.bakesUntil, wave.overAt].map((at) => [
          shortTime(at ?? ""),
        ]),
      ]),
    },
    {
      kind: "list",
      items: told.failures.map(({ deviceId, reason }) => [`${deviceId} failed: ${reason}`]),
    },
    {
      kind: "paragraph",
      text: [tasksOf(over)],
    },
  ];
  return {
    rollout: name,
    wave: next.wave,
    approved: { version, waves: [...before, next.wave] },
    title: `Approve ${next.wave} of ${name} for ${version}`,
    body: render(blocks, "github", 60_000),
  };
}

function tasksOf(waves: readonly WaveTold[]): string {
  const tasks = waves.flatMap((wave) => wave.tasks);
  return tasks.length === 0 ? "" : `Their tasks on the platform: ${tasks.join(", ")}.`;
}

/** What a run leaves to be approved, of all rollouts or of the one that is named. */
export function proposalsIn({ changes }: Run, rollout: string | undefined): Proposal[] {
  return changes.flatMap(({ name, kind, before, after }) => {
    const isMeant = rollout === undefined || rollout === name;
    if (!isRollout(kind) || !isMeant) return [];
    const now = after ?? before;
    const told = rolloutTold(now?.outputs) ?? rolloutTold(before?.outputs);
    const proposal = told && proposalFor(name, rolloutAsked(now?.inputs), told);
    return proposal === undefined ? [] : [proposal];
  });
}

/**
 * The file of approvals with what is approved put in, and everything else as it was. It is the plain form
 * that the examples have: one line with `version`, one with `waves`.
 */
export function withApproval(file: string, { version, waves }: Proposal["approved"]): string {
  const lines = file.split("\n");
  const versionAt = lines.findIndex((line) => line.startsWith("version:"));
  const wavesAt = lines.findIndex((line) => /^waves:\s*\[.*\]\s*(#.*)?$/.test(line));
  if (versionAt === -1 || wavesAt === -1) {
    throw new Error(
      "The file of approvals must have a line `version: ...` and a line `waves: [...]`, so that an approval is a change of one line.",
    );
  }
  lines[versionAt] = replaced(lines[versionAt] ?? "", scalar(version));
  lines[wavesAt] = replaced(lines[wavesAt] ?? "", `[${waves.map(scalar).join(", ")}]`);
  return lines.join("\n");
}

/** A comment behind the value stays. */
function replaced(line: string, value: string): string {
  const comment = /\s+#.*$/.exec(line)?.[0] ?? "";
  return `${line.slice(0, line.indexOf(":"))}: ${value}${comment}`;
}

/** A text that YAML would take for something else is quoted. */
function scalar(text: string): string {
  const isPlain = /^[A-Za-z][\w.-]*$/.test(text);
  return isPlain && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
