"use strict";

const fs = require("node:fs");
const Module = require("node:module");
const { parseArgs } = require("node:util");
const { transformSync } = require("@swc/core");
const { runAsCommand } = require("../../tools/terminal.js");

const HELP = `node test/rollout-walk/index.js [OPTIONS]

Plays random histories of a rollout (edits, approvals, kills, lost states, sleeping and failing devices)
against an abstract platform, and holds what was pushed against what is promised. A history is its seed.

  --histories N  how many (default 1000)
  --seed N       the seed of the first one; the others follow (default: by the clock)
  --most N       stop after so many that fail (default 3)
  --help         this text
`;

async function main() {
  const { values } = parseArgs({
    options: {
      histories: { type: "string", default: "1000" },
      seed: { type: "string" },
      most: { type: "string", default: "3" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const count = Number(values.histories);
  const first = values.seed === undefined ? Date.now() % 1_000_000_000 : Number(values.seed);
  const { walk } = loadWalks();
  let falls = 0;
  let played = 0;
  for (; played < count && falls < Number(values.most); played += 1) {
    const fall = await walk(first + played);
    if (fall === undefined) continue;
    falls += 1;
    process.stdout.write(`seed ${fall.seed}: ${fall.message}\n  ${fall.story.join("\n  ")}\n\n`);
  }
  process.stdout.write(`${played} histories from seed ${first}: ${falls} failed\n`);
  return falls === 0 ? 0 : 1;
}

/** Types are taken away, as Jest does. */
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
