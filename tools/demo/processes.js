"use strict";

const { spawnSync } = require("node:child_process");
const fs = require("node:fs");

/** @returns {Map<number, number>} each process and its parent */
function parents() {
  if (fs.existsSync("/proc/self/stat")) {
    const entries = fs
      .readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          const stat = fs.readFileSync(`/proc/${name}/stat`, "utf8");
          // pid (command, which may hold anything) state parent
          const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
          return [/** @type {[number, number]} */ ([Number(name), Number(parent)])];
        } catch {
          return []; // It has ended since.
        }
      });
    return new Map(entries);
  }
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const lines = stdout.trim().split("\n");
  return new Map(
    lines.map((line) => {
      const [pid = NaN, parent = NaN] = line.trim().split(/\s+/).map(Number);
      return [pid, parent];
    }),
  );
}

/**
 * A process and all below it, parents first. Once the parent has ended, its children can no longer
 * be told from others: ask before.
 * @param {number} pid
 */
function processTree(pid) {
  const all = parents();
  const tree = [pid];
  for (const one of tree) {
    for (const [child, parent] of all) if (parent === one) tree.push(child);
  }
  return tree;
}

/** @param {readonly number[]} pids */
function killAll(pids) {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
  }
}

module.exports = { killAll, processTree };
