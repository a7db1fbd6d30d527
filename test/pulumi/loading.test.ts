import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loadingFault } from "../../src/pulumi/loading";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "loading-")));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function programWith(version: string | undefined): string {
  const program = mkdtempSync(join(folder, "program-"));
  if (version === undefined) return program;
  const installed = join(program, "node_modules", "pulumi-huawei-ota");
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, "package.json"), JSON.stringify({ version }));
  return program;
}

describe("The provider process", () => {
  it("loads the version that the program uses, where there is one", () => {
    expect(loadingFault(programWith("1.2.3"), "1.2.3")).toBeUndefined();
  });

  it("is said to find none in the folder of a program that has it from elsewhere", () => {
    const program = programWith(undefined);
    const resolvesNothing = (): never => {
      throw new Error("Cannot find module");
    };
    expect(loadingFault(program, "1.2.3", resolvesNothing)).toBe(
      `pulumi-huawei-ota cannot be loaded from ${program}, where Pulumi's provider process looks for it: name it among the dependencies of the package.json there, and install it.`,
    );
  });

  it("is said to load another version where there are two", () => {
    const program = programWith("1.2.4");
    expect(loadingFault(program, "1.2.3")).toBe(
      `The program uses pulumi-huawei-ota 1.2.3, and Pulumi's provider process would load 1.2.4 from ${join(program, "node_modules", "pulumi-huawei-ota")}: let there be one version of it, as \`npm ls pulumi-huawei-ota\` shows.`,
    );
  });
});
