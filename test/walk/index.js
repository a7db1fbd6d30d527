"use strict";

const { spawn } = require("node:child_process");
const { parseArgs } = require("node:util");
const { runAsCommand } = require("../../tools/terminal.js");
const { loadTypeScript } = require("../../tools/typescript.js");

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
  const count = Number(values.walks);
  const first = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
  if (count > 1) return await walkApart(first, count, Number(values["at-once"]));

  const { abandonWalks, walkOnce } = loadWalks();
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
    process.once(signal, () => {
      abandonWalks();
      process.exit(130);
    });
  }
  const { told, failed } = await walkOnce({
    seed: first,
    skipped: values.skip.split(",").filter(Boolean).map(Number),
    without: values.without,
    isShrinking: values.shrink,
    isVerbose: values.verbose,
  });
  process.stdout.write(told);
  if (failed === undefined) return 0;
  process.stdout.write(`${failed}: ${first}\n`);
  return 1;
}

/**
 * Each walk in a process of its own: what a killed engine leaves in the SDK would meet the others.
 * @param {number} first
 * @param {number} count
 * @param {number} atOnce
 */
async function walkApart(first, count, atOnce) {
  /** @type {Map<string, string[]>} */
  const failed = new Map();
  const waiting = Array.from({ length: count }, (_, index) => String(first + index));
  const worker = async () => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      const { code, output } = await walkIn(seed);
      process.stdout.write(output);
      if (code === 0) continue;
      const kind = /(?:^|\n)([^\n]+): \d+\n$/.exec(output)?.[1] ?? "BROKEN";
      failed.set(kind, [...(failed.get(kind) ?? []), seed]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const stumbled = [...failed.values()].flat().length;
  process.stdout.write(`\n${count - stumbled} of ${count} walks ended well.\n`);
  for (const [kind, seeds] of [...failed].sort()) {
    process.stdout.write(`${kind}: ${seeds.join(", ")}\n`);
  }
  return stumbled === 0 ? 0 : 1;
}

/**
 * @param {string} seed
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function walkIn(seed) {
  const args = [__filename, ...process.argv.slice(2), "--walks", "1", "--seed", seed];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, output });
    });
  });
}

/** The walks share their files with tests, which are TypeScript. */
function loadWalks() {
  loadTypeScript();
  /** @type {(file: string) => unknown} */
  const load = require;
  return /** @type {typeof import("./walks.js")} */ (load("./walks.ts"));
}

runAsCommand(main);
