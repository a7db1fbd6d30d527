import { iotda } from "../behaviours/iotda";
import { packageText, taskText } from "../behaviours/program";
import { wings } from "../behaviours/wings";
import { pushes } from "../stack";
import { fails, passes, story, there } from "../story";

/* What a create will find on the platform is told by the preview before it. */

describe.each(wings)("$name: a task that a lost state has left on the platform", (wing) => {
  const tale = story({
    program: [1, 2].map((one) => taskText(wing, `pilot-${one}`, { devices: [one] })).join(";\n"),
    behaviour: { waitSeconds: 0, upgradeSeconds: 0 },
  });
  const lose = async (): Promise<void> => {
    for (const name of ["pilot-1", "pilot-2"]) {
      const { urn } = there(await tale.stack.resource("FirmwareUpgradeTask", name));
      await passes(tale.stack.pulumi("state", "delete", urn, "--yes"));
    }
  };
  const listings = (): number =>
    tale.simulator
      .books()
      .requests.filter(
        ({ method, path }) => method === "GET" && /(operations|batchtasks)(\?|$)/.test(path),
      ).length;

  test("is said to be taken over, each by the same listing", async () => {
    expect(await passes(tale.stack.preview())).not.toContain("warning");
    await passes(tale.stack.up());
    await lose();
    // How far a task reaches is asked in listings of its own.
    tale.stack.environment["HUAWEI_OTA_PREFLIGHT"] = "off";
    const before = listings();
    const preview = await passes(tale.stack.preview());
    expect(listings() - before).toBe(1);
    for (const name of ["pilot-1", "pilot-2"]) {
      const [, row = ""] = preview.split(`FirmwareUpgradeTask (${name}):`);
      expect(row.trimStart()).toMatch(
        /^warning: pilot-\d: Operation \S+ \(made at \S+, status \S+\) did exactly what is declared: `pulumi up` will take it over and push nothing\./,
      );
    }
    await passes(tale.stack.up());
    expect(pushes(tale.simulator)).toBe(2);
  });

  test("is said to be asked about once it is old", async () => {
    await lose();
    tale.simulator.clock.advance(2 * 3600);
    const asks =
      /did exactly what is declared\. `pulumi up` will ask which it is, and push nothing\. To go on with (\S+), set adopt to its id; to push again, set rerunAfter to an instant after it\./;
    expect(await passes(tale.stack.preview())).toMatch(asks);
    expect(await fails(tale.stack.up())).toMatch(
      /did exactly what is declared\. Nothing was pushed\./,
    );
    expect(pushes(tale.simulator)).toBe(2);
  });
});

describe("iotda: a package that is on the platform already", () => {
  const tale = story({ program: packageText(iotda, "firmware") });

  test("is said to be taken over", async () => {
    expect(await passes(tale.stack.preview())).not.toContain("warning");
    await passes(tale.stack.up());
    const { id = "", urn } = there(await tale.stack.resource("VersionPackage", "firmware"));
    await passes(tale.stack.pulumi("state", "delete", urn, "--yes"));
    expect(await passes(tale.stack.preview())).toContain(
      `warning: firmware: Version package ${id} is exactly what is declared: \`pulumi up\` will take it over and make none.`,
    );
    await passes(tale.stack.up());
    expect(iotda.packagesOf(tale.simulator.books()).filter((one) => one === id)).toHaveLength(1);
  });
});
