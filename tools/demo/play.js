"use strict";

const { setTimeout: pause } = require("node:timers/promises");
const narrator = require("./narrator.js");
const { openInBrowser } = require("./browser.js");
const { buildStage } = require("./stage.js");

/**
 * @typedef {object} Story
 * @property {string} name
 * @property {string} title
 * @property {string} introduction
 * @property {import("./stage.js").Setting} setting
 * @property {(actor: Actor) => Promise<void>} prepare before the first step, unseen
 * @property {readonly Step[]} steps
 * @property {Story} [watched] what is played in its place for somebody who watches
 * @property {(actor: Actor) => Promise<Closing>} close
 */

/**
 * @typedef {object} Step
 * @property {string} title what happens, in one line
 * @property {(actor: Actor) => Promise<void>} play
 */

/**
 * @typedef {object} Closing
 * @property {string} title
 * @property {readonly (readonly [string, number])[]} rows
 * @property {string} sentence
 */

/**
 * @typedef {object} Performance
 * @property {readonly RegExp[]} show the lines of the output that matter, as {@link createReader} writes them; each is shown once
 * @property {number} [code] the exit code to expect; default 0
 */

/**
 * What a step plays with.
 * @typedef {object} Actor
 * @property {(text: string) => void} tell
 * @property {(command: string, performance: Performance) => Promise<string>} pulumi to its end;
 *   gives back all of its output
 * @property {(command: string, performance: Performance) => Started} start the same, without waiting
 * @property {import("./stage.js").Stage["control"]} platform
 * @property {(file: string, text: string) => void} write a file beside the program
 * @property {(sentence: string, isSo: boolean) => void} prove
 * @property {() => Promise<{ deployment: Deployment }>} state of the stack
 */

/** @typedef {{ pending_operations?: readonly unknown[], resources?: readonly Resource[] }} Deployment */
/** @typedef {{ urn: string, id?: string, outputs?: Record<string, unknown> }} Resource */

/**
 * @typedef {object} Started
 * @property {() => string} output so far
 * @property {(what: string, isSo: () => boolean | Promise<boolean>) => Promise<void>} until waits
 *   for something that happens while the command runs
 * @property {() => Promise<string>} done
 * @property {() => void} interrupt as Ctrl-C does
 * @property {() => Promise<void>} kill
 */

const COMMAND_SECONDS = 240;

/** Says in one sentence why the story cannot go on. */
class StoryError extends Error {
  /**
   * @param {string} message
   * @param {string} [output] of the command that it is about
   */
  constructor(message, output = "") {
    super(message);
    this.output = output;
  }
}

/**
 * @param {Story} story
 * @param {{ isVerbose: boolean, isWatched: boolean, onStage: (strike: () => void) => void }} options
 */
async function playStory(story, { isVerbose, isWatched, onStage }) {
  const started = Date.now();
  narrator.open(story.title, story.introduction);
  const stage = await buildStage(story.setting);
  onStage(stage.strike);
  try {
    const actor = actorOn(stage, isVerbose);
    narrator.print();
    if (isWatched) {
      narrator.print(`Watch it at ${narrator.bold(stage.url)}`);
      narrator.print();
      openInBrowser(stage.url);
    }
    for (const [name, value] of Object.entries(stage.settings)) {
      narrator.command(`export ${name}=${value}`);
    }
    await actor.pulumi("stack init demo", { show: [] });
    await story.prepare(actor);

    for (const [index, step] of story.steps.entries()) {
      narrator.step(index + 1, step.title);
      await step.play(actor);
    }

    const { title, rows, sentence } = await story.close(actor);
    narrator.table(title, rows);
    narrator.print();
    const seconds = Math.round((Date.now() - started) / 1000);
    narrator.print(`${narrator.green("✓")} ${narrator.bold(sentence)} (${seconds} s)`);
  } finally {
    narrator.stopTicking();
    stage.strike();
  }
}

/**
 * @param {import("./stage.js").Stage} stage
 * @param {boolean} isVerbose
 * @returns {Actor}
 */
function actorOn(stage, isVerbose) {
  /** @type {Actor["start"]} */
  function start(command, { show, code: expected = 0 }) {
    narrator.command(`pulumi ${command}`);
    const read = createReader();
    /** @type {Set<string>} */
    const shown = new Set();
    const running = stage.pulumi(command.split(" "), (line) => {
      const text = isVerbose ? line : read(line);
      if (!isVerbose && (shown.has(text) || !show.some((pattern) => pattern.test(text)))) return;
      shown.add(text);
      narrator.output(text);
    });
    let hasEnded = false;
    void running.done.then(() => (hasEnded = true));
    return {
      output: running.output,
      until: async (what, isSo) => {
        const deadline = Date.now() + COMMAND_SECONDS * 1000;
        while (!(await isSo())) {
          if (hasEnded || Date.now() > deadline) {
            throw new StoryError(
              `\`pulumi ${command}\` ${hasEnded ? "ended" : "went on"} without ${what}.`,
              running.output(),
            );
          }
          await pause(100);
        }
      },
      interrupt: () => {
        narrator.interjection("^C");
        running.signal("SIGINT");
      },
      kill: async () => {
        await running.killWithAllBelow();
        narrator.interjection("killed (kill -9)");
        narrator.stopTicking();
      },
      done: async () => {
        const { code, output } = await inTime(running.done, command);
        narrator.stopTicking();
        const isExpected = code === expected;
        if (expected !== 0 && isExpected) narrator.output(`exit code ${expected}`);
        if (isExpected) return output;
        throw new StoryError(
          `\`pulumi ${command}\` should end with exit code ${expected}, and it ended with ${code ?? "none"}.`,
          output,
        );
      },
    };
  }

  return {
    tell: narrator.tell,
    start,
    pulumi: (command, performance) => start(command, performance).done(),
    platform: stage.control,
    write: stage.write,
    prove: (sentence, isSo) => {
      if (!isSo) throw new StoryError(`This should be so, and it is not: ${sentence}`);
      narrator.proven(sentence);
    },
    state: async () => {
      const { output } = await stage.pulumi(["stack", "export"], () => undefined).done;
      const exported = /** @type {unknown} */ (JSON.parse(output));
      return /** @type {{ deployment: Deployment }} */ (exported);
    },
  };
}

/**
 * @template Result
 * @param {Promise<Result>} done
 * @param {string} command
 * @returns {Promise<Result>}
 */
async function inTime(done, command) {
  const patience = new AbortController();
  const tooLate = pause(COMMAND_SECONDS * 1000, undefined, { signal: patience.signal }).then(() => {
    throw new StoryError(`\`pulumi ${command}\` did not end within ${COMMAND_SECONDS} s.`);
  });
  try {
    return await Promise.race([done, tooLate]);
  } finally {
    patience.abort();
    tooLate.catch(() => undefined);
  }
}

const ROW = /^ ?(\S{0,2}) +pulumi-nodejs:dynamic\/huawei-ota\/\w+:(\w+) (\S+) *(.*)$/;
const HEADING = /^ {2}(\S+) \((\S+)\):$/;
const UUID = /\b([\da-f]{8})(-[\da-f]{4}){3}-[\da-f]{12}\b/g;

/**
 * Reads pulumi's output line by line and gives it back with short types and ids, rows in columns,
 * and each line of the diagnostics with the name of its resource; what a row repeats of the
 * diagnostics is left out.
 * @returns {(line: string) => string}
 */
function createReader() {
  let subject = "";
  return (line) => {
    const text = line.replaceAll(UUID, "$1…").trimEnd();
    const heading = HEADING.exec(text);
    if (heading !== null) {
      subject = `${heading[2]}: `;
      return text;
    }
    const row = ROW.exec(text);
    if (row !== null) {
      const [, mark = "", kind = "", name = "", rest = ""] = row;
      const withoutMessages = rest.replace(/(; |^)?(warning|error): .*$/, "");
      const isUnderWay = /\(\d+(\.\d+)?s\)/.test(rest);
      const remark = isUnderWay
        ? withoutMessages.replace(/\[diff: [^\]]*\](; )?/, "")
        : withoutMessages;
      return `${mark.padEnd(2)} ${kind.padEnd(19)} ${name.padEnd(10)} ${remark.trim()}`.trimEnd();
    }
    if (/^\S/.test(text)) subject = "";
    return withSubject(subject, text.trimStart().replace(/\S*dynamic\/huawei-ota\/\w+:/, ""));
  };
}

/**
 * A line that begins with the name itself has it once.
 * @param {string} subject
 * @param {string} text
 */
function withSubject(subject, text) {
  const severity = /^(?:warning|error): /.exec(text)?.[0] ?? "";
  const said = text.slice(severity.length);
  return subject + severity + (said.startsWith(subject) ? said.slice(subject.length) : said);
}

module.exports = { playStory, StoryError };
