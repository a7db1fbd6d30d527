import { iotda } from "../behaviours/iotda";
import { northbound } from "../behaviours/northbound";
import { packageText, taskText } from "../behaviours/program";
import { wings } from "../behaviours/wings";
import { pushes } from "../stack";
import { fails, passes, story } from "../story";

/* What a reviewer reads before anything is done. */

describe("northbound: a package that is named by its version", () => {
  const program = (version: string, more = "targets: { devices: ['meter-001'] }"): string => `
    const firmware = new northbound.VersionPackage("firmware", { fileType: "firmwarePackage", model: "NBM1", version: "${version}" });
    ${taskText(northbound, "pilot", { versionPackage: "firmware", more })};
    exports.fileId = firmware.fileId;
    exports.version = firmware.version;`;
  const tale = story({ program: program("V1.3") });

  test("is known with its id and all that it is in the first preview, and so is what its task pushes", async () => {
    const preview = await passes(tale.stack.preview("--diff"));
    expect(preview).toMatch(/fileId\s*: "firmware-nbm1-v1.3"/);
    expect(preview).toMatch(/version\s*: "V1.3"/);
    expect(preview.match(/fileId\s*: "firmware-nbm1-v1.3"/g)).toHaveLength(3);
    expect(preview).not.toMatch(/(fileId|version)\s*: (output|\[unknown\])/);
  });

  test("is known across a replacement, from what to what", async () => {
    await passes(tale.stack.up());
    tale.stack.program(program("V1.4"));
    const preview = await passes(tale.stack.preview("--diff"));
    expect(
      preview.match(/fileId\s*: "firmware-nbm1-v1.3" => "firmware-nbm1-v1.4"/g)?.length,
    ).toBeGreaterThanOrEqual(2);
    expect(preview).toContain(
      "firmware V1.3 -> V1.4 will be pushed to devices meter-001 (1 device when last counted).",
    );
    expect(preview).not.toMatch(/(fileId|version)\s*: (output|\[unknown\])/);
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("must fit the targets of its task, in the preview already", async () => {
    tale.stack.program(
      program("V1.4", 'targets: { deviceGroups: ["pilot"], ...kind, model: "NBM2" }'),
    );
    expect(await fails(tale.stack.preview())).toContain(
      'targets.model is "NBM2", but package firmware-nbm1-v1.4 is for "NBM1" (123016).',
    );
  });
});

describe("northbound: a package that does not fit the targets of its task", () => {
  const targets = (more: string): string => `targets: { deviceGroups: ["pilot"], ${more} }`;
  const tale = story();

  test.each([
    ["model", '...kind, model: "NBM2"', "NBM2", "NBM1"],
    ["manufacturerName", '...kind, manufacturerName: "Other"', "Other", "HZYB"],
  ])("by its %s is a mistake in the first preview", async (field, more, wanted, actual) => {
    tale.stack.program(`
      const firmware = ${packageText(northbound, "firmware")};
      ${taskText(northbound, "pilot", { versionPackage: "firmware", more: targets(more) })};`);
    expect(await fails(tale.stack.preview())).toContain(
      `targets.${field} is "${wanted}", but package firmware-nbm1-v1.4 is for "${actual}" (123016).`,
    );
  });
});

describe("iotda: a package that is still to be made", () => {
  const tale = story({
    program: `
    const firmware = ${packageText(iotda, "firmware")};
    ${taskText(iotda, "pilot", { versionPackage: "firmware" })};`,
  });

  test("is told by the first preview of its task with version and product", async () => {
    const preview = await passes(tale.stack.preview("--diff"));
    const task = preview.slice(preview.indexOf("FirmwareUpgradeTask"));
    expect(task).toMatch(/versionPackage\s*: \{[^}]*version\s*: "1\.4"/);
    expect(task).toMatch(/versionPackage\s*: \{[^}]*productId\s*: "water-meter-nbm1"/);
    expect(task).toMatch(/versionPackage\s*: \{[^}]*packageType\s*: "firmwarePackage"/);
  });
});

describe.each(wings)("$name: what goes from a program", (wing) => {
  const both = (name: string): string => `
    const firmware = new ${wing.name}.VersionPackage("${name}", ${wing.declaredPackage});
    ${taskText(wing, name, { of: "firmware.id" })};`;
  const tale = story({ program: both("pilot") });

  test("is told as not lost where it only got a new name", async () => {
    await passes(tale.stack.up());
    tale.stack.program(both("renamed"));
    const LOST = /forgotten|no longer watche|was deleted|was stopped|goes on/;
    expect(await passes(tale.stack.preview())).not.toMatch(LOST);
    const up = await passes(tale.stack.up());
    expect(up).not.toMatch(LOST);
    expect(up).toMatch(/Upgrade task \S+ stays: another resource of this program has it\./);
    expect(up).toMatch(/Version package \S+ stays: another resource of this program has it\./);
    expect(pushes(tale.simulator)).toBe(1);
    expect(wing.tasks(tale.simulator.books())).toHaveLength(1);
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test("is told in the row of its deletion with what that does", async () => {
    tale.stack.program("");
    const preview = await passes(tale.stack.preview("--diff"));
    const row = (type: string): string => {
      const from = preview.slice(preview.indexOf(`${type}: (delete)`));
      return from.slice(0, from.indexOf("urn:pulumi", from.indexOf("[urn=") + 10));
    };
    const onDelete = wing.name === "northbound" ? ["keep", "delete"] : ["stop", "deleteIfMade"];
    expect(row("FirmwareUpgradeTask")).toMatch(new RegExp(`onDelete\\s*: "${onDelete[0] ?? ""}"`));
    expect(row("VersionPackage")).toMatch(new RegExp(`onDelete\\s*: "${onDelete[1] ?? ""}"`));
  });
});
