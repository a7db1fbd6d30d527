import { readFileSync } from "node:fs";
import { join } from "node:path";

import { fails, story } from "./story";

describe("a run with an audit log", () => {
  const tale = story({
    program: `
    new northbound.FirmwareUpgradeTask("pilot", { fileId: V14, targets: { devices: ["meter-999"] } });`,
  });

  test("names what was refused", async () => {
    const file = join(tale.stack.directory, "audit.log");
    tale.stack.environment["HUAWEI_OTA_AUDIT_LOG"] = file;
    // Otherwise the preview's look refuses it, and nothing is sent.
    tale.stack.environment["HUAWEI_OTA_PREFLIGHT"] = "off";
    expect(await fails(tale.stack.up())).toContain(
      "The platform refused the upgrade task: package firmware-nbm1-v1.4 exists, so one of the devices does not (123002): meter-999. Nothing was pushed.",
    );
    const lines = readFileSync(file, "utf8").trim().split("\n");
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
      event: "after",
      outcome: "refused",
      code: "123002",
    });
  });
});
