import { pushes } from "./stack";
import { changes, fails, namesInState, passes, story, there } from "./story";

describe("a package that somebody changes", () => {
  const tale = story({
    program: `
    const firmware = new northbound.VersionPackage("meter-1.4", { fileId: V14 });
    new northbound.FirmwareUpgradeTask("pilot", { fileId: firmware.id, targets: { devices: ["meter-001"] } });`,
  });

  test("is drift that says what is another now", async () => {
    await passes(tale.stack.up());
    const known = there(
      tale.simulator.books().packages.find(({ fileId }) => fileId === "firmware-nbm1-v1.4"),
    );
    const { appId, ...data } = known;
    tale.simulator.putPackage({ ...data, version: "V1.4b" }, appId);
    const drift = await fails(tale.stack.drift());
    expect(drift).toMatch(
      /warning: meter-1\.4: Version package firmware-nbm1-v1\.4 was changed on the platform: version from "V1\.4" to "V1\.4b"\./,
    );
  });

  test("is noted by the up with a warning, and nothing is pushed", async () => {
    const up = await passes(tale.stack.up());
    expect(up).toMatch(
      /warning: meter-1\.4: Version package firmware-nbm1-v1\.4 was changed on the platform: version from "V1\.4" to "V1\.4b"\. This is noted now; nothing was pushed\./,
    );
    expect(pushes(tale.simulator)).toBe(1);
    await passes(tale.stack.drift());
    // What was declared stays what later declarations are compared with.
    expect(await tale.stack.resource("VersionPackage", "meter-1.4")).toMatchObject({
      inputs: { version: "V1.4", platformState: "asDeclared" },
      outputs: {
        version: "V1.4",
        acknowledged: 'changed on the platform: version from "V1.4" to "V1.4b"',
      },
    });
    await passes(tale.stack.preview("--expect-no-changes"));
  });
});

describe("a package that was deleted, and a refresh that is applied", () => {
  const tale = story({
    program: `
    const firmware = new northbound.VersionPackage("meter-1.4", { fileId: V14 });
    new northbound.FirmwareUpgradeTask("pilot", { fileId: firmware.id, targets: { devices: ["meter-001"] } });`,
  });

  test("drop the package from the state, and the next up says that it is missing", async () => {
    await passes(tale.stack.up());
    tale.simulator.deletePackage("firmware-nbm1-v1.4");
    await passes(tale.stack.refresh());
    expect(await namesInState(tale.stack)).toEqual(["pilot"]);
    const up = await fails(tale.stack.up());
    expect(up).toContain(
      "Application waterworks has no version package firmware-nbm1-v1.4 (123002). Check the id in the portal.",
    );
    expect(await namesInState(tale.stack)).toEqual(["pilot"]);
    expect(changes(tale.simulator)).toHaveLength(1);
  });
});
