"use strict";

const fs = require("node:fs");
const path = require("node:path");

/*
 * Three sets of books must agree: the platform's, the state's and the audit log's.
 */

/** @typedef {import("./stories.js").Story} Story */
/** @typedef {import("./stories.js").Books} Books */
/** @typedef {{ urn: string, type: string, id?: string, outputs?: Record<string, unknown> }} Resource */

const parse = /** @type {(text: string) => unknown} */ (JSON.parse);

/** @param {string} exported */
function resourcesOf(exported) {
  const state = /** @type {{ deployment: { resources?: Resource[] } }} */ (parse(exported));
  return (state.deployment.resources ?? []).filter(({ type }) => type.includes("huawei-ota/"));
}

/**
 * @param {Story} story
 * @param {Books} books
 * @param {string} exported
 * @param {readonly string[]} audited the POSTs of packages and tasks that the audit log knows
 * @returns {string[]}
 */
function differencesAfterUp(story, books, exported, audited) {
  const wrong = [];
  const resources = resourcesOf(exported);
  const ofKind = (/** @type {string} */ kind) =>
    resources.filter(({ type }) => type.endsWith(`:${kind}`));
  const tasks = story.tasks(books);
  const [task] = tasks;
  if (books.counts.taskPostsInEffect > 1) wrong.push("DUPLICATE: the task was pushed twice");
  if (tasks.length !== 1 || task === undefined) {
    wrong.push(`LOSS: the platform has ${tasks.length} tasks`);
    return wrong;
  }
  const inState = ofKind("FirmwareUpgradeTask").map(({ id }) => id);
  if (inState.join() !== task.id) wrong.push("LOSS: the state has another task");
  const packages = story.packages(books);
  if (packages.length > 1) wrong.push("DUPLICATE: the package was made twice");
  if (packages.length === 1 && ofKind("VersionPackage")[0]?.id !== packages[0]) {
    wrong.push("LOSS: the state has another package");
  }
  const outcome = ofKind("UpgradeCompletion")[0]?.outputs?.["outcome"];
  if ((outcome === "succeeded") !== (task.status === story.success)) {
    wrong.push(`LIE: the outcome told is ${String(outcome)}, the platform's is ${task.status}`);
  }
  const { taskPostsInEffect, packagePostsInEffect } = books.counts;
  const made = taskPostsInEffect + packagePostsInEffect;
  if (audited.length < made) wrong.push(`The audit log knows ${audited.length} of ${made} POSTs`);
  return wrong;
}

/**
 * @param {Story} story
 * @param {Books} books
 * @param {string} exported
 * @returns {string[]}
 */
function differencesAfterDestroy(story, books, exported) {
  const wrong = [];
  if (resourcesOf(exported).length > 0) wrong.push("The state is not empty");
  if (books.counts.taskPostsInEffect > 1) wrong.push("DUPLICATE: the task was pushed twice");
  const tasks = story.tasks(books).length;
  if (tasks !== (story.deletesTasks ? 0 : 1)) wrong.push(`LOSS: the platform has ${tasks} tasks`);
  if (story.packages(books).length > 0) wrong.push("LOSS: the platform still has the package");
  return wrong;
}

/**
 * A secret, as it is or as a URL, a form, JSON or base64 has it, in what was written or sent.
 * @param {Readonly<Record<string, string>>} written by where it stands
 * @param {readonly string[]} secrets
 * @returns {string[]}
 */
function leaksIn(written, secrets) {
  return Object.entries(written).flatMap(([where, text]) => {
    const found = secrets.flatMap(spellingsOf).some((spelling) => text.includes(spelling));
    return found ? [`LEAK: a secret stands in ${where}`] : [];
  });
}

/** @param {string} secret */
function spellingsOf(secret) {
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.from("x".repeat(shift) + secret).toString("base64");
    // The first and the last characters depend on the neighbours.
    return text.slice(shift === 0 ? 0 : 4, -4);
  });
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...base64];
}

/**
 * @param {string} directory
 * @returns {string}
 */
function auditTextOf(directory) {
  const file = path.join(directory, "audit.jsonl");
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
}

/**
 * @param {string} directory
 * @returns {string[]}
 */
function auditOf(directory) {
  return auditTextOf(directory)
    .trim()
    .split("\n")
    .filter((line) =>
      /"event":"before".*"method":"POST".*(Upgrade|batchtasks|packages)"/.test(line),
    );
}

module.exports = { auditOf, auditTextOf, differencesAfterDestroy, differencesAfterUp, leaksIn };
