import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { blocksOf, readPage, ROOT } from "../docs/pages";
import { newStack, type Stack } from "../engine/stack";

/* What the README has a newcomer type, in an empty folder, with the package as it would be published. */

const README = readPage("README.md");
const [commands] = blocksOf(README).filter(({ text }) => text.startsWith("npm install"));

let packed: string;
let stack: Stack;
beforeAll(async () => {
  packed = mkdtempSync(join(tmpdir(), "huawei-ota-packed-"));
  await run(`npm pack --ignore-scripts --silent --pack-destination ${packed}`, ROOT, process.env);
  stack = await newStack({ program: "" });
  for (const name of ["node_modules", "package.json", "index.js", "Pulumi.yaml"]) {
    rmSync(join(stack.directory, name), { recursive: true });
  }
});
afterAll(() => {
  stack.remove();
  rmSync(packed, { recursive: true, force: true });
});

test("the README's first use, typed as it stands, prints the preview that the README shows", async () => {
  writeFileSync(join(stack.directory, "index.ts"), blockOf("ts"));
  writeFileSync(join(stack.directory, "Pulumi.yaml"), blockOf("yaml"));
  const [tarball = ""] = readdirSync(packed);
  // Only the registry and the port are not the newcomer's.
  const typed = (commands?.text ?? "")
    .replace("install pulumi-huawei-ota", `install --prefer-offline ${join(packed, tarball)}`)
    .replaceAll("8743", String(await freePort()));
  const printed = await run(typed, stack.directory, stack.environment);
  const [, preview = ""] = printed.split(/(?=^Diagnostics:)/m);
  expect(plainly(preview)).toEqual(plainly(blockOf("text")));
});

function blockOf(language: string): string {
  return blocksOf(README).find((block) => block.language === language)?.text ?? "";
}

/** The lines without the time of the draw, in any order: the engine keeps none. */
function plainly(text: string): string[] {
  return text
    .replaceAll(/Drawn \S+Z/g, "Drawn TIME")
    .trim()
    .split("\n")
    .map((line) => line.trimEnd())
    .sort();
}

/** Runs lines of a shell to their end, and ends what they have left behind. */
function run(text: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const clean = Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith("npm_")),
  );
  return new Promise((done, fail) => {
    const child = spawn("sh", ["-ec", text], { cwd, env: clean, detached: true });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    }
    child.on("error", fail);
    child.on("exit", (code) => {
      try {
        process.kill(-(child.pid ?? 0), "SIGTERM");
      } catch {
        // Nothing was left.
      }
      if (code === 0) done(output);
      else fail(new Error(`It ended with ${String(code)}:\n${output}`));
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => {
        done(port);
      });
    });
  });
}
