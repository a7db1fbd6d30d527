import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";

import { transformFileSync } from "@swc/core";

import type { Answer, Command } from "./ledger-child";

const ROOT = resolve(__dirname, "../..");

/** Compiles what the child needs into a new folder. */
export function compileChild(): { program: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "ledger-child-"));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const sources = ["src", "src/upgrade", "src/wing"].flatMap((name) =>
    readdirSync(join(ROOT, name))
      .filter((file) => file.endsWith(".ts"))
      .map((file) => join(name, file)),
  );
  for (const file of [...sources, "test/wing/ledger-child.ts"]) {
    const { code } = transformFileSync(join(ROOT, file), {
      swcrc: false,
      jsc: { parser: { syntax: "typescript" }, target: "es2023" },
      module: { type: "commonjs" },
    });
    const target = join(folder, file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
  return {
    program: join(folder, "test/wing/ledger-child.js"),
    remove: () => {
      rmSync(folder, { recursive: true });
    },
  };
}

/** A process of its own that keeps the ledger of a run with others. */
export class LedgerProcess {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, (result: unknown) => void>();
  private asked = 0;

  constructor(program: string, folder: string, address: string) {
    this.child = spawn(process.execPath, [program, folder, address], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (this.child.stdout === null) throw new Error("The child has no output.");
    createInterface({ input: this.child.stdout }).on("line", (line) => {
      const { number, result } = JSON.parse(line) as Answer;
      this.waiting.get(number)?.(result);
    });
  }

  ask(method: Command["method"], ...given: readonly unknown[]): Promise<unknown> {
    this.asked += 1;
    const command: Command = { number: this.asked, method, given };
    const answer = new Promise((done) => this.waiting.set(command.number, done));
    this.child.stdin?.write(`${JSON.stringify(command)}\n`);
    return answer;
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
  }
}
