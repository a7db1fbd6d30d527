import { readFileSync } from "node:fs";
import { join } from "node:path";

import { pushes } from "../stack";
import { changes, fails, namesInState, passes, story, there } from "../story";
import { rolloutText, taskText } from "./program";
import { wings } from "./wings";

describe.each(wings)("$name: a run that may only read", (wing) => {
  const tale = story({
    environment: { HUAWEI_OTA_READ_ONLY: "1" },
    program: taskText(wing, "pilot"),
  });

  test("previews like any other", async () => {
    const preview = await passes(tale.stack.preview());
    expect(preview).toMatch(/2 to create/);
    expect(preview).not.toContain("warning");
  });

  test("refuses a push before anything is sent", async () => {
    expect(await fails(tale.stack.up())).toContain(
      `HUAWEI_OTA_READ_ONLY is set, so nothing was sent for ${wing.pushing.operation} (POST ${wing.pushing.path}). Unset it where changes are meant to be applied.`,
    );
    expect(changes(tale.simulator)).toEqual([]);
    expect(await namesInState(tale.stack)).toEqual([]);
  });

  test("leaves nothing behind that the run which may write would trip over", async () => {
    delete tale.stack.environment["HUAWEI_OTA_READ_ONLY"];
    tale.stack.program(rolloutText(wing, "pilot"));
    await passes(tale.stack.up());
    expect(pushes(tale.simulator)).toBe(1);
    tale.simulator.clock.advance(60);
  });

  test("looks for drift, and refuses to delete anything", async () => {
    const made = changes(tale.simulator);
    tale.stack.environment["HUAWEI_OTA_READ_ONLY"] = "1";
    await passes(tale.stack.drift());
    expect(await fails(tale.stack.destroy())).toContain(
      "HUAWEI_OTA_READ_ONLY is set, so nothing was sent for deleting ",
    );
    expect(changes(tale.simulator)).toEqual(made);
  });
});

describe.each(wings)("$name: a run with an audit log", (wing) => {
  const tale = story({ program: taskText(wing, "pilot") });

  test("keeps a line before and a line after each call that changes the platform, with who applied what, and no secret", async () => {
    const file = join(tale.stack.directory, "audit.log");
    Object.assign(tale.stack.environment, {
      HUAWEI_OTA_AUDIT_LOG: file,
      ...{ GITHUB_SHA: "0badc0de", GITHUB_RUN_ID: "77", GITHUB_ACTOR: "ada" },
    });
    await passes(tale.stack.up());
    const { urn, id } = there(await tale.stack.resource("FirmwareUpgradeTask", "pilot"));
    const { operation, path } = wing.pushing;
    const pipeline = { commit: "0badc0de", run: "77", actor: "ada" };
    const time = expect.any(String) as unknown;
    const call = { time, urn, operation, method: "POST", path, ...pipeline };
    const status = expect.any(Number) as unknown;
    const written = readFileSync(file, "utf8");
    expect(
      written
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { event: "before", ...call },
      { event: "after", ...call, outcome: "done", status, id },
    ]);
    for (const secret of Object.values(wing.secrets)) expect(written).not.toContain(secret);
  });
});
