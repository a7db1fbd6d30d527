"use strict";

const { parseArgs } = require("node:util");
const { runAsCommand, step } = require("../../tools/terminal.js");
const { loadTypeScript } = require("../../tools/typescript.js");

const HELP = `npm run histories -- [OPTIONS]

Plays random histories of a rollout (edits, approvals, kills, lost states, sleeping and failing devices)
against an abstract platform, and holds what was pushed against what is promised. A history is its seed.

  --histories N  how many (default 1000)
  --seed N       the seed of the first one; the others follow (default: by the clock)
  --hooks        through the real hooks, against the simulator, eight at once; slower by far
  --most N       stop after so many that fail (default 3)
  --help         this text
`;

async function main() {
  const { values } = parseArgs({
    options: {
      histories: { type: "string", default: "1000" },
      seed: { type: "string" },
      hooks: { type: "boolean", default: false },
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
  const most = Number(values.most);
  const { play, part, atOnce } = values.hooks
    ? { play: throughHooks(), part: 40, atOnce: 8 }
    : { play: onModel(), part: 500, atOnce: 1 };
  let falls = 0;
  let played = 0;
  while (played < count && falls < most) {
    const end = Math.min(count, played + part);
    await step(`to ${first + end - 1}`, async () => {
      const playOn = async () => {
        while (played < end && falls < most) {
          const seed = first + played++;
          const fall = await play(seed);
          if (fall === undefined) continue;
          falls += 1;
          process.stdout.write(`seed ${seed}: ${fall}\n\n`);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, playOn));
      return `${played} of ${count}, ${falls} failed`;
    });
  }
  process.stdout.write(`${played} histories from seed ${first}: ${falls} failed\n`);
  return falls === 0 ? 0 : 1;
}

/** @typedef {(seed: number) => Promise<string | undefined>} PlayOne what a history breaks, if anything */

/** @returns {PlayOne} */
function onModel() {
  const { walk } = /** @type {typeof import("./walks.js")} */ (loaded("./walks.ts"));
  return async (seed) => {
    const fall = await walk(seed);
    return fall && `${fall.message}\n  ${fall.story.join("\n  ")}`;
  };
}

/** @returns {PlayOne} */
function throughHooks() {
  const hooks = /** @type {typeof import("./hooks.js")} */ (loaded("./hooks.ts"));
  return (seed) =>
    hooks.playThroughHooks(seed).then(
      () => undefined,
      (/** @type {unknown} */ error) => (error instanceof Error ? error.message : String(error)),
    );
}

/**
 * The walks share their files with tests, which are TypeScript.
 * @param {string} file
 */
function loaded(file) {
  loadTypeScript();
  /** @type {(file: string) => unknown} */
  const load = require;
  return load(file);
}

runAsCommand(main);
