"use strict";

/**
 * Columns as wide as their widest cell; all but the first stand to the right.
 * @param {readonly (readonly string[])[]} rows the first is the heading
 */
function table(rows) {
  const heading = rows[0] ?? [];
  const widths = heading.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (/** @type {readonly string[]} */ row) =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? "";
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(heading), rule, ...rows.slice(1).map(line)].join("\n");
}

module.exports = { table };
