"use strict";

const { spawn } = require("node:child_process");

const isTerminal = process.stderr.isTTY && process.env["NO_COLOR"] === undefined;

/**
 * @param {number} code an SGR colour
 * @param {string} text
 */
function paint(code, text) {
  return isTerminal ? `\u001b[${code}m${text}\u001b[39m` : text;
}

/** @param {string} text */
const green = (text) => paint(32, text);
/** @param {string} text */
const red = (text) => paint(31, text);
/** @param {string} text */
const grey = (text) => paint(90, text);

/** @param {string} text */
function write(text) {
  process.stderr.write(text);
}

/**
 * Does one thing and shows it as one line: a mark, its name, a remark, its duration.
 * @param {string} name
 * @param {(log: (line: string) => void) => Promise<string | undefined>} work gives back the remark;
 *   what it logs is shown as it happens
 */
async function step(name, work) {
  const started = Date.now();
  const line = (/** @type {string} */ mark, /** @type {string} */ remark) => {
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    const duration = remark === "" ? "" : grey(`  ${remark}`);
    return `${mark} ${name.padEnd(14)} ${seconds.padStart(6)} s${duration}`;
  };
  const rewrite = (/** @type {string} */ text) => {
    write(process.stderr.isTTY ? `\r\u001b[2K${text}` : text);
  };
  const ticking = process.stderr.isTTY
    ? setInterval(() => {
        rewrite(line(" ", ""));
      }, 200)
    : undefined;
  try {
    const remark = await work((text) => {
      rewrite(`  ${grey(text)}\n`);
    });
    rewrite(`${line(green("✓"), remark ?? "")}\n`);
  } catch (error) {
    rewrite(`${line(red("✗"), "")}\n`);
    throw error;
  } finally {
    clearInterval(ticking);
  }
}

/**
 * Runs a program in silence.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<string>} what it printed; the error's message when it fails
 */
function runSilently(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...options,
      env: { ...process.env, ...(isTerminal ? {} : { NO_COLOR: "1", FORCE_COLOR: "0" }) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (output += String(text)));
    }
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(output);
      else
        reject(new Error(output.trim() === "" ? `${command} ended with ${code}.` : output.trim()));
    });
  });
}

/**
 * Runs a tool from the command line: what it gives back is the exit code, and an error is a sentence.
 * @param {() => Promise<number>} work
 */
function runAsCommand(work) {
  work().then(
    (code) => {
      process.exitCode = code;
    },
    (/** @type {unknown} */ error) => {
      write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    },
  );
}

module.exports = { runAsCommand, runSilently, step, write };
