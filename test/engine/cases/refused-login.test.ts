import { rolloutText, taskText, waitText } from "../behaviours/program";
import { wings } from "../behaviours/wings";
import { pushes } from "../stack";
import { fails, passes, story } from "../story";

/** The account is found by the region, which takes a login. */
const WRONG = {
  northbound: { HUAWEI_OTA_NORTHBOUND_SECRET: "wrong" },
  iotda: { HW_PROJECT_ID: undefined, HW_USER_PASSWORD: "wrong" },
} as Readonly<Record<string, Readonly<Record<string, string | undefined>>>>;

describe.each(wings)("$name: a login that the platform refuses", (wing) => {
  const settled = `${rolloutText(wing, "pilot")}
    ${waitText(wing, "pilot", "task.id")};`;
  const tale = story({
    program: settled,
    environment: wing.login.environment,
    behaviour: { waitSeconds: 0, upgradeSeconds: 0 },
  });

  test("is a warning in a preview, of what is settled, new, and made anew", async () => {
    await passes(tale.stack.up());
    Object.assign(tale.stack.environment, WRONG[wing.name]);
    for (const program of [
      settled,
      `${settled}\n${taskText(wing, "new", { devices: [2] })};`,
      settled.replace(wing.device(1), wing.device(3)),
    ]) {
      tale.stack.program(program);
      const preview = await passes(tale.stack.preview());
      expect(preview).toMatch(
        /warning: \S+: [^:]+ could not be compared with the platform: The platform refused logging in/,
      );
      const [, diagnostics = ""] = preview.split("Diagnostics:");
      expect(diagnostics.split("The platform refused logging in").length - 1).toBeLessThanOrEqual(
        2,
      );
    }
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("is an error of an `up`", async () => {
    expect(await fails(tale.stack.up())).toContain("The platform refused logging in");
    expect(pushes(tale.simulator)).toBe(1);
  });
});
