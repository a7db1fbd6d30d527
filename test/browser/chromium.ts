import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const PACKAGE = "chromium";
const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** What a browser needs that nobody looks at, and that runs as root in a container. */
export const HEADLESS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--hide-scrollbars",
  "--no-first-run",
];

/** The path of a Chromium: of the one that is installed, else of Debian's, which is installed now. */
export function chromium(): string {
  return found() ?? install();
}

/**
 * Runs it without a window until it has done what the arguments ask for (`--dump-dom URL`).
 * @param profile - an empty folder of its own, so that several run side by side
 * @returns what it printed
 */
export function headless(profile: string, ...given: readonly string[]): string {
  return execFileSync(chromium(), [...HEADLESS, `--user-data-dir=${profile}`, ...given], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 120_000,
  });
}

function found(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function install(): string {
  // The lists may be older than what the server has kept, and another test may install at this moment.
  aptGet("update", "--quiet");
  aptGet("install", "--quiet", "--yes", "--no-install-recommends", PACKAGE);
  const path = found();
  if (path === undefined) throw new Error(`${PACKAGE} was installed, but is not on the PATH.`);
  return path;
}

function aptGet(...given: readonly string[]): void {
  const { status, stderr, error } = spawnSync(
    "apt-get",
    ["-o", "DPkg::Lock::Timeout=600", ...given],
    {
      encoding: "utf8",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    },
  );
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split("\n").slice(-3).join("\n");
  throw new Error(
    `This test needs Chromium, and \`apt-get ${given.join(" ")}\` failed: ${reason}\n` +
      `Install Chromium so that one of ${NAMES.join(", ")} is on the PATH, and run this again.`,
  );
}
