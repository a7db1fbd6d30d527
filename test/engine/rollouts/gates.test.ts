import { fails, passes } from "../story";
import { type RolloutWing, wings } from "./fleet";
import { rolloutText } from "./program";
import { tale } from "./tale";

describe.each(wings)("$name: a rollout behind another one", (wing: RolloutWing) => {
  const meters = tale(wing);
  const lab = (version: string): string =>
    rolloutText(wing, {
      version,
      name: "lab",
      waves: '[{ name: "all" }]',
      more: `fleet: { ${wing.groups}: ["lab"] },`,
    });
  const program = (version: string, fleetVersion = version): string => `
    const lab = ${lab(version)};
    const meters = ${rolloutText(wing, { version: fleetVersion, waves: '[{ name: "all" }]', more: "onlyAfter: lab.gate," })};
    exports.gate = lab.gate;`;

  test("is held, green, until that one has succeeded", async () => {
    meters.stack.program(program("V1.5"));
    const up = await passes(meters.stack.up());
    expect(up).toContain("The gate in onlyAfter has not succeeded for V1.5");
    expect(await meters.outputs()).toMatchObject({ outcome: "held" });
    expect(meters.pushes()).toBe(2);
    meters.pass();
    await passes(meters.stack.up());
    expect(await meters.outputs("lab")).toMatchObject({ outcome: "succeeded" });
    expect(meters.pushes()).toBe(20);
  });

  test("is refused in the preview where that one is of another version", async () => {
    meters.pass();
    await passes(meters.stack.up());
    meters.stack.program(program("V1.5", "V1.6"));
    expect(await fails(meters.stack.preview())).toContain(
      "onlyAfter is closed: The gate in onlyAfter succeeded for V1.5; this is V1.6.",
    );
    expect(meters.pushes()).toBe(20);
  });

  test("opens for a task, too, and not before", async () => {
    const task = `new ${wing.name}.FirmwareUpgradeTask("task", {
      versionPackage: ${wing.packageOf("V1.6")}, ${wing.more} targets: { devices: ["${wing.device(9)}"] }, onlyAfter: lab.gate });`;
    meters.stack.program(`const lab = ${lab("V1.6")}; ${task}`);
    expect(await fails(meters.stack.up())).toContain(
      'The gate in onlyAfter has not succeeded for V1.6, its outcome is "inProgress"',
    );
    meters.pass();
    await passes(meters.stack.up());
    expect(meters.pushedTo(9).at(-1)).toBe("V1.6");
  });
});
