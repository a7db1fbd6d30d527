import { cpSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { taskText } from "../behaviours/program";
import { wings } from "../behaviours/wings";
import { fails, passes, story } from "../story";

describe.each(wings)("$name: an error that a program does not handle", (wing) => {
  const named = `{ ${wing.taskField}: "698dc5a4a1b2c3d4e5ffffff" }`;
  const tale = story();

  test.each([
    ["a lookup", `${wing.name}.getUpgradeTask(${named});`, "has no upgrade task"],
    ["a lookup of Outputs", `${wing.name}.getUpgradeTaskOutput(${named});`, "has no upgrade task"],
    [
      "a constructor",
      `new Provider("eu", { ${wing.name}: { apId: "a" } });`,
      'has no setting "apId"',
    ],
  ])("of %s is one sentence", async (_what, program, sentence) => {
    tale.stack.program(program);
    const [, diagnostics = ""] = (await fails(tale.stack.preview())).split("Diagnostics:");
    expect(diagnostics.split(sentence)).toHaveLength(2);
    expect(diagnostics).not.toMatch(/unhandled|\n\s+at /);
  });

  test("and customTimeouts is said to have no effect", async () => {
    tale.stack.program(
      taskText(wing, "pilot", { options: '{ customTimeouts: { create: "1h" } }' }),
    );
    expect(await passes(tale.stack.preview())).toContain(
      "warning: pilot: customTimeouts has no effect",
    );
  });
});

describe("a program whose library is not the one that the provider process would load", () => {
  const root = join(__dirname, "../../..");
  const tale = story();

  /** Another copy of the library, which the program requires by its path. */
  function copyOf(version: string): string {
    const copy = join(tale.stack.directory, "elsewhere", "pulumi-huawei-ota");
    mkdirSync(copy, { recursive: true });
    cpSync(join(root, "dist"), join(copy, "dist"), { recursive: true });
    const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as object;
    writeFileSync(join(copy, "package.json"), JSON.stringify({ ...own, version }));
    return copy;
  }

  const declareBy = (copy: string): string => `
    const { northbound: copied } = require(${JSON.stringify(copy)});
    new copied.VersionPackage("firmware", { fileId: "F1" });`;

  async function diagnostics(): Promise<string> {
    const [, told = ""] = (await fails(tale.stack.preview())).split("Diagnostics:");
    expect(told).not.toMatch(/unhandled|\n\s+at /);
    return told;
  }

  test("is told in one sentence that there are two versions", async () => {
    tale.stack.program(declareBy(copyOf("9.9.9")));
    expect(await diagnostics()).toMatch(
      /The program uses pulumi-huawei-ota 9\.9\.9, and Pulumi's provider process would load \d+\.\d+\.\d+ from .*: let there be one version of it/,
    );
  });

  test("is told in one sentence that its folder has none", async () => {
    const { directory } = tale.stack;
    unlinkSync(join(directory, "node_modules", "pulumi-huawei-ota"));
    writeFileSync(join(directory, "index.js"), declareBy(copyOf("9.9.9")));
    expect(await diagnostics()).toContain("pulumi-huawei-ota cannot be loaded from");
  });
});
