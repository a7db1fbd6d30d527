import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { pushes } from "../stack";
import { fails, passes, story } from "../story";
import { taskText, waitText } from "./program";
import { wings } from "./wings";

describe.each(wings)("$name: an earlier version that is declared again", (wing) => {
  const { firmware, other } = wing.packages;
  const more = wing.name === "iotda" ? 'onDelete: "keep"' : "";
  const tale = story({ behaviour: { waitSeconds: 0, upgradeSeconds: 0 } });
  const program = (of: string, name = "pilot"): void => {
    tale.stack.program(`
    const task = ${taskText(wing, name, { of: JSON.stringify(of), more })};
    ${waitText(wing, name, "task.id")};`);
  };
  const push = async (of: string): Promise<string> => {
    tale.simulator.clock.advance(60);
    program(of);
    return passes(tale.stack.up());
  };

  test("where nothing tells that it is a way back is a question, not a push and not a success", async () => {
    await push(other);
    await push(firmware);
    await passes(tale.stack.destroy());
    tale.simulator.clock.advance(60);
    program(other);
    expect(await fails(tale.stack.up())).toContain(
      "has pushed something else to the same targets since. Nothing was pushed.",
    );
    expect(pushes(tale.simulator)).toBe(2);
  });

  test("is pushed again, as the preview says", async () => {
    await push(firmware);
    expect(pushes(tale.simulator)).toBe(2);
    tale.simulator.clock.advance(60);
    program(other);
    expect(await passes(tale.stack.preview())).toMatch(
      /firmware \S+ -> \S+ a downgrade, will be pushed to/,
    );
    expect(await passes(tale.stack.up())).not.toContain("taken over");
    expect(pushes(tale.simulator)).toBe(3);
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test("is pushed once, also when the up that pushes it is lost", async () => {
    const before = await tale.stack.state();
    await push(firmware);
    expect(pushes(tale.simulator)).toBe(4);
    writeFileSync(join(tale.stack.directory, "before.json"), JSON.stringify(before));
    await passes(tale.stack.pulumi("stack", "import", "--file", "before.json"));
    expect(await push(firmware)).toContain("was taken over; nothing");
    expect(pushes(tale.simulator)).toBe(4);
  });
});
