import { existsSync, statSync } from "node:fs";
import { join, posix } from "node:path";

import { allPages, type Page, ROOT } from "./pages";

const pages = new Map(allPages().map((page) => [page.path, page]));

test("every page can be reached by links from the README", () => {
  const reached = new Set<string>();
  const open = ["README.md"];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const page = pages.get(path);
    if (page === undefined || reached.has(path)) continue;
    reached.add(path);
    open.push(...linksOf(page).map(({ target }) => targetOf(path, target)));
  }
  expect([...pages.keys()].filter((path) => !reached.has(path))).toEqual([]);
});

test("every link between pages leads to a file that is there, and to a heading of it", () => {
  const broken = [...pages.values()].flatMap((page) =>
    linksOf(page)
      .filter(({ target, anchor }) => !leadsSomewhere(page, target, anchor))
      .map(({ target, anchor }) => `${page.path}: ${target}${anchor && `#${anchor}`}`),
  );
  expect(broken).toEqual([]);
});

test("every link by a name has its address", () => {
  const nameless = [...pages.values()].flatMap(({ path, text }) =>
    Array.from(withoutCode(text).matchAll(/\]\[([^\]]+)\]/g), ([, name = ""]) => name)
      .filter((name) => !text.includes(`\n[${name}]: `))
      .map((name) => `${path}: ${name}`),
  );
  expect(nameless).toEqual([]);
});

interface Link {
  readonly target: string;
  readonly anchor: string;
}

function linksOf({ text }: Page): Link[] {
  const prose = withoutCode(text);
  const links = [/\]\(([^)\s]+)\)/g, /^\[[^\]]+\]: (\S+)$/gm].flatMap((pattern) =>
    Array.from(prose.matchAll(pattern), ([, link = ""]) => link),
  );
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [target = "", anchor = ""] = link.split("#");
      return { target, anchor };
    });
}

function leadsSomewhere(page: Page, target: string, anchor: string): boolean {
  const path = target === "" ? page.path : posix.join(posix.dirname(page.path), target);
  if (!existsSync(join(ROOT, path))) return false;
  if (anchor === "") return true;
  const there = pages.get(targetOf(page.path, target));
  return there !== undefined && anchorsOf(there).has(anchor);
}

function targetOf(from: string, target: string): string {
  if (target === "") return from;
  const path = posix.join(posix.dirname(from), target);
  const isFolder = existsSync(join(ROOT, path)) && statSync(join(ROOT, path)).isDirectory();
  return isFolder ? posix.join(path, "README.md") : path;
}

/** As GitHub makes them of headings. */
function anchorsOf({ text }: Page): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of withoutCode(text).matchAll(/^#+ (.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let number = 1; anchors.has(anchor); number += 1) anchor = `${slug}-${String(number)}`;
    anchors.add(anchor);
  }
  return anchors;
}

function withoutCode(text: string): string {
  return text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
}
