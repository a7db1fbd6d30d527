"use strict";

/**
 * The middle, and how far the others lie from it: few runs on a shared computer have outliers, which
 * a mean would follow.
 * @typedef {{ median: number, min: number, max: number }} Spread
 */

/**
 * @param {readonly number[]} values at least one
 * @returns {Spread}
 */
function spreadOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (/** @type {number} */ index) => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  };
}

/**
 * The least time in which a quota lets so many calls through: the first minute's go at once, the next as
 * many wait for the minute to be over.
 * @param {number} calls
 * @param {number} callsPerMinute
 */
function floorSeconds(calls, callsPerMinute) {
  return calls === 0 ? 0 : Math.floor((calls - 1) / callsPerMinute) * 60;
}

module.exports = { floorSeconds, spreadOf };
