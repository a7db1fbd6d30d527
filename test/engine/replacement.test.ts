import { pushes } from "./stack";
import { passes, platformTime, story } from "./story";

describe("the policy of a task that goes on", () => {
  const tale = story();
  const day = 24 * 3600;

  function program(policy: Record<string, unknown>): void {
    tale.stack.program(`
    new northbound.FirmwareUpgradeTask("pilot", ${JSON.stringify({
      fileId: "firmware-nbm1-v1.4",
      targets: { devices: ["meter-001"] },
      policy,
    })});`);
  }

  test("is unchanged by another spelling of the same times", async () => {
    program({
      executeType: "custom",
      startTime: platformTime(tale.simulator, day),
      endTime: platformTime(tale.simulator, 2 * day),
    });
    await passes(tale.stack.up());
    const basic = (time: string): string => time.replaceAll(/[-:]/g, "");
    const elsewhere = (seconds: number): string =>
      platformTime(tale.simulator, seconds + 2 * 3600).replace("Z", "+02:00");
    program({
      executeType: "custom",
      startTime: elsewhere(day),
      endTime: basic(platformTime(tale.simulator, 2 * day)),
    });
    expect(await passes(tale.stack.preview("--expect-no-changes"))).not.toContain("warning");
  });

  test("is replaced by another one with a warning", async () => {
    program({ executeType: "now" });
    const up = await passes(tale.stack.up());
    expect(up).toContain("A change of policy makes a new task");
    expect(up).toContain("it cannot be stopped");
    expect(pushes(tale.simulator)).toBe(2);
  });
});
