import { parseInstant } from "../instant";
import { escaped } from "./escape";
import type { ReportedWave } from "./report";

/* Waves over time: a row for each, a bar while its devices are upgraded and a hatched one while it is watched. */

const LABELS = 150;
const PLOT = 400;
const FIGURES = 260;
const ROW = 30;
const AXIS = 28;
const WIDTH = LABELS + PLOT + FIGURES;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[5_000, 15_000, 30_000, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE],
  ...[HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY],
];
const MOST_TICKS = 6;

interface Span {
  readonly from: number;
  readonly until: number;
}

interface Ends {
  readonly running: string | undefined;
  readonly failed: string | undefined;
}

interface Row {
  readonly wave: ReportedWave;
  readonly run: Span | undefined;
  readonly watch: Span | undefined;
}

/**
 * An SVG element; empty where nothing has begun whose end is known.
 * @param ends - until when a wave that runs is drawn, and one that failed, ISO 8601
 * @param title - for those who cannot see it
 */
export function chartOf(waves: readonly ReportedWave[], ends: Ends, title: string): string {
  const rows = waves.map((wave) => rowOf(wave, ends));
  const spans = rows.flatMap(({ run, watch }) => [run ?? [], watch ?? []].flat());
  if (spans.length === 0) return "";
  const from = Math.min(...spans.map((span) => span.from));
  const until = Math.max(from + 1000, ...spans.map((span) => span.until));
  const x = (time: number): number => Math.round(LABELS + ((time - from) / (until - from)) * PLOT);
  const height = rows.length * ROW + AXIS;
  return [
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<defs><pattern id="watched" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="pale"/><rect width="2" height="6" class="stripe"/></pattern></defs>`,
    ...ticksOf({ from, until }).map(
      (tick) =>
        `<line class="tick" x1="${x(tick)}" y1="0" x2="${x(tick)}" y2="${rows.length * ROW}"/><text class="axis" x="${x(tick)}" y="${rows.length * ROW + 18}" text-anchor="middle">${tickText(tick, until - from)}</text>`,
    ),
    ...rows.map((row, index) => rowText(row, index * ROW, x)),
    "</svg>",
  ].join("\n");
}

function rowOf(wave: ReportedWave, ends: Ends): Row {
  const [began, decided, bakes, over] = [
    wave.beganAt,
    wave.decidedAt,
    wave.bakesUntil,
    wave.overAt,
  ].map((time) => parseInstant(time ?? ""));
  const isOpen = wave.state === "running" || wave.state === "failed";
  const goesOn = isOpen ? parseInstant(ends[wave.state] ?? "") : undefined;
  const end = decided ?? over ?? goesOn;
  const run =
    began === undefined || end === undefined
      ? undefined
      : { from: began, until: Math.max(began, end) };
  const watched = over ?? bakes;
  const watch =
    decided === undefined || watched === undefined || watched <= decided
      ? undefined
      : { from: decided, until: watched };
  return { wave, run, watch };
}

function rowText({ wave, run, watch }: Row, top: number, x: (time: number) => number): string {
  const bar = (span: Span | undefined, className: string): string =>
    span === undefined
      ? ""
      : `<rect class="${className}" x="${x(span.from)}" y="${top + 6}" width="${Math.max(3, x(span.until) - x(span.from))}" height="${ROW - 12}" rx="2"/>`;
  const colour = { failed: "bad", running: "open", baking: "good", over: "good", waiting: "calm" }[
    wave.state
  ];
  const middle = top + ROW / 2 + 4;
  return [
    `<text class="label" x="${LABELS - 12}" y="${middle}" text-anchor="end">${escaped(shortened(wave.wave))}</text>`,
    bar(run, colour),
    bar(watch, "watch"),
    `<text class="figures" x="${LABELS + PLOT + 14}" y="${middle}">${figures(wave)}</text>`,
  ].join("");
}

/** The table below has the rest. */
function figures({ state, devices, succeeded, failed }: ReportedWave): string {
  if (state === "waiting") return `waits, ${devices} planned`;
  return `${succeeded} of ${devices} done${failed > 0 ? `, ${failed} failed` : ""}`;
}

const LONGEST = 20;

function shortened(name: string): string {
  const letters = Array.from(name);
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("")}…` : name;
}

function ticksOf({ from, until }: Span): number[] {
  const step = STEPS.find((one) => (until - from) / one <= MOST_TICKS) ?? 365 * DAY;
  const ticks: number[] = [];
  for (let tick = Math.ceil(from / step) * step; tick <= until; tick += step) ticks.push(tick);
  return ticks;
}

/** The time of day, where it says anything, or else the date; always UTC. */
function tickText(time: number, span: number): string {
  const text = new Date(time).toISOString();
  if (span > 2 * DAY || time % DAY === 0) return text.slice(5, 10);
  return span <= MOST_TICKS * MINUTE ? text.slice(11, 19) : text.slice(11, 16);
}
