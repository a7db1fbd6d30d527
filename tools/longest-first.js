"use strict";

const { default: Sequencer } = require("@jest/test-sequencer");

/** These take minutes; one that began last would run alone. */
const LONGEST = [
  "test/walk/walk.test.ts",
  "test/engine/faults.test.ts",
  "test/engine/cases/red-for-nothing.test.ts",
  "test/engine/behaviours/interruptions.test.ts",
  "test/redis/shared-quota.test.ts",
  "test/engine/",
];

/** Jest knows how long a file takes only where it has run before; a fresh clone knows no more than sizes. */
class LongestFirst extends Sequencer {
  /**
   * @override
   * @param {Parameters<Sequencer["sort"]>[0]} tests
   */
  async sort(tests) {
    const rank = (/** @type {{ path: string }} */ { path }) => {
      const found = LONGEST.findIndex((part) => path.replaceAll("\\", "/").includes(part));
      return found < 0 ? LONGEST.length : found;
    };
    const bySize = await super.sort(tests);
    return [...bySize].sort((one, other) => rank(one) - rank(other));
  }
}

module.exports = LongestFirst;
