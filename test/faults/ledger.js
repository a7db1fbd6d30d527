"use strict";

const fs = require("node:fs");
const path = require("node:path");

/*
 * The file in which the provider processes of a run write down what they make, in a temp folder that
 * each scene has for itself.
 */

/** @param {string} directory of the stack */
function temporaryFolderIn(directory) {
  const folder = path.join(directory, ".tmp");
  fs.mkdirSync(folder);
  return folder;
}

/** @param {string} directory */
function runsIn(directory) {
  return path.join(directory, ".tmp", `pulumi-huawei-ota-${process.getuid?.() ?? "runs"}`);
}

/** @param {string} directory */
function filesOf(directory) {
  const folder = runsIn(directory);
  if (!fs.existsSync(folder) || !fs.statSync(folder).isDirectory()) return [];
  return fs.readdirSync(folder).map((name) => path.join(folder, name));
}

/** @param {string} directory */
function ledgerTextOf(directory) {
  return filesOf(directory)
    .map((file) => fs.readFileSync(file, "utf8"))
    .join("");
}

/** Whoever runs this, nobody can make a folder where a file is. @param {string} directory */
function preventLedger(directory) {
  fs.rmSync(runsIn(directory), { recursive: true, force: true });
  fs.writeFileSync(runsIn(directory), "");
}

/** @param {string} directory */
function allowLedger(directory) {
  fs.rmSync(runsIn(directory), { recursive: true, force: true });
}

/**
 * @param {import("./breaks.js").LedgerAct} act
 * @param {string} directory
 */
function breakLedger(act, directory) {
  for (const file of filesOf(directory)) {
    if (act === "cut the ledger") fs.truncateSync(file, Math.floor(fs.statSync(file).size / 2));
    if (act === "take the ledger away") fs.rmSync(file);
    if (act === "add a dead run to the ledger") fs.appendFileSync(file, ofADeadRun(file));
  }
}

/** What stands there, said by processes with the same numbers that were born long ago. @param {string} file */
function ofADeadRun(file) {
  return fs.readFileSync(file, "utf8").replaceAll(/"born":[^,}]+/g, '"born":1');
}

module.exports = { allowLedger, breakLedger, ledgerTextOf, preventLedger, temporaryFolderIn };
