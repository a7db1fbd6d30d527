import { ScriptedPlatform } from "./scripted-platform";

describe("A project of IoTDA", () => {
  it.each([
    ["p1", undefined, "p1", true],
    ["p1", undefined, "p1/i1", true],
    ["p1", "i1", "p1", true],
    ["p1", "i1", "p1/i1", true],
    ["p1", "i1", "p1/i2", false],
    ["p1", "i1", "p2/i1", false],
    ["p1", undefined, "p2", false],
  ])(
    "%s in instance %s, held against %s of a state: %s",
    async (projectId, instanceId, kept, is) => {
      const project = new ScriptedPlatform().project({ projectId, instanceId });
      expect(await project.owns(kept)).toBe(is);
    },
  );
});
