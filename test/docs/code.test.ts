import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import ts from "typescript";
import { parseAllDocuments } from "yaml";

import { allPages, type Block, blocksOf, readPage, ROOT } from "./pages";

/* The code that pages show: what can be run without a platform runs elsewhere, all of it is read here. */

const blocks = allPages()
  .filter(({ path }) => !path.startsWith("docs/reference/"))
  .flatMap(blocksOf);
const inLanguage = (language: string): Block[] => blocks.filter((one) => one.language === language);

/** What a block that shows a part of a program takes for granted. */
const AROUND = `
import type * as pulumi from "@pulumi/pulumi";
import type { northbound } from "pulumi-huawei-ota";
declare global {
  const config: pulumi.Config;
  const firmware: northbound.VersionPackage;
  const endpoint: string;
  const appId: string;
  const secret: pulumi.Output<string>;
}
`;
const IMPORTS = `import { iotda, northbound, Provider } from "pulumi-huawei-ota";\n`;

test("programs compile", () => {
  const programs = inLanguage("ts");
  expect(programs.length).toBeGreaterThan(4);
  const files = new Map([[join(ROOT, "test/docs/around.ts"), AROUND]]);
  for (const [index, { text }] of programs.entries()) {
    const whole = text.includes("import ") ? text : IMPORTS + text;
    files.set(join(ROOT, `test/docs/block-${String(index)}.ts`), `${whole}\nexport {};\n`);
  }
  const errors = complaintsOf(files).map(({ file, text }) => {
    const index = Number(/block-(\d+)/.exec(file)?.[1]);
    return `${programs[index]?.page ?? file}: ${text}`;
  });
  expect(errors).toEqual([]);
});

function complaintsOf(files: ReadonlyMap<string, string>): { file: string; text: string }[] {
  const options: ts.CompilerOptions = {
    ...{ target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.Preserve, strict: true },
    ...{ noEmit: true, skipLibCheck: true, types: ["node"] },
    paths: {
      "pulumi-huawei-ota": [join(ROOT, "src/index.ts")],
      "pulumi-huawei-ota/*": [join(ROOT, "src/*.ts")],
    },
  };
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  host.readFile = (file) => files.get(file) ?? read(file);
  const isThere = host.fileExists.bind(host);
  host.fileExists = (file) => files.has(file) || isThere(file);
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    return [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ].map(({ messageText }) => ({ file, text: ts.flattenDiagnosticMessageText(messageText, " ") }));
  });
}

test.each(inLanguage("json"))("$page: JSON can be read", ({ text }) => {
  expect(() => JSON.parse(text) as unknown).not.toThrow();
});

test.each(inLanguage("yaml"))("$page: YAML can be read", ({ text }) => {
  expect(parseAllDocuments(text).flatMap(({ errors }) => errors)).toEqual([]);
});

describe.each(inLanguage("sh"))("$page: commands", ({ page, text }) => {
  test("are such as a shell can read", () => {
    const { stderr } = spawnSync("sh", ["-n"], { input: text, encoding: "utf8" });
    expect(stderr).toBe("");
  });

  test("name scripts, commands and settings that are there", () => {
    expect({ page, unknown: unknownIn(text) }).toEqual({ page, unknown: [] });
  });
});

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;
const settings = readPages(
  "docs/settings.md",
  "docs/simulator.md",
  "docs/review.md",
  "CONTRIBUTING.md",
);

/** Where a page has the options of a command that it does not describe itself. */
const MANUALS: Readonly<Record<string, string>> = {
  "huawei-ota-report": readPages("docs/report.md"),
  "huawei-ota-review": readPages("docs/review.md"),
  "huawei-ota-simulator": readPages("docs/simulator.md"),
};

function readPages(...paths: string[]): string {
  return paths.map((path) => readPage(path).text).join("\n");
}

function unknownIn(text: string): string[] {
  const code = text.replaceAll(/(^|\s)#.*$/gm, "");
  const found = (pattern: RegExp): string[] =>
    Array.from(code.matchAll(pattern), ([, name = ""]) => name);
  const calls = code.matchAll(/(?:npx(?: --\S+)* |^|\| )(huawei-ota-[a-z]+)([^\n|]*)/gm);
  return [
    ...found(/npm run (?:--\S+ )?([a-z:0-9-]+)/g).filter((name) => !(name in manifest.scripts)),
    ...found(/\b(huawei-ota-(?:simulator|review|report))\b/g).filter(
      (name) => !(name in manifest.bin),
    ),
    ...found(/\b(H(?:UAWEI_OTA|W)_[A-Z_]+)/g).filter((name) => !settings.includes(`\`${name}\``)),
    ...Array.from(calls).flatMap(([, command = "", rest = ""]) =>
      (rest.match(/--[a-z-]+/g) ?? []).filter((flag) => !MANUALS[command]?.includes(`\`${flag}`)),
    ),
    ...found(/ (?:node_modules\/pulumi-huawei-ota\/)?((?:examples|tools|test)\/[\w./-]+)/g).filter(
      (path) => !existsSync(join(ROOT, path)),
    ),
  ];
}
