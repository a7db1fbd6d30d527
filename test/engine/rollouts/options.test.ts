import { passes } from "../story";
import { DEVICES, wings } from "./fleet";
import { approvedText, rolloutText } from "./program";
import { tale } from "./tale";

describe.each(wings)("$name: a rollout with options of the engine", (wing) => {
  const waves = `[{ name: "lab", ${wing.groups}: ["lab"] }, { name: "rest", needsApproval: true }]`;
  const ignoring = 'ignoreChanges: ["approved"]';
  const meters = tale(wing, { waves, options: `{ ${ignoring} }` });
  const approved = approvedText("V1.5", "rest");

  test("waits for an approval that the program gives and tells the engine to ignore", async () => {
    await passes(meters.stack.up());
    meters.pass();
    await passes(meters.stack.up());
    meters.declare({ approved });
    await passes(meters.stack.up());
    expect(await meters.waves()).toBe("lab over, rest waiting");
    expect(meters.pushes()).toBe(2);
  });

  test("moves into a component without a push, and goes on there", async () => {
    const options = "{ parent: fleet, aliases: [{ parent: pulumi.rootStackResource }] }";
    const component = 'const fleet = new pulumi.ComponentResource("test:Fleet", "fleet");';
    const inside = (own: Parameters<typeof rolloutText>[1]): void => {
      meters.stack.program(`${component}\n${rolloutText(wing, { waves, options, ...own })}`);
    };
    inside({});
    expect(await passes(meters.stack.up())).not.toContain("delete");
    expect(meters.pushes()).toBe(2);
    inside({ approved });
    await passes(meters.stack.up());
    meters.pass();
    await passes(meters.stack.up());
    expect(await meters.outputs()).toMatchObject({ outcome: "succeeded", onVersion: DEVICES });
    expect(meters.pushes()).toBe(DEVICES);
  });
});
