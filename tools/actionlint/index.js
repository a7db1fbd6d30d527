"use strict";

const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const MODULE = "github.com/rhysd/actionlint";

function pinnedVersion() {
  const goMod = fs.readFileSync(path.join(__dirname, "go.mod"), "utf8");
  const version = new RegExp(`${MODULE} v(\\S+)`).exec(goMod)?.[1];
  if (version === undefined) throw new Error(`${__dirname}/go.mod does not pin ${MODULE}.`);
  return version;
}

/**
 * Where the pinned actionlint stands once it is built.
 * @param {NodeJS.ProcessEnv} environment
 */
function builtPath(environment) {
  const caches = environment["XDG_CACHE_HOME"];
  const root = caches === undefined || caches === "" ? path.join(os.homedir(), ".cache") : caches;
  const name = process.platform === "win32" ? "actionlint.exe" : "actionlint";
  return path.join(root, "pulumi-huawei-ota", `actionlint-${pinnedVersion()}`, name);
}

/**
 * The path of the pinned actionlint, which is built from its Go modules where it is not there yet.
 * @param {{ environment?: NodeJS.ProcessEnv, log?: (line: string) => void }} [options]
 * @returns {string}
 */
function findActionlint({ environment = process.env, log = console.error } = {}) {
  const built = builtPath(environment);
  if (fs.existsSync(built)) return built;

  if (spawnSync("go", ["version"], { env: environment }).error !== undefined)
    throw new Error("Checking workflows builds actionlint, which needs Go 1.25 or later on PATH.");
  log(`building actionlint ${pinnedVersion()} from its Go modules: once, less than a minute`);

  const directory = path.dirname(built);
  fs.mkdirSync(directory, { recursive: true });
  // Two processes may build at once: each builds beside the place and the last rename wins.
  const temporary = fs.mkdtempSync(path.join(directory, "building-"));
  try {
    const output = path.join(temporary, path.basename(built));
    const go = spawnSync(
      "go",
      ["build", "-trimpath", "-ldflags", "-s -w", "-o", output, `${MODULE}/cmd/actionlint`],
      {
        cwd: __dirname,
        encoding: "utf8",
        env: { ...environment, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOWORK: "off" },
      },
    );
    if (go.error !== undefined) throw go.error;
    if (go.status !== 0) throw new Error(`go could not build actionlint:\n${go.stderr.trim()}`);
    fs.renameSync(output, built);
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
  return built;
}

/**
 * Checks workflow files, shell scripts and Python inside them excepted: what those checks find
 * depends on what else is installed.
 * @param {readonly string[]} files
 * @param {{ environment?: NodeJS.ProcessEnv, log?: (line: string) => void }} [options]
 * @returns {{ exitCode: number, output: string }}
 */
function checkWorkflows(files, options = {}) {
  const found = spawnSync(
    findActionlint(options),
    ["-no-color", "-shellcheck=", "-pyflakes=", ...files],
    { encoding: "utf8" },
  );
  if (found.error !== undefined) throw found.error;
  return { exitCode: found.status ?? 1, output: found.stdout + found.stderr };
}

module.exports = { findActionlint, checkWorkflows };

if (require.main === module) {
  const files = process.argv.slice(2);
  try {
    if (files.length === 0)
      throw new Error("Name the files to check: node tools/actionlint FILE...");
    const { exitCode, output } = checkWorkflows(files);
    process.stdout.write(output);
    process.exitCode = exitCode;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
