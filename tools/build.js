"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { runAsCommand, runSilently } = require("./terminal.js");

const root = path.dirname(__dirname);
const source = path.join(root, "src");
const output = path.join(root, "dist");
const link = path.join(root, "node_modules", "pulumi-huawei-ota");

/**
 * Makes dist of src: the bundles with their doors, and the types that a door names. The examples, and
 * the project in the top folder, then find the library by its name.
 */
async function build() {
  // Only when it is built are the dependencies certainly there.
  const { writeBundles } = require("./bundle.js");
  const compiler = require.resolve("typescript/bin/tsc");
  await runSilently(process.execPath, [compiler, "-p", "tsconfig.json", "--noEmitOnError"], {
    cwd: root,
  });
  const { files, doors } = await writeBundles(source, output);
  const wanted = new Set([...files, ...typesOf(doors)].map((file) => path.join(output, file)));
  for (const file of filesBelow(output)) {
    if (!wanted.has(file)) fs.rmSync(file);
  }
  if (!fs.existsSync(link)) fs.symlinkSync("..", link, "junction");
}

/**
 * Of the declarations that the compiler wrote, those of the doors and what they import.
 * @param {readonly string[]} doors
 */
function typesOf(doors) {
  const ts = require("typescript");
  const files = doors.map((door) => path.join(output, `${door}.d.ts`));
  return ts
    .createProgram(files, { noLib: true, types: [] })
    .getSourceFiles()
    .map(({ fileName }) => path.relative(output, fileName))
    .filter((file) => !file.startsWith(".."));
}

function isBuilt() {
  if (!fs.existsSync(path.join(output, "index.js")) || !fs.existsSync(link)) return false;
  const times = (/** @type {string[]} */ files) => files.map((file) => fs.statSync(file).mtimeMs);
  const makers = ["package-lock.json", "tsconfig.json", "tools/build.js", "tools/bundle.js"];
  const sources = [...filesBelow(source), ...makers.map((file) => path.join(root, file))];
  return Math.min(...times(filesBelow(output))) > Math.max(...times(sources));
}

/**
 * @param {string} directory
 * @returns {string[]}
 */
function filesBelow(directory) {
  return fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

module.exports = { build, isBuilt };

if (require.main === module) {
  runAsCommand(async () => {
    await build();
    return 0;
  });
}
