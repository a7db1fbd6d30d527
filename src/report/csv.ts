import type { ReportedDevice, ReportedFailure, UpgradeReport } from "./report";

const HEAD = [
  "upgrade",
  "kind",
  "version",
  "wave",
  "task",
  "device",
  "result",
  "status",
  "reason",
  "began",
  "ended",
  "seconds",
];

/** A row for each device in each task; where the platform was not asked, for each failure that is known. */
export function csvOf({ upgrades }: UpgradeReport): string {
  const rows = upgrades.flatMap(({ name, kind, version = "", devices, failures, behind = [] }) => [
    ...(devices ?? failures.map(asDevice)).map((device) => {
      const { wave, task, deviceId, result, status = "", reason = "" } = device;
      const { startTime = "", stopTime = "", seconds = "" } = device;
      return [
        ...[name, kind, version, wave, task, deviceId, result, status, reason],
        ...[startTime, stopTime, seconds],
      ];
    }),
    ...behind.map(({ deviceId, version: reported }) => [
      ...[name, kind, version, "", "", deviceId, "behind", ""],
      ...[reported === undefined ? "" : `reports ${reported}`, "", "", ""],
    ]),
  ]);
  return [HEAD, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function asDevice(failure: ReportedFailure): ReportedDevice {
  return { ...failure, wave: "", task: "", result: "failed" };
}

/** A spreadsheet takes what begins so for a formula, unless an apostrophe stands before it. */
const FORMULA = /^[\s]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
