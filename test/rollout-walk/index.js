"use strict";

const { parseArgs } = require("node:util");
const { runAsCommand, step } = require("../../tools/terminal.js");
const { loadTypeScript } = require("../../tools/typescript.js");

const HELP = `npm run histories -- [OPTIONS]

Plays random histories of a rollout (edits, approvals, kills, lost states, sleeping and failing devices)
against an abstract platform, and holds what was pushed against what is promised. A history is its seed.

  --histories N  how many (default 1000)
  --seed N       the seed of the first one; the others follow (default: by the clock)
  --most N       stop after so many that fail (default 3)
  --help         this text
`;

/** Progress is told after so many. */
const PART = 500;

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
  while (played < count && falls < Number(values.most)) {
    const part = Math.min(count, played + PART);
    await step(`to ${first + part - 1}`, async () => {
      for (; played < part && falls < Number(values.most); played += 1) {
        const fall = await walk(first + played);
        if (fall === undefined) continue;
        falls += 1;
        process.stdout.write(
          `seed ${fall.seed}: ${fall.message}\n  ${fall.story.join("\n  ")}\n\n`,
        );
      }
      return `${played} of ${count}, ${falls} failed`;
    });
  }
  process.stdout.write(`${played} histories from seed ${first}: ${falls} failed\n`);
  return falls === 0 ? 0 : 1;
}

/** The walks share their files with tests, which are TypeScript. */
function loadWalks() {
  loadTypeScript();
  /** @type {(file: string) => unknown} */
  const load = require;
  return /** @type {typeof import("./walks.js")} */ (load("./walks.ts"));
}

runAsCommand(main);
