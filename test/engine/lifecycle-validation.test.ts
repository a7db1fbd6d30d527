import { changes, platformTime, story } from "./story";

describe("what a preview refuses", () => {
  const tale = story();

  const task = (args: string): void => {
    tale.stack.program(`
    new northbound.FirmwareUpgradeTask("pilot", ${args});`);
  };

  test("is every broken rule of a task at once, each with its path and the vendor's code", async () => {
    task(`{
      fileId: V14,
      targets: { devices: ["meter-001"], deviceGroups: ["pilot"], deviceType: "WaterMeter" },
      policy: { executeType: "later", retryType: true, retryTimes: 9 },
    }`);
    const preview = await tale.stack.preview();
    expect(preview.code).not.toBe(0);
    const sentences = [
      "targets names both devices and deviceGroups; give one of them (123023).",
      "targets.manufacturerName is missing; deviceGroups need it (123019).",
      "targets.model is missing; deviceGroups need it (123021).",
      'policy.executeType is "later"; it must be "now", "device_online", "custom" (123025).',
      "policy.retryTimes is 9; it must be from 1 to 5 (123028).",
    ];
    expect(sentences.filter((sentence) => !preview.output.includes(sentence))).toEqual([]);
  });

  test("is what does not fit the package or the time of day", async () => {
    task(`{
      fileId: V14,
      targets: { deviceGroups: ["pilot"], ...kind, model: "NBM2" },
      policy: { executeType: "custom", startTime: "${platformTime(tale.simulator, -3600)}", endTime: "${platformTime(tale.simulator, 3600)}" },
    }`);
    const preview = await tale.stack.preview();
    expect(preview.code).not.toBe(0);
    expect(preview.output).toContain(
      'targets.model is "NBM2", but package firmware-nbm1-v1.4 is for "NBM1" (123016).',
    );
    expect(preview.output).toContain(
      `policy.startTime is ${platformTime(tale.simulator, -3600)}, which has passed; set it to an instant in the future (123033).`,
    );
  });

  test("is what does not fit a package that is looked for in the same program", async () => {
    tale.stack.program(`
    const firmware = new northbound.VersionPackage("meter", { fileType: "firmwarePackage", model: "NBM1", version: "V1.4" });
    new northbound.FirmwareUpgradeTask("pilot", {
      versionPackage: firmware,
      targets: { deviceGroups: ["pilot"], ...kind, model: "NBM2" },
    });`);
    const preview = await tale.stack.preview();
    expect(preview.code).not.toBe(0);
    expect(preview.output).toContain(
      'targets.model is "NBM2", but package firmware-nbm1-v1.4 is for "NBM1" (123016).',
    );
  });

  test("is a package that does not exist", async () => {
    task('{ fileId: "no-such-file", targets: { devices: ["meter-001"] } }');
    const preview = await tale.stack.preview();
    expect(preview.code).not.toBe(0);
    expect(preview.output).toContain(
      'fileId is "no-such-file", a version package that application waterworks does not have (123002); correct it, or upload the package in the portal.',
    );
  });

  test("is refused by the up as well, before anything is pushed", async () => {
    const up = await tale.stack.up();
    expect(up.code).not.toBe(0);
    expect(up.output).toContain("(123002)");
    expect(changes(tale.simulator)).toEqual([]);
  });

  test("is not a start that has passed, for a task that exists", async () => {
    const window = `{ executeType: "custom", startTime: "${platformTime(tale.simulator, 600)}", endTime: "${platformTime(tale.simulator, 6000)}" }`;
    const program = (name: string): void => {
      tale.stack.program(`
      new northbound.FirmwareUpgradeTask("${name}", { fileId: V14, targets: { devices: ["meter-001"] }, policy: ${window} });`);
    };
    program("pilot");
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    tale.simulator.clock.advance(1200);
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    program("renamed");
    const preview = await tale.stack.preview();
    expect(preview.code).toBe(0);
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    expect(changes(tale.simulator)).toHaveLength(1);
  });
});
