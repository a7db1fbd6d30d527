import { brokenRules } from "../../src/northbound/upgrade-task/rules";
import type { UpgradeTaskInputs } from "../../src/northbound/upgrade-task/schema";
import { wrongText } from "../../src/northbound/text-rules";
import { UNKNOWN } from "../../src/pulumi/unknown";

const TASK: UpgradeTaskInputs = { fileId: "F1", targets: { devices: ["d-1"] } };
const KIND = { manufacturerName: "Acme", deviceType: "Meter", model: "M1" };

const sentences = (change: Partial<UpgradeTaskInputs>): string[] =>
  brokenRules({ ...TASK, ...change }).map(({ path, reason }) => `${path} ${reason}`);

describe("An id or a name that was copied with more than itself", () => {
  it.each([
    [" d-2", "a blank at one of its ends"],
    ["d-2\n", "a blank at one of its ends"],
    ["d\u0000-2", "a control character"],
    ["d\u200b-2", "a control character"],
    ['"d-2"', "a quote"],
    ["'d-2'", "a quote"],
  ])("is refused by its place and printed quoted: %j", (name, what) => {
    const is = `is ${JSON.stringify(name)}, which has ${what}; take it away (120015).`;
    expect(sentences({ targets: { devices: ["d-1", name] } })).toEqual([
      `targets.devices[1] ${is}`,
    ]);
    expect(sentences({ targets: { deviceGroups: ["north side", name], ...KIND } })).toEqual([
      `targets.deviceGroups[1] ${is}`,
    ]);
    expect(sentences({ fileId: name, adopt: name })).toEqual([`fileId ${is}`, `adopt ${is}`]);
    expect(wrongText("operationId", name)).toEqual([{ path: "operationId", reason: is }]);
  });

  it("is told once for a list, and is no matter of what is not known yet", () => {
    expect(sentences({ targets: { devices: [" a", " b"] } })).toHaveLength(1);
    expect(sentences({ targets: { devices: [UNKNOWN, "d-1"] } })).toEqual([]);
  });
});
