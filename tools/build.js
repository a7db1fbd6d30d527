"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { runAsCommand, runSilently } = require("./terminal.js");

const root = path.dirname(__dirname);
const source = path.join(root, "src");
const output = path.join(root, "dist");
const link = path.join(root, "node_modules", "pulumi-huawei-ota");

/**
 * Compiles src to dist, and removes from dist what no longer has a source. The examples, and the
 * project in the top folder, then find the library by its name.
 */
async function build() {
  await runSilently(
    process.execPath,
    [require.resolve("typescript/bin/tsc"), "-p", "tsconfig.json", "--noEmitOnError"],
    {
      cwd: root,
    },
  );
  for (const file of filesBelow(output)) {
    const name = path.relative(output, file).replace(/(\.d)?\.[jt]s(\.map)?$/, ".ts");
    if (!fs.existsSync(path.join(source, name))) fs.rmSync(file);
  }
  if (!fs.existsSync(link)) fs.symlinkSync("..", link, "junction");
}

function isBuilt() {
  if (!fs.existsSync(output) || !fs.existsSync(link)) return false;
  const newest = (/** @type {string[]} */ files) =>
    Math.max(0, ...files.map((file) => fs.statSync(file).mtimeMs));
  const sources = [...filesBelow(source), path.join(root, "tsconfig.json")];
  const outputs = filesBelow(output);
  const isWhole = filesBelow(source).every((file) =>
    fs.existsSync(path.join(output, path.relative(source, file).replace(/\.ts$/, ".js"))),
  );
  return isWhole && newest(outputs) > newest(sources);
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
