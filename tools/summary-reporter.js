"use strict";

const { appendFileSync } = require("node:fs");

/**
 * Adds the outcome of a Jest run to the file that TEST_SUMMARY_FILE names, one line a run, so that
 * several runs can be counted together.
 */
class SummaryReporter {
  /**
   * @param {unknown} _contexts
   * @param {{ numPassedTests: number, numFailedTests: number, numRuntimeErrorTestSuites: number }} results
   */
  onRunComplete(_contexts, results) {
    const file = process.env["TEST_SUMMARY_FILE"];
    if (file === undefined) return;
    // A file that could not be loaded has no tests to count, and is a failure all the same.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    appendFileSync(file, `${results.numPassedTests} ${failed}\n`);
  }
}

module.exports = SummaryReporter;
