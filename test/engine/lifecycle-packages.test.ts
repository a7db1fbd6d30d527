import { pushes } from "./stack";
import { changes, namesInState, story, there } from "./story";

describe("a package that is named by what it is", () => {
  const tale = story();
  const program = (args: string): void => {
    tale.stack.program(`
    const firmware = new northbound.VersionPackage("meter", ${args});
    exports.firmware = firmware.id;`);
  };

  test("is not found where several match: the preview warns, the up fails, both list them", async () => {
    program('{ fileType: "firmwarePackage", version: "V1.4" }');
    const several =
      /2 version packages match fileType "firmwarePackage", version "V1\.4": firmware-nbm1-v1\.4 \(firmwarePackage V1\.4, WaterMeter NBM1 of HZYB\); firmware-nbm2-v1\.4 \(firmwarePackage V1\.4, WaterMeter NBM2 of HZYB\)\. Add deviceType, model or manufacturerName, or name one by fileId\./;
    const preview = await tale.stack.preview();
    expect(preview.code).toBe(0);
    expect(preview.output).toMatch(several);
    expect(preview.output).toContain("As long as that is so, `pulumi up` will fail here.");
    const up = await tale.stack.up();
    expect(up.code).not.toBe(0);
    expect(up.output).toMatch(several);
    expect(await namesInState(tale.stack)).toEqual([]);
  });

  test("is not found where none matches: the nearest are listed", async () => {
    program('{ fileType: "firmwarePackage", version: "V1.5", model: "NBM1" }');
    const up = await tale.stack.up();
    expect(up.code).not.toBe(0);
    expect(up.output).toMatch(
      /No version package of application waterworks matches fileType "firmwarePackage", version "V1\.5", model "NBM1"\. The nearest of its 4: firmware-nbm1-v1\.3 .*; .* Correct the declaration, or upload the package in the portal\./,
    );
  });

  test("must be what is asserted beside its fileId", async () => {
    program('{ fileId: V14, version: "V1.3" }');
    const preview = await tale.stack.preview();
    expect(preview.code).toBe(0);
    const wrong =
      'Version package firmware-nbm1-v1.4 has version "V1.4", but "V1.3" is declared. Correct version or fileId.';
    expect(preview.output).toContain(wrong);
    const up = await tale.stack.up();
    expect(up.code).not.toBe(0);
    expect(up.output).toContain(wrong);
  });

  test("is taken over where exactly one matches, and stays it when named by fileId", async () => {
    program('{ fileType: "firmwarePackage", version: "V1.4", model: "NBM1" }');
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    program("{ fileId: V14 }");
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(up.output).not.toMatch(/replaced|deleted|updated/);
    expect(await tale.stack.resource("VersionPackage", "meter")).toMatchObject({
      id: "firmware-nbm1-v1.4",
    });
    expect(await tale.stack.drift()).toMatchObject({ code: 0 });
  });

  test("is replaced by another version, and the old one stays on the platform", async () => {
    program('{ fileType: "firmwarePackage", version: "V1.3" }');
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(up.output).toMatch(/1 replaced/);
    expect(up.output).toContain("Version package firmware-nbm1-v1.4 stays on the platform");
    expect(changes(tale.simulator)).toEqual([]);
  });
});

describe("a package that is to be deleted with its resource", () => {
  const tale = story({
    program: `
    const firmware = new northbound.VersionPackage("meter-1.4", { fileId: V14, onDelete: "delete" });
    new northbound.FirmwareUpgradeTask("pilot", { fileId: firmware.id, targets: { devices: ["meter-001"] } });`,
  });

  test("is not deleted while an unfinished task may use it, and the error lists the task", async () => {
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    const operation = there(tale.simulator.books().tasks[0]);
    const destroy = await tale.stack.destroy();
    expect(destroy.code).not.toBe(0);
    expect(destroy.output).toContain(
      `Version package firmware-nbm1-v1.4 was not deleted, because unfinished upgrade tasks may still need it: ${operation.operationId} (wait). Wait until they are over, or set onDelete to "keep".`,
    );
    expect(changes(tale.simulator)).toHaveLength(1);
    expect(await namesInState(tale.stack)).toEqual(["meter-1.4"]);
  });

  test("is deleted on the platform once the task is over", async () => {
    tale.simulator.clock.advance(60);
    const destroy = await tale.stack.destroy();
    expect(destroy.code).toBe(0);
    expect(destroy.output).toContain(
      "Version package firmware-nbm1-v1.4 was deleted on the platform.",
    );
    expect(changes(tale.simulator).at(-1)).toBe(
      "DELETE /iodm/northbound/v1.5.0/category/firmware-nbm1-v1.4",
    );
    expect(tale.simulator.books().packages.map(({ fileId }) => fileId)).not.toContain(
      "firmware-nbm1-v1.4",
    );
    expect(pushes(tale.simulator)).toBe(1);
  });
});
