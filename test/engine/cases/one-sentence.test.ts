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
