import { passes } from "../story";
import { IOTDA } from "../world";
import { DEVICES, iotda, wings } from "./fleet";
import { approvedText } from "./program";
import { tale } from "./tale";

describe.each(wings)("$name: another version in the middle of a rollout", (wing) => {
  const meters = tale(wing);
  const { declare } = meters;

  test("begins with the first wave, and pushes nobody who is still being upgraded to the old one", async () => {
    await passes(meters.stack.up());
    expect(meters.pushedTo(1)).toEqual(["V1.5"]);
    declare({ version: "V1.6" });
    const preview = await passes(meters.stack.preview("--diff"));
    expect(preview).toMatch(/version +: "V1\.5" => "V1\.6"/);
    await passes(meters.stack.up());
    // What cannot be stopped is waited for.
    if (!wing.canStop) expect(meters.pushedTo(1)).toEqual(["V1.5"]);
    meters.pass();
    await passes(meters.stack.up());
    meters.pass();
    await passes(meters.stack.up());
    expect(meters.pushedTo(1).at(-1)).toBe("V1.6");
    expect(meters.pushedTo(1).length).toBeLessThanOrEqual(2);
    expect(await meters.waves()).toMatch(/^lab over, canary running/);
  });

  test("goes back from there, first of all, to those that it had reached", async () => {
    meters.pass();
    await passes(meters.stack.up());
    expect(await meters.waves()).toBe("lab over, canary over, rest waiting");
    const before = meters.pushes();
    declare({ version: "V1.4" });
    expect(await passes(meters.stack.preview())).toContain(
      "4 devices that came from V1.4 go back first, as the wave back.",
    );
    await passes(meters.stack.up());
    expect(await meters.waves()).toMatch(/^back running/);
    expect(meters.pushes()).toBe(before + 4);
    expect(meters.pushedTo(1).at(-1)).toBe("V1.4");
    meters.pass();
    await passes(meters.stack.up());
    expect(await meters.outputs()).toMatchObject({ onVersion: DEVICES });
    expect(meters.pushes()).toBe(before + 4);
  });
});

describe.each(wings)("$name: a rollout of A, B, A, B", (wing) => {
  const waves = `[{ name: "lab", ${wing.groups}: ["lab"] }, { name: "rest", needsApproval: true }]`;
  const meters = tale(wing, { waves });
  const { declare } = meters;
  const upTwice = async (): Promise<void> => {
    await passes(meters.stack.up());
    meters.pass();
    await passes(meters.stack.up());
  };

  test("pushes A again to those alone that B was tried on", async () => {
    await upTwice();
    declare({ version: "V1.6" });
    await upTwice();
    declare({ version: "V1.5" });
    await upTwice();
    expect(meters.pushedTo(1)).toEqual(["V1.5", "V1.6", "V1.5"]);
    expect(meters.pushes()).toBe(6);
  });

  test("and to nobody where B was held", async () => {
    declare({ version: "V1.6", more: "paused: true," });
    await passes(meters.stack.up());
    declare({ version: "V1.5" });
    await upTwice();
    expect(meters.pushes()).toBe(6);
    declare({ version: "V1.5", approved: approvedText("V1.5", "rest") });
    await upTwice();
    expect(meters.pushes()).toBe(6 + DEVICES - 2);
    expect(await meters.outputs()).toMatchObject({ outcome: "succeeded", onVersion: DEVICES });
  });
});

describe("iotda: a rollout of a package that the program makes", () => {
  const meters = tale(iotda);
  const program = (version: string, onDelete: string): string => `
    const firmware = new iotda.VersionPackage("firmware", {
      appId: "waterworks", packageType: "firmwarePackage", productId: "water-meter-nbm1",
      version: "${version}", onDelete: "${onDelete}",
      fileLocation: { obsLocation: { regionName: "${IOTDA.region}", bucketName: "waterworks-firmware", objectKey: "nbm1.bin" } },
    });
    new iotda.FirmwareRollout("meters", {
      versionPackage: firmware, appId: "waterworks", fleet: { groupIds: ["meters"] },
      waves: [{ name: "lab", groupIds: ["lab"] }, { name: "rest", needsApproval: true }], waitSeconds: 0,
    });`;

  test("says with the way back what becomes of the package that it needs", async () => {
    meters.stack.program(program("V1.4", "keep"));
    await passes(meters.stack.up());
    meters.stack.program(program("V1.5", "keep"));
    expect(await passes(meters.stack.preview())).toContain(
      "a revert to V1.4 returns 2 devices after lab; its package still exists.",
    );
    meters.stack.program(program("V1.4", "delete"));
    await passes(meters.stack.up());
    meters.stack.program(program("V1.5", "delete"));
    expect(await passes(meters.stack.preview())).toContain(
      "a revert to V1.4 returns 2 devices after lab; its package is deleted by this very up.",
    );
  });
});
