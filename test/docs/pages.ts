import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

/* What people read of this repository, but for the texts that tests record. */

export const ROOT = resolve(__dirname, "../..");

const FOLDERS = [".", "docs", "examples", "test/contract"];
const PASSED_OVER = new Set(["node_modules", "dist"]);

export interface Page {
  /** From the top folder, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

export function readPage(path: string): Page {
  return { path, text: readFileSync(join(ROOT, path), "utf8") };
}

export function allPages(): Page[] {
  return FOLDERS.flatMap((folder) => filesIn(join(ROOT, folder), folder !== "."))
    .filter((file) => file.endsWith(".md"))
    .map((file) => readPage(relative(ROOT, file).replaceAll("\\", "/")))
    .sort((a, b) => a.path.localeCompare(b.path));
}

function filesIn(folder: string, isDeep: boolean): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return [path];
    return isDeep && entry.isDirectory() && !PASSED_OVER.has(entry.name) ? filesIn(path, true) : [];
  });
}

export function blocksOf({ path, text }: Page): Block[] {
  const blocks = text.matchAll(/^ *```([a-z]*)\n([\s\S]*?)\n *```$/gm);
  return Array.from(blocks, ([, language = "", block = ""]) => ({
    page: path,
    language,
    text: block,
  }));
}

/** The rows of all tables under a heading, and under those below it, as cells without their blanks. */
export function rowsUnder({ text }: Page, heading: string): string[][] {
  const [, level = "", rest = ""] =
    new RegExp(`^(#+) ${heading}\\n([\\s\\S]*)`, "m").exec(text) ?? [];
  const [section = ""] = rest.split(new RegExp(`^#{1,${String(Math.max(1, level.length))}} `, "m"));
  return section
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\|[ :|-]+\|$/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
