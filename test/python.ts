import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { cacheDirectory } from "../tools/engine/build";

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

export function run(command: string, ...given: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, given, { env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } });
    let [output, errors] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.on("error", (error) => {
      resolve({ code: null, output, errors: error.message });
    });
    child.on("close", (code) => {
      resolve({ code, output, errors });
    });
  });
}

async function succeed(wanted: string, command: string, ...given: readonly string[]) {
  const { code, errors } = await run(command, ...given);
  if (code === 0) return;
  const reason = errors.trim().split("\n").slice(-3).join("\n");
  throw new Error(`This test needs ${wanted}, and that failed:\n${reason}`);
}

/**
 * A Python with these packages, made once and kept in the cache folder under that name.
 * @returns its path
 */
export async function pythonWith(name: string, packages: readonly string[]): Promise<string> {
  const directory = join(cacheDirectory(process.env), name);
  const inside = process.platform === "win32" ? "Scripts/python.exe" : "bin/python";
  if (!existsSync(directory)) {
    mkdirSync(dirname(directory), { recursive: true });
    const temporary = mkdtempSync(`${directory}.building-`);
    try {
      await succeed("python3 with its venv module", "python3", "-m", "venv", temporary);
      const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
      const python = join(temporary, inside);
      await succeed(`pip install ${packages.join(" ")}`, python, ...pip, ...packages);
      if (!existsSync(directory)) renameSync(temporary, directory);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
  return join(directory, inside);
}
