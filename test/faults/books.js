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
  return (state.deployment.resources ?? []).filter(({ type }) => /huawei-ota[/:]\w+:/.test(type));
}

/**
 * @param {Story} story
 * @param {import("./stories.js").Operation} operation
 * @param {Books} books
 * @param {string} exported
 * @param {readonly string[]} audited the POSTs of packages and tasks that the audit log knows
 * @returns {string[]}
 */
function differences(story, { command, expected }, books, exported, audited) {
  const { taskPostsInEffect, packagePostsInEffect } = books.counts;
  const tasks = story.tasks(books);
  const packages = story.packages(books);
  const wrong = [
    ...counted("DUPLICATE", "LOSS", "pushes", taskPostsInEffect, expected.pushes),
    ...counted("DUPLICATE", "LOSS", "packages made", packagePostsInEffect, expected.packagesMade),
    ...counted("LOSS", "LOSS", "tasks on the platform", tasks.length, expected.tasks),
    ...counted("LOSS", "LOSS", "packages on the platform", packages.length, expected.packages),
  ];
  const made = taskPostsInEffect + packagePostsInEffect;
  if (audited.length < made) wrong.push(`The audit log knows ${audited.length} of ${made} POSTs`);
  const resources = resourcesOf(exported);
  if (command === "destroy") {
    if (resources.length > 0) wrong.push("The state is not empty");
    return wrong;
  }

  const ofKind = (/** @type {string} */ kind) =>
    resources.filter(({ type }) => type.endsWith(`:${kind}`));
  const idsOf = (/** @type {string} */ kind) => ofKind(kind).map(({ id }) => id);
  const most = Math.max(0, ...timesEach(story.pushed(books)).values());
  if (expected.rollout !== undefined) {
    if (most > 1) wrong.push(`DUPLICATE: a device was pushed ${most} times`);
    const told = ofKind("FirmwareRollout")[0]?.outputs;
    if (told?.["outcome"] !== "succeeded" || told["onVersion"] !== expected.rollout) {
      wrong.push(`LIE: the rollout is told as ${String(told?.["outcome"])}`);
    }
    return wrong;
  }
  // One that a change has replaced may go on, where nobody can stop it.
  if (idsOf("FirmwareUpgradeTask").join() !== tasks.at(-1)?.id) {
    wrong.push("LOSS: the state has another task");
  }
  if (idsOf("VersionPackage").join() !== packages.join()) {
    wrong.push("LOSS: the state has another package");
  }
  if (ofKind("FirmwareUpgradeTask").some(({ outputs }) => outputs?.["unfulfilled"] !== undefined)) {
    wrong.push("LIE: the state keeps a wish that has come true");
  }
  for (const { id, outputs } of ofKind("UpgradeCompletion")) {
    const told = String(outputs?.["outcome"]);
    const status = tasks.find((task) => task.id === id)?.status;
    if ((told === "succeeded") !== (status === story.success)) {
      wrong.push(`LIE: the outcome told is ${told}, the platform's is ${String(status)}`);
    }
  }
  return wrong;
}

/** @param {readonly string[]} items */
function timesEach(items) {
  /** @type {Map<string, number>} */
  const times = new Map();
  for (const item of items) times.set(item, (times.get(item) ?? 0) + 1);
  return times;
}

/**
 * @param {string} ifMore
 * @param {string} ifLess
 * @param {string} what
 * @param {number} found
 * @param {number} expected
 */
function counted(ifMore, ifLess, what, found, expected) {
  if (found === expected) return [];
  return [`${found > expected ? ifMore : ifLess}: ${found} ${what} instead of ${expected}`];
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

module.exports = { auditOf, auditTextOf, differences, leaksIn };
