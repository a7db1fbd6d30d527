"use strict";

// This runs before the dependencies are there: nothing here may need one until they are.
const fs = require("node:fs");
const path = require("node:path");
const { runSilently, step } = require("./terminal.js");

const root = path.dirname(__dirname);

/**
 * Makes a fresh clone ready: the dependencies, the build, and the engine where it is needed.
 * @param {{ needs: readonly ("build" | "engine")[] }} options
 * @returns {Promise<{ engineDirectory?: string }>}
 */
async function setUp({ needs }) {
  requireNode();
  if (!dependenciesAreInstalled()) {
    await step("dependencies", async () => {
      const npm = process.platform === "win32" ? "npm.cmd" : "npm";
      await runSilently(npm, ["ci", "--loglevel=error"], {
        cwd: root,
        shell: process.platform === "win32",
      });
      return undefined;
    });
  }
  if (needs.includes("build")) {
    const { build, isBuilt } = require("./build.js");
    if (!isBuilt()) {
      await step("build", async () => {
        await build();
        return undefined;
      });
    }
  }
  if (!needs.includes("engine")) return {};

  const { ensureEngine } = require("./engine/index.js");
  let engineDirectory = "";
  await step("engine", async (log) => {
    const engine = await ensureEngine({ log });
    engineDirectory = engine.directory;
    return `pulumi ${engine.version} (${engine.source === "path" ? "installed" : "built"})`;
  });
  return { engineDirectory };
}

function requireNode() {
  const { engines } = /** @type {{ engines: { node: string } }} */ (
    readJson(path.join(root, "package.json"))
  );
  const minimum = engines.node.replace(">=", "");
  const running = process.versions.node;
  if (running.localeCompare(minimum, undefined, { numeric: true }) >= 0) return;
  throw new Error(`Node ${minimum} or later is needed, and this is Node ${running}.`);
}

/**
 * Whether node_modules holds what package-lock.json asks for. By content: npm writes the two in
 * an order that says nothing about their age.
 */
function dependenciesAreInstalled() {
  const installedLock = path.join(root, "node_modules", ".package-lock.json");
  if (!fs.existsSync(installedLock)) return false;
  /** @typedef {{ packages: Record<string, { version?: string, optional?: boolean } | undefined> }} Lock */
  const wanted = /** @type {Lock} */ (readJson(path.join(root, "package-lock.json")));
  const installed = /** @type {Lock} */ (readJson(installedLock));
  return Object.entries(wanted.packages).every(([folder, entry]) => {
    if (folder === "" || entry === undefined) return true;
    const found = installed.packages[folder];
    return found === undefined ? entry.optional === true : found.version === entry.version;
  });
}

/**
 * @param {string} file
 * @returns {unknown}
 */
function readJson(file) {
  return JSON.parse(fs.readFileSync(file, "utf8"));
}

module.exports = { setUp };
