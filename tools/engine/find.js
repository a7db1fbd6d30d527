"use strict";

const { execFileSync } = require("node:child_process");
const { accessSync, constants, realpathSync, statSync } = require("node:fs");
const path = require("node:path");

const MINIMUM = [3, 216];
const LANGUAGE_HOST = "pulumi-language-nodejs";
const YAML_HOST = "pulumi-language-yaml";
const PYTHON_HOST = "pulumi-language-python";
/** Ours, of the code generators of the command line. */
const SDK_MAKER = "make-sdk";
const RESOURCE_PLUGIN = "pulumi-resource-pulumi-nodejs";

const suffixes = process.platform === "win32" ? [".exe", ".cmd", ""] : [""];

/**
 * The first file of that name which can be run.
 * @param {string} name
 * @param {readonly string[]} directories
 * @returns {string | undefined}
 */
function findExecutable(name, directories) {
  for (const directory of directories) {
    for (const suffix of suffixes) {
      const file = path.join(directory, name + suffix);
      if (isExecutable(file)) return file;
    }
  }
  return undefined;
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string[]}
 */
function searchPath(environment) {
  return (environment["PATH"] ?? "").split(path.delimiter).filter((entry) => entry !== "");
}

/**
 * The Pulumi that a person has installed, or why it is not the one to use.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {{ directory: string, version: string } | { reason: string } | undefined}
 */
function findInstalled(environment) {
  const directories = searchPath(environment);
  const pulumi = findExecutable("pulumi", directories);
  if (pulumi === undefined) return undefined;

  const version = versionOf(pulumi, environment);
  if (version === undefined) return { reason: `${pulumi} does not say its version` };
  if (!isNewEnough(version)) {
    return { reason: `${pulumi} is ${version}, older than ${MINIMUM.join(".")}` };
  }

  // Pulumi looks for its plugins beside the file that runs, which a link on the PATH may point to.
  const beside = [path.dirname(pulumi), path.dirname(realpathSync(pulumi)), ...directories];
  const missing = [LANGUAGE_HOST, RESOURCE_PLUGIN].filter(
    (name) => findExecutable(name, beside) === undefined,
  );
  if (missing.length > 0) return { reason: `${pulumi} has no ${missing.join(" and no ")} with it` };
  return { directory: path.dirname(pulumi), version };
}

/**
 * @param {string} pulumi
 * @param {NodeJS.ProcessEnv} environment
 */
function versionOf(pulumi, environment) {
  try {
    const output = execFileSync(pulumi, ["version"], {
      encoding: "utf8",
      env: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" },
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 30_000,
    });
    return /^v?(\d+\.\d+\.\d+\S*)/m.exec(output)?.[1];
  } catch {
    return undefined;
  }
}

/** @param {string} version */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [minimumMajor = 0, minimumMinor = 0] = MINIMUM;
  return major > minimumMajor || (major === minimumMajor && minor >= minimumMinor);
}

module.exports = {
  findExecutable,
  findInstalled,
  searchPath,
  LANGUAGE_HOST,
  MINIMUM,
  PYTHON_HOST,
  RESOURCE_PLUGIN,
  SDK_MAKER,
  YAML_HOST,
};
