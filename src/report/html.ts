import { shortTime } from "../instant";
import { chartOf } from "./chart";
import { escaped } from "./escape";
import type { ReportedDevice, ReportedUpgrade, UpgradeReport } from "./report";
import { STYLE } from "./style";
import {
  behindText,
  cellTime,
  duration,
  durationsText,
  hasWaves,
  reasonsOf,
  summaryOf,
  unnamedText,
  verdictOf,
  WAVE_HEAD,
  waveCells,
} from "./words";

/** One page that needs nothing else, and may load nothing else. */
export function htmlOf(report: UpgradeReport): string {
  const { stack, project, at, upgrades, notes } = report;
  const title = `Upgrades of ${project}, ${stack}`;
  const tasks = upgrades.filter((upgrade) => !hasWaves(upgrade)).flatMap(({ waves }) => waves);
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    "</head>",
    "<body>",
    `<h1>${escaped(title)}</h1>`,
    `<p class="lead">${at === undefined ? "As the state has it." : `As the state of ${shortTime(at)} has it.`} All times are UTC.</p>`,
    `<p class="summary">${escaped(summaryOf(report))}</p>`,
    ...upgrades.filter(hasWaves).map((upgrade) => sectionOf(upgrade, at)),
    figureOf(chartOf(tasks, { running: at, failed: at }, "Tasks over time"), "Tasks over time"),
    ...upgrades.filter((upgrade) => !hasWaves(upgrade)).map((upgrade) => sectionOf(upgrade, at)),
    notes.length === 0
      ? ""
      : `<aside class="notes"><h3>What this report was not told</h3>${listOf(notes)}</aside>`,
    "</body>",
    "</html>",
    "",
  ]
    .filter((part, index, all) => part !== "" || index === all.length - 1)
    .join("\n");
}

function sectionOf(upgrade: ReportedUpgrade, at: string | undefined): string {
  const { name, kind, asked, waves, since } = upgrade;
  const { text, tone } = verdictOf(upgrade);
  const parts = [
    "<section>",
    `<header class="upgrade"><h2>${escaped(name)}</h2><span class="kind">${escaped(kind)}</span><span class="verdict ${tone}">${escaped(text)}</span></header>`,
    `<h3>What was asked</h3>${listOf(asked)}`,
    countsOf(upgrade),
    ...(hasWaves(upgrade)
      ? [
          figureOf(
            chartOf(waves, { running: at, failed: since ?? at }, `Waves of ${name} over time`),
            "Waves over time: solid while devices are upgraded, hatched while the wave is watched",
          ),
          tableOf(WAVE_HEAD, waves.map(waveCells), [2, 3, 4, 5, 6, 8]),
        ]
      : []),
    failuresOf(upgrade),
    behindOf(upgrade),
    devicesOf(upgrade),
    "</section>",
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function countsOf({ counts }: ReportedUpgrade): string {
  if (counts.length === 0) return "";
  const items = counts.map(({ label, devices }) => {
    const isBad = label === "failed" && devices > 0;
    return `<li${isBad ? ' class="bad"' : ""}><b>${devices}</b>${escaped(label)}</li>`;
  });
  return `<ul class="counts">${items.join("")}</ul>`;
}

function failuresOf(upgrade: ReportedUpgrade): string {
  const { failures } = upgrade;
  const unnamed = unnamedText(upgrade);
  if (failures.length === 0 && unnamed === undefined) return "";
  const reasons = reasonsOf(failures);
  return [
    "<h3>Failed devices</h3>",
    reasons.length === 0 ? "" : listOf(reasons),
    failures.length === 0
      ? ""
      : tableOf(
          ["device", "reason"],
          failures.map(({ deviceId, reason }) => [deviceId, reason]),
        ),
    unnamed === undefined ? "" : `<p class="cut">${escaped(unnamed)}</p>`,
  ].join("");
}

function behindOf(upgrade: ReportedUpgrade): string {
  const text = behindText(upgrade);
  if (text === undefined) return "";
  const rows = (upgrade.behind ?? []).map(({ deviceId, version }) => [deviceId, version ?? "none"]);
  return `<h3>Behind</h3><p>${escaped(text)}</p>${rows.length === 0 ? "" : tableOf(["device", "reports"], rows)}`;
}

/** More rows make a page slow, and nobody reads them on one. */
const MOST_DEVICES = 2_000;

function devicesOf({ devices }: ReportedUpgrade): string {
  if (devices === undefined || devices.length === 0) return "";
  const shown = devices.slice(0, MOST_DEVICES);
  const durations = durationsText(devices);
  const cut =
    devices.length > shown.length
      ? `<p class="cut">The first ${shown.length} of ${devices.length}; --csv has all.</p>`
      : "";
  return [
    durations === undefined ? "" : `<h3>Durations</h3><p>${escaped(durations)}</p>`,
    `<details><summary>Each device in each task (${devices.length})</summary>`,
    tableOf(
      ["device", "wave", "result", "the platform's word", "began (UTC)", "took"],
      shown.map(deviceCells),
      [5],
    ),
    cut,
    "</details>",
  ].join("");
}

function deviceCells({
  deviceId,
  wave,
  result,
  status,
  startTime,
  seconds,
}: ReportedDevice): string[] {
  return [
    ...[deviceId, wave, result, status ?? ""],
    startTime === undefined ? "" : cellTime(startTime),
    seconds === undefined ? "" : duration(seconds),
  ];
}

function figureOf(svg: string, caption: string): string {
  return svg === "" ? "" : `<figure>${svg}<figcaption>${escaped(caption)}</figcaption></figure>`;
}

function listOf(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join("")}</ul>`;
}

/** @param numbers - the columns that hold numbers */
function tableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly number[] = [],
): string {
  const cell = (tag: "th" | "td") => (text: string, column: number) =>
    `<${tag}${numbers.includes(column) ? ' class="number"' : ""}>${escaped(text)}</${tag}>`;
  const line = (cells: readonly string[]): string => `<tr>${cells.map(cell("td")).join("")}</tr>`;
  return `<table><thead><tr>${head.map(cell("th")).join("")}</tr></thead><tbody>\n${rows.map(line).join("\n")}\n</tbody></table>`;
}
