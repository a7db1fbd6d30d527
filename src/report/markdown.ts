import { type Block, render, strong, type Text } from "../review/document";
import { shortTime } from "../instant";
import type { ReportedUpgrade, UpgradeReport } from "./report";
import {
  behindText,
  durationsText,
  hasWaves,
  reasonsOf,
  summaryOf,
  unnamedText,
  verdictOf,
  WAVE_HEAD,
  waveCells,
} from "./words";

/** A job summary may have a million bytes, and a reader has less patience. */
const MOST_ROWS = 500;

export function markdownOf(report: UpgradeReport): string {
  const { stack, project, at, upgrades, notes } = report;
  const when = at === undefined ? "" : ` The state is of ${shortTime(at)}.`;
  const blocks: Block[] = [
    heading(`Upgrades of ${project}, ${stack}`),
    paragraph(`${summaryOf(report)}${when}`),
    ...upgrades.flatMap(blocksOf),
    ...(notes.length === 0 ? [] : [heading("What this report was not told"), list(notes)]),
  ];
  return render(blocks, "github", Infinity);
}

function blocksOf(upgrade: ReportedUpgrade): Block[] {
  const { name, kind, asked, counts, waves, failures, behind = [], devices } = upgrade;
  const { text, tone } = verdictOf(upgrade);
  const sign = { good: "✅ ", bad: "❌ ", open: "⏳ ", calm: "" }[tone];
  const unnamed = unnamedText(upgrade);
  const behindIs = behindText(upgrade);
  const durations = durationsText(devices);
  return [
    heading(`${sign}${name}: ${text}`),
    paragraph(`${kind}. ${asked.join(" ")}`),
    ...(counts.length === 0
      ? []
      : [paragraph(`${counts.map((one) => `${one.devices} ${one.label}`).join(", ")}.`)]),
    ...(hasWaves(upgrade) ? table(WAVE_HEAD, waves.map(waveCells)) : []),
    ...(failures.length === 0
      ? []
      : [
          { kind: "paragraph" as const, text: [strong("Failed devices")] },
          list(reasonsOf(failures)),
          ...table(
            ["device", "reason"],
            failures.map(({ deviceId, reason }) => [deviceId, reason]),
          ),
        ]),
    ...(unnamed === undefined ? [] : [paragraph(unnamed)]),
    ...(behindIs === undefined ? [] : [paragraph(behindIs)]),
    ...table(
      ["behind", "reports"],
      behind.map(({ deviceId, version }) => [deviceId, version ?? "none"]),
    ),
    ...(durations === undefined ? [] : [paragraph(durations)]),
  ];
}

function heading(text: string): Block {
  return { kind: "heading", text: [text] };
}

function paragraph(text: string): Block {
  return { kind: "paragraph", text: [text] };
}

function list(items: readonly string[]): Block {
  return { kind: "list", items: items.map((item): Text => [item]) };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): Block[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, MOST_ROWS).map((row) => row.map((cell): Text => [cell]));
  const cut = `And ${rows.length - MOST_ROWS} more, which --csv has.`;
  return [
    { kind: "table", head, rows: shown },
    ...(rows.length > MOST_ROWS ? [paragraph(cut)] : []),
  ];
}
