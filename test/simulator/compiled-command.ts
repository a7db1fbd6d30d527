import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { transformFileSync } from "@swc/core";

/** Compiles the simulator alone into a new folder and returns the path of its command. */
export function compileCommand(): string {
  const source = join(__dirname, "../../src/simulator");
  const folder = join(mkdtempSync(join(tmpdir(), "simulator-")), "simulator");
  for (const file of readdirSync(source, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const { code } = transformFileSync(join(source, file), {
      jsc: { parser: { syntax: "typescript" }, target: "es2022" },
      module: { type: "commonjs" },
    });
    const compiled = join(folder, file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(compiled), { recursive: true });
    writeFileSync(compiled, code);
  }
  return join(folder, "command.js");
}
