"use strict";

/**
 * What the person reads: plain lines, with colour and a running clock on a terminal only.
 */

const isTerminal = process.stdout.isTTY;
const isColoured =
  isTerminal && process.env["NO_COLOR"] === undefined && process.env["TERM"] !== "dumb";

/** @type {(code: number, end: number) => (text: string) => string} */
const style = (code, end) => (text) => (isColoured ? `\u001b[${code}m${text}\u001b[${end}m` : text);
const bold = style(1, 22);
const green = style(32, 39);
const red = style(31, 39);
const yellow = style(33, 39);
const cyan = style(36, 39);
const grey = style(90, 39);

/** Of a line, in characters. */
const WIDTH = isTerminal ? Math.min(98, Math.max(60, process.stdout.columns)) : 98;

/** @type {NodeJS.Timeout | undefined} */
let ticking;

/** @param {string} [line] */
function print(line = "") {
  if (ticking !== undefined) process.stdout.write("\r\u001b[2K");
  process.stdout.write(`${line}\n`);
}

/**
 * Text in lines that fit, each behind the same margin.
 * @param {string} text
 * @param {string} margin
 * @param {string} [first] the margin of the first line
 */
function wrap(text, margin, first = margin) {
  /** @type {string[]} */
  const lines = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(/ +/)) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = margin;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** @param {string} text */
function tell(text) {
  for (const line of wrap(text, "   ")) print(line);
}

/**
 * @param {string} title
 * @param {string} introduction
 */
function open(title, introduction) {
  print(bold(title));
  print();
  for (const line of wrap(introduction, "")) print(line);
}

/**
 * @param {number} number
 * @param {string} title
 */
function step(number, title) {
  print();
  const [head = "", ...rest] = wrap(title, "    ", `${String(number).padStart(2)}. `);
  print(bold(head));
  for (const line of rest) print(bold(line));
}

/** @param {string} text as one would type it */
function command(text) {
  print(`   ${cyan("$")} ${cyan(text)}`);
  startTicking();
}

/**
 * A line of a command's output.
 * @param {string} text
 */
function output(text) {
  const indent = /^ */.exec(text)?.[0] ?? "";
  const paint = /\bwarning: /.test(text) ? yellow : /\berror: /.test(text) ? red : String;
  if (text.trim() === "") return;
  const margin = `     ${indent}`;
  // Columns stay as they are where they fit.
  const lines =
    margin.length + text.length <= WIDTH
      ? [`     ${text}`]
      : wrap(text.trimStart(), `${margin}  `, margin);
  for (const line of lines) print(paint(line));
}

/** @param {string} text what happens to a command under way */
function interjection(text) {
  print(`     ${bold(text)}`);
}

/** @param {string} text what was asserted and is so */
function proven(text) {
  const [head = "", ...rest] = wrap(text, "     ", "   ✓ ");
  print(head.replace("✓", green("✓")));
  for (const line of rest) print(line);
}

/** @param {string} text the sentence that was to be proven */
function refuted(text) {
  print(`   ${red("✗")} ${text}`);
}

/**
 * @param {string} title
 * @param {readonly (readonly [string, string | number])[]} rows
 */
function table(title, rows) {
  print();
  print(bold(title));
  print();
  const widest = Math.max(...rows.map(([name]) => name.length));
  const digits = Math.max(...rows.map(([, value]) => String(value).length));
  for (const [name, value] of rows) {
    print(`   ${name.padEnd(widest)}   ${String(value).padStart(digits)}`);
  }
}

/** Shows on a terminal that a command is under way and for how long. */
function startTicking() {
  stopTicking();
  if (!isTerminal) return;
  const started = Date.now();
  ticking = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    process.stdout.write(`\r\u001b[2K     ${grey(`… ${seconds} s`)}`);
  }, 500);
}

function stopTicking() {
  if (ticking === undefined) return;
  clearInterval(ticking);
  ticking = undefined;
  process.stdout.write("\r\u001b[2K");
}

module.exports = {
  bold,
  command,
  green,
  interjection,
  open,
  output,
  print,
  proven,
  refuted,
  step,
  stopTicking,
  table,
  tell,
};
