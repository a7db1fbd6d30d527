"use strict";

const narrator = require("./narrator.js");
const { iotda } = require("./iotda.js");
const { northbound } = require("./northbound.js");
const { rollout } = require("./rollout.js");
const { playStory, StoryError } = require("./play.js");

/** @type {readonly import("./play.js").Story[]} */
const stories = [northbound, iotda, rollout];

const HELP = `npm run demo [-- [--verbose] [--watch] [STORY]]

Plays a story with real pulumi commands on a simulated platform: no account, no devices, no network.
It proves what it tells, and ends with exit code 1 where something is not so.

Stories:
${stories.map(({ name, title }) => `  ${name.padEnd(12)} ${title}${name === stories[0]?.name ? " (the default)" : ""}`).join("\n")}

Options:
  --verbose    all that pulumi prints, as it prints it
  --watch      opens a page in the browser on which the devices change; rollout has 2,000 for it
  --help       this text
`;

async function main() {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(HELP);
    return 0;
  }
  const [name = stories[0]?.name, ...others] = args.filter(
    (each) => each !== "--verbose" && each !== "--watch",
  );
  const story = stories.find((each) => each.name === name);
  if (story === undefined || others.length > 0) {
    process.stderr.write(`There is no story "${[name, ...others].join(" ")}".\n\n${HELP}`);
    return 2;
  }
  if (process.platform === "win32") {
    throw new StoryError("The story interrupts and kills commands by signals; play it in WSL.");
  }

  /** @type {() => void} */
  let strike = () => undefined;
  for (const [signal, code] of /** @type {const} */ ([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ])) {
    process.on(signal, () => {
      narrator.stopTicking();
      strike();
      narrator.print(
        "\nInterrupted: all that ran has been ended, and the temporary folder removed.",
      );
      process.exit(code);
    });
  }
  const isWatched = args.includes("--watch");
  await playStory(isWatched ? (story.watched ?? story) : story, {
    isVerbose: args.includes("--verbose"),
    isWatched,
    onStage: (built) => (strike = built),
  });
  return 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (/** @type {unknown} */ error) => {
    if (error instanceof StoryError && error.output !== "") {
      for (const line of error.output.split("\n").slice(-40)) narrator.output(line);
    }
    narrator.refuted(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
