import { count } from "../upgrade/rollout/describe";
import { parseInstant, shortTime } from "../instant";
import type {
  ReportedDevice,
  ReportedFailure,
  ReportedUpgrade,
  ReportedWave,
  UpgradeReport,
} from "./report";

/* What the page and the summary both say. */

/** Whether it has waves that are watched; a task is one wave, and nobody watches it. */
export function hasWaves({ kind }: ReportedUpgrade): boolean {
  return kind.endsWith("Rollout");
}

export type Tone = "good" | "bad" | "open" | "calm";

/** Where it stands, in words, and whether that is good news. */
export function verdictOf({ outcome, status, since }: ReportedUpgrade): {
  readonly text: string;
  readonly tone: Tone;
} {
  if (outcome !== undefined) {
    const [word, tone] = OUTCOMES[outcome];
    return { text: since === undefined ? word : `${word} since ${shortTime(since)}`, tone };
  }
  const text = status === undefined ? "nothing is known yet" : `the platform says “${status}”`;
  return { text, tone: "calm" };
}

const OUTCOMES = {
  failed: ["failed", "bad"],
  held: ["held", "open"],
  inProgress: ["under way", "open"],
  succeeded: ["through", "good"],
} as const satisfies Record<string, readonly [string, Tone]>;

/** One line for all upgrades: how many of them are where. */
export function summaryOf({ upgrades }: UpgradeReport): string {
  const parts = Object.entries(OUTCOMES).flatMap(([outcome, [word]]) => {
    const found = upgrades.filter((one) => one.outcome === outcome).length;
    return found === 0 ? [] : [`${found} ${word}`];
  });
  const rest = upgrades.filter(({ outcome }) => outcome === undefined).length;
  if (rest > 0) parts.push(`${rest} without a verdict`);
  return `${count(upgrades.length, "upgrade")}: ${parts.join(", ")}.`;
}

const STATES: Readonly<Record<ReportedWave["state"], string>> = {
  waiting: "waits",
  running: "runs",
  baking: "is watched",
  over: "over",
  failed: "failed",
};

export const WAVE_HEAD = [
  "wave",
  "stands",
  "devices",
  "upgraded",
  "failed",
  "not reached",
  "lost",
  "began (UTC)",
  "took",
];

export function waveCells(wave: ReportedWave): string[] {
  const { devices, succeeded, failed, unreached, lost, beganAt } = wave;
  const ended = wave.decidedAt ?? wave.overAt;
  const watched =
    wave.state === "baking" && wave.bakesUntil !== undefined
      ? ` until ${shortTime(wave.bakesUntil)}`
      : "";
  return [
    wave.wave,
    `${STATES[wave.state]}${watched}`,
    String(devices),
    ...[succeeded, failed, unreached, lost].map((one) =>
      wave.state === "waiting" ? "" : String(one),
    ),
    beganAt === undefined ? "" : cellTime(beganAt),
    tookText(beganAt, ended),
  ];
}

/** In a column whose head says that it is UTC. */
export function cellTime(instant: string): string {
  return shortTime(instant).replace(/ UTC$/, "");
}

function tookText(from = "", to = ""): string {
  const [began, ended] = [parseInstant(from), parseInstant(to)];
  return began === undefined || ended === undefined ? "" : duration((ended - began) / 1000);
}

/** `12 × Low battery.`, the most frequent first; nothing where the list of devices says it as shortly. */
export function reasonsOf(failures: readonly ReportedFailure[]): string[] {
  const counts = new Map<string, number>();
  for (const { reason } of failures) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  if (counts.size < 2 && failures.length <= 5) return [];
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, devices]) => `${devices} × ${reason}`);
}

export function unnamedText({ unnamedFailures, devices }: ReportedUpgrade): string | undefined {
  if (unnamedFailures === 0) return undefined;
  const more = count(unnamedFailures, "more device");
  return devices === undefined
    ? `${more} failed that the state does not name; the platform tells them where its credentials are set.`
    : `${more} failed that neither the state nor the platform names any more.`;
}

/** `undefined` where the platform tells no times. */
export function durationsText(devices: readonly ReportedDevice[] = []): string | undefined {
  const timed = devices
    .flatMap(({ seconds, deviceId, result }) =>
      seconds === undefined || result !== "succeeded" ? [] : [{ seconds, deviceId }],
    )
    .sort((a, b) => a.seconds - b.seconds);
  const at = (share: number) => timed[Math.ceil(timed.length * share) - 1];
  const [median, most, longest] = [at(0.5), at(0.9), timed.at(-1)];
  if (median === undefined || most === undefined || longest === undefined) return undefined;
  const who =
    timed.length === 1
      ? "One upgraded device took"
      : `Of ${timed.length} upgraded devices half took at most`;
  const rest =
    timed.length === 1
      ? ""
      : `, nine in ten at most ${duration(most.seconds)}, the slowest (${longest.deviceId}) ${duration(longest.seconds)}`;
  return `${who} ${duration(median.seconds)}${rest}.`;
}

/** `undefined` where nobody is behind as far as anybody knows. */
export function behindText({
  behind,
  counts,
  outcome,
  version = "the version",
}: ReportedUpgrade): string | undefined {
  if (behind !== undefined) {
    if (behind.length === 0) return undefined;
    const one = behind.length === 1;
    return `${count(behind.length, "device")} of the fleet ${one ? "does" : "do"} not report ${version}, and no wave will push to ${one ? "it" : "them"} any more.`;
  }
  const counted = counts.find(({ label }) => label === "behind")?.devices ?? 0;
  if (counted === 0) return undefined;
  const when = outcome === "succeeded" ? "" : "once the rollout is through, ";
  return `${count(counted, "device")} ${counted === 1 ? "is" : "are"} behind; ${when}the platform tells which, where its credentials are set.`;
}

/** `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h` */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return joined(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = Math.round(whole / 60);
  if (minutes < 1_440) return joined(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(whole / 3_600);
  return joined(Math.floor(hours / 24), "d", hours % 24, "h");
}

function joined(large: number, unit: string, small: number, smaller: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smaller}`;
}
