"use strict";

const fs = require("node:fs");
const Module = require("node:module");
const { parseArgs } = require("node:util");
const { transformSync } = require("@swc/core");
const { runAsCommand } = require("../../tools/terminal.js");

const HELP = `npm run walk -- [OPTIONS]

Edits a program at random, runs \`pulumi up\` after each edit, and holds what the simulated platform has
pushed to each device against a model. A walk is its seed; the wings alternate.

  --walks N      how many (default 10)
  --seed N       the seed of the first walk; the others follow (default: by the clock)
  --skip 2,5     without these steps, to find out which ones matter
  --without X    without the edits or the ways of an \`up\` of that name; may be given several times
  --shrink       leaves out steps of a walk that failed for as long as it fails in the same way
  --at-once N    how many at the same time (default 2)
  --verbose      the last command's output of a walk that failed
  --help         this text
`;

async function main() {
  const { values } = parseArgs({
    options: {
      walks: { type: "string", default: "10" },
      seed: { type: "string" },
      skip: { type: "string", default: "" },
      without: { type: "string", multiple: true, default: [] },
      shrink: { type: "boolean", default: false },
      "at-once": { type: "string", default: "2" },
      verbose: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const first = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
  const { walkAll } = loadWalks();
  return await walkAll({
    seeds: Array.from({ length: Number(values.walks) }, (_, index) => first + index),
    skipped: values.skip.split(",").filter(Boolean).map(Number),
    without: values.without,
    isShrinking: values.shrink,
    atOnce: Number(values["at-once"]),
    isVerbose: values.verbose,
    write: (text) => void process.stdout.write(text),
  });
}

/** The walks share their files with tests, which are TypeScript: types are taken away, as Jest does. */
function loadWalks() {
  /** @typedef {{ _compile: (code: string, file: string) => void }} Loading */
  /** @type {unknown} */
  const byExtension = Reflect.get(Module, "_extensions");
  const extensions = /** @type {Record<string, (module: Loading, file: string) => void>} */ (
    byExtension
  );
  extensions[".ts"] = (module, file) => {
    const { code } = transformSync(fs.readFileSync(file, "utf8"), {
      filename: file,
      swcrc: false,
      jsc: { parser: { syntax: "typescript" }, target: "es2023" },
      module: { type: "commonjs" },
    });
    module._compile(code, file);
  };
  /** @type {(file: string) => unknown} */
  const load = require;
  return /** @type {typeof import("./walks.js")} */ (load("./walks.ts"));
}

runAsCommand(main);
