import { createHash } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { FaultOptions } from "../../src/simulator";
import { pushes } from "./stack";
import {
  changes,
  changesFromNow,
  fails,
  namesInState,
  passes,
  story,
  type Story,
  there,
} from "./story";
import { IOTDA } from "./world";

/* What packages of IoTDA do and those of other platforms cannot: they are made and deleted. */

/** A package, program text; what is given more wins. */
function packageText(more = "", options = "{}", name = "firmware"): string {
  return `new iotda.VersionPackage("${name}", {
    appId: "waterworks", packageType: "firmwarePackage", productId: "water-meter-nbm1", version: "1.4",
    fileLocation: { obsLocation: { regionName: "${IOTDA.region}", bucketName: "waterworks-firmware", objectKey: "nbm1/1.4.bin" } },
    ${more}
  }, ${options})`;
}

function taskText(more = ""): string {
  return `new iotda.FirmwareUpgradeTask("pilot", { packageId: firmware.id, appId: "waterworks", targets: { devices: ["meter_001"] }, ${more} })`;
}

const packageInState = async ({ stack }: Story, name = "firmware") =>
  there(await stack.resource("VersionPackage", name));

describe("a package that is changed", () => {
  const program = (description: string): string => `
    const firmware = ${packageText(`description: "${description}"`)};
    ${taskText()};`;
  const tale = story({
    program: program("Steadier radio"),
    behaviour: { waitSeconds: 0, upgradeSeconds: 0 },
  });
  let old = "";

  test("is made anew: the preview says so, and that its tasks push again", async () => {
    await passes(tale.stack.up());
    old = there((await packageInState(tale)).id);
    tale.stack.program(program("Steadier radio, and less power"));
    const preview = await passes(tale.stack.preview("--diff"));
    expect(preview).toMatch(/\+-.*VersionPackage: \(replace\)/);
    expect(preview).toMatch(
      /~ description\s*: "Steadier radio" => "Steadier radio, and less power"/,
    );
    expect(preview).toContain(
      `warning: firmware: A change of description makes a new package and deletes ${old}: every task of this program that names it will push it.`,
    );
    expect(preview).toMatch(/2 to replace/);
  });

  test("is made before the old one is deleted, and its task is pushed in between", async () => {
    const changed = changesFromNow(tale.simulator);
    await passes(tale.stack.up());
    const calls = changed();
    expect(calls).toEqual([
      "POST packages",
      "POST batchtasks",
      "DELETE batchtasks",
      "DELETE packages",
    ]);
    const { id } = await packageInState(tale);
    expect(id).not.toBe(old);
    expect(tale.simulator.books().iotda?.packages.map(({ package_id }) => package_id)).toContain(
      id,
    );
    expect(pushes(tale.simulator)).toBe(2);
    await passes(tale.stack.preview("--expect-no-changes"));
  });
});

describe("a package that is on the platform already", () => {
  const V141 = `version: "1.4.1"`;
  const { firmware } = IOTDA.packages;
  const tale = story();

  test.each([
    [
      "be what is declared",
      `adopt: "${firmware}"`,
      `adopt names version package ${firmware}, which is not what is declared: version is "1.4.1" there and "1.4" here. Correct the declaration or adopt; nothing was made.`,
    ],
    [
      "exist",
      'adopt: "000000000000000000000404"',
      `adopt names version package 000000000000000000000404, which project ${IOTDA.projectId} does not have (404). Check the id, or take adopt away to make one.`,
    ],
  ])("that adopt names must %s", async (_what, more, sentence) => {
    tale.stack.program(packageText(more));
    expect(await fails(tale.stack.up())).toContain(sentence);
    expect(changes(tale.simulator)).toEqual([]);
  });

  test("is taken over by adopt without a warning, and adopt may then be taken away", async () => {
    tale.stack.program(packageText(`${V141}, adopt: "${firmware}"`));
    expect(await passes(tale.stack.up())).not.toContain("warning");
    expect((await packageInState(tale)).id).toBe(firmware);
    tale.stack.program(packageText(V141));
    await passes(tale.stack.preview("--expect-no-changes"));
    expect(changes(tale.simulator)).toEqual([]);
  });

  test("is taken over with a warning where it is exactly what is declared", async () => {
    const { urn } = await packageInState(tale);
    await passes(tale.stack.pulumi("state", "delete", urn, "--yes"));
    expect(await passes(tale.stack.up())).toContain(
      `warning: firmware: Version package ${firmware} is exactly what is declared, so it was taken over.`,
    );
    expect((await packageInState(tale)).outputs).toMatchObject({ takenOver: true });
    expect(changes(tale.simulator)).toEqual([]);
  });

  test("stays where a change makes a new one, and the preview says so", async () => {
    tale.stack.program(packageText(`${V141}, description: "Another build"`));
    expect(await passes(tale.stack.preview())).toContain(
      `warning: firmware: A change of description makes a new package, and ${firmware} stays: every task of this program that names it will push it.`,
    );
  });

  test("is left alone with a warning where it has other content", async () => {
    const other = packageText(`${V141}, description: "Another build"`, "{}", "other");
    tale.stack.program(`${packageText(V141)};\n${other};`);
    expect(await passes(tale.stack.up())).toContain(
      `warning: other: There is already ${firmware} of the same type, product and version, with other content; left alone.`,
    );
    expect((await packageInState(tale, "other")).id).not.toBe(firmware);
    expect(tale.simulator.books().counts.packagePostsInEffect).toBe(1);
  });
});

describe("a platform that allows one package of a product, type and version", () => {
  const program = (description: string, options: string): string =>
    packageText(`description: "${description}"`, options);
  const tale = story({
    program: program("Steadier radio", "{}"),
    behaviour: { iotdaDuplicatePackage: "refused" },
  });

  test("refuses a replacement, and the error says how it can be done", async () => {
    await passes(tale.stack.up());
    const { id } = await packageInState(tale);
    tale.stack.program(program("Less power", "{}"));
    expect(await fails(tale.stack.up())).toContain(
      `Package ${id ?? ""} is of the same type, product and version: where the platform allows one only, set the resource option deleteBeforeReplace to true, or delete the other.`,
    );
    expect((await packageInState(tale)).id).toBe(id);
  });

  test("takes it once deleteBeforeReplace deletes the old one first", async () => {
    tale.stack.program(program("Less power", "{ deleteBeforeReplace: true }"));
    const changed = changesFromNow(tale.simulator);
    await passes(tale.stack.up());
    expect(changed()).toEqual(["DELETE packages", "POST packages"]);
  });
});

describe("replies to the making of packages that are lost in four ways", () => {
  const losses: readonly FaultOptions[] = [
    { kind: "drop", takesEffect: true },
    { kind: "cutReply" },
    { kind: "notJson" },
    { kind: "serverError", takesEffect: true },
  ];
  const tale = story({
    program: losses
      .map((_, at) => packageText(`version: "2.${String(at)}"`, "{}", `number-${String(at)}`))
      .join(";\n"),
  });

  test("cost no second package: the same `up` finds those that were made", async () => {
    for (const loss of losses) {
      tale.simulator.addFault({ method: "POST", path: "**/packages", ...loss });
    }
    expect(await passes(tale.stack.up())).not.toContain("warning");
    expect(tale.simulator.books().counts).toMatchObject({
      packagePosts: losses.length,
      packagePostsInEffect: losses.length,
    });
    await passes(tale.stack.drift());
  });
});

describe("a package that an unfinished task uses", () => {
  const tale = story({
    program: `
    const firmware = ${packageText()};
    ${taskText('onDelete: "keep"')};`,
  });

  test("is not deleted, and the error lists the task", async () => {
    await passes(tale.stack.up());
    const { id } = await packageInState(tale);
    const [task] = tale.simulator.books().iotda?.tasks ?? [];
    expect(await fails(tale.stack.destroy())).toContain(
      `Version package ${id ?? ""} was not deleted, because unfinished upgrade tasks still need it: ${task?.task_id ?? ""} (Processing). Wait until they are over or stop them, and run it again.`,
    );
    expect(await namesInState(tale.stack)).toEqual(["firmware"]);
  });

  test("is deleted once the task is over", async () => {
    tale.simulator.clock.advance(60);
    expect(await passes(tale.stack.destroy())).toContain(
      "was deleted on the platform; its object in the Object Storage Service stays.",
    );
    expect(await namesInState(tale.stack)).toEqual([]);
  });
});

describe("the file of a package on this computer", () => {
  const tale = story();
  const CONTENT = "the bytes of firmware 1.4";
  const signOf = (content: string): string => createHash("sha256").update(content).digest("hex");
  const file = (): string => join(tale.stack.directory, "meter-secret-path.bin");

  test("leaves its checksum in the state, and neither its path nor its content", async () => {
    writeFileSync(file(), CONTENT);
    tale.stack.program(packageText(`file: ${JSON.stringify(file())}`));
    await passes(tale.stack.up());
    expect((await packageInState(tale)).inputs).toMatchObject({
      fileLocation: { obsLocation: { sign: signOf(CONTENT) } },
    });
    const exported = await passes(tale.stack.pulumi("stack", "export"));
    expect(exported).not.toContain("meter-secret-path");
    expect(exported).not.toContain(CONTENT);
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test("may be missing where nothing is changed", async () => {
    rmSync(file());
    await passes(tale.stack.preview("--expect-no-changes"));
    tale.stack.program(packageText(`file: ${JSON.stringify(file())}, description: "Another"`));
    expect(await fails(tale.stack.preview())).toContain("cannot be read");
  });

  test("is a change in review when its content changes", async () => {
    writeFileSync(file(), `${CONTENT}, mended`);
    tale.stack.program(packageText(`file: ${JSON.stringify(file())}`));
    const preview = await passes(tale.stack.preview("--diff"));
    expect(preview).toContain(`"${signOf(CONTENT)}" => "${signOf(`${CONTENT}, mended`)}"`);
    expect(preview).toContain("A change of fileLocation makes a new package");
  });

  test("is none where ignoreChanges names it, whether it is another or missing, as long as no package is made", async () => {
    tale.stack.program(
      packageText(`file: ${JSON.stringify(file())}`, '{ ignoreChanges: ["file"] }'),
    );
    await passes(tale.stack.preview("--expect-no-changes"));
    rmSync(file());
    await passes(tale.stack.preview("--expect-no-changes"));
    tale.stack.program(
      packageText(
        `file: ${JSON.stringify(file())}, description: "Another"`,
        '{ ignoreChanges: ["file"] }',
      ),
    );
    const preview = await fails(tale.stack.preview());
    expect(preview).toContain("cannot be read");
    expect(preview).toContain("a package that is made needs it, whatever ignoreChanges names");
  });
});

describe("a package that was deleted, and a refresh that is applied", () => {
  const tale = story({
    program: `
    const firmware = ${packageText()};
    ${taskText()};`,
    behaviour: { waitSeconds: 0, upgradeSeconds: 0 },
  });

  test("keep it in the state, for one made anew would be pushed", async () => {
    await passes(tale.stack.up());
    const { id, urn } = await packageInState(tale);
    tale.simulator.deletePackage(there(id));
    await passes(tale.stack.refresh());
    expect((await packageInState(tale)).inputs).toMatchObject({
      platformState: "deleted on the platform",
    });
    expect(await passes(tale.stack.preview())).toContain(
      `warning: firmware: Version package ${id ?? ""} was deleted on the platform. The next \`pulumi up\` takes note of it and pushes nothing; to make it anew, which its tasks push again, run \`pulumi up --replace ${urn}\`.`,
    );
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("and the command that is offered makes it anew and pushes it", async () => {
    const { id, urn } = await packageInState(tale);
    await passes(tale.stack.up("--replace", urn));
    expect((await packageInState(tale)).id).not.toBe(id);
    expect(pushes(tale.simulator)).toBe(2);
    await passes(tale.stack.preview("--expect-no-changes"));
  });
});
