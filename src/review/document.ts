/** A comment before it has a format: blocks of text, of which each format makes its own. */
export type Block =
  | { readonly kind: "heading"; readonly text: Text }
  | { readonly kind: "paragraph"; readonly text: Text }
  | { readonly kind: "list"; readonly items: readonly Text[] }
  | {
      readonly kind: "table";
      readonly head: readonly string[];
      readonly rows: readonly (readonly Text[])[];
    }
  | { readonly kind: "fold"; readonly title: string; readonly lines: readonly string[] };

/** Words of others, which no format may take for its own marks, and what is to stand out. */
export type Text = readonly (string | { readonly strong: string })[];

export const strong = (text: string): { readonly strong: string } => ({ strong: text });

/** `github` and `gitlab` are Markdown with what either would take for a link kept apart. */
export type Format = "github" | "gitlab" | "text";

/**
 * The blocks in a format, cut to so many characters from the end: what comes first is what a reader
 * must not miss.
 *
 * @param begin - what stands before the first block
 */
export function render(
  blocks: readonly Block[],
  format: Format,
  limit: number,
  begin = "",
): string {
  const whole = begin + joined(blocks.map((block) => textOf(block, format)));
  if (whole.length <= limit) return whole;
  const kept: string[] = [];
  const room = (): number => limit - begin.length - joined([...kept, CUT]).length - 2;
  for (const block of blocks) {
    const text = textOf(block, format);
    if (text.length <= room()) {
      kept.push(text);
      continue;
    }
    const part = block.kind === "fold" ? shortened(block, format, room()) : atLine(text, room());
    if (part !== "") kept.push(part);
    break;
  }
  return begin + joined([...kept, CUT]);
}

const CUT = "The rest is left out here; the run's log has it.";

function joined(texts: readonly string[]): string {
  return `${texts.filter((text) => text !== "").join("\n\n")}\n`;
}

function atLine(text: string, room: number): string {
  return text.slice(0, Math.max(0, text.lastIndexOf("\n", room)));
}

/** A fold that is cut is still closed. */
function shortened(block: Block & { readonly kind: "fold" }, format: Format, room: number): string {
  const lines: string[] = [];
  let left = room - textOf({ ...block, lines: [] }, format).length;
  for (const line of block.lines) {
    left -= line.length + 1;
    if (left < 0) break;
    lines.push(line);
  }
  return lines.length === 0 ? "" : textOf({ ...block, lines }, format);
}

function textOf(block: Block, format: Format): string {
  const inline = (text: Text): string => inlineOf(text, format);
  switch (block.kind) {
    case "heading":
      return format === "text" ? inline(block.text) : `### ${inline(block.text)}`;
    case "paragraph":
      return inline(block.text);
    case "list":
      return block.items.map((item) => `- ${inline(item)}`).join("\n");
    case "table":
      return tableOf(
        block.head,
        block.rows.map((row) => row.map(inline)),
        format,
      );
    case "fold":
      return foldOf(block.title, block.lines, format);
  }
}

function tableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  format: Format,
): string {
  if (format !== "text") {
    const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
    return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
  }
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [head, ...rows]
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
    .map((line) => `  ${line.trimEnd()}`)
    .join("\n");
}

function foldOf(title: string, lines: readonly string[], format: Format): string {
  if (format === "text") return [`${title}:`, ...lines.map((line) => `  ${line}`)].join("\n");
  // Longer than any fence in it, so that nothing in it ends it.
  const longest = Math.max(2, ...lines.flatMap((line) => line.match(/`+/g) ?? []).map(lengthOf));
  const fence = "`".repeat(longest + 1);
  return [
    `<details><summary>${title}</summary>`,
    "",
    `${fence}diff`,
    ...lines,
    fence,
    "</details>",
  ].join("\n");
}

function lengthOf(text: string): number {
  return text.length;
}

function inlineOf(text: Text, format: Format): string {
  return text
    .map((part) => {
      const words = typeof part === "string" ? part : part.strong;
      if (format === "text") return words;
      return typeof part === "string" ? escaped(words, format) : `**${escaped(words, format)}**`;
    })
    .join("");
}

/** Nothing in it is a mark, a link to a person or an issue, or a line of its own; code stays code. */
function escaped(text: string, format: "github" | "gitlab"): string {
  const references = format === "github" ? /[@#](?=\w)/g : /[@#!$%&~](?=\w)/g;
  return text
    .replaceAll(/\s*\n\s*/g, " ")
    .replaceAll(/[\\*[\]|<]|\b_\B|\B_\b|^[>#+-]/g, (mark) => (mark === "<" ? "&lt;" : `\\${mark}`))
    .replaceAll(references, (mark) => `${mark}<!-- -->`);
}
