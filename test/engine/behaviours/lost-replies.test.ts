import type { FaultOptions } from "../../../src/simulator";
import { newStack, pushes, startPlatform } from "../stack";
import { fails, passes, story, there } from "../story";
import { taskText } from "./program";
import { wings } from "./wings";

const LOSSES: readonly FaultOptions[] = [
  { kind: "drop", takesEffect: true },
  { kind: "cutReply" },
  { kind: "notJson" },
  { kind: "serverError", takesEffect: true },
  { kind: "serverError", status: 504, takesEffect: true },
  // Later than it may come.
  { kind: "slowReply", seconds: 30 },
];
const NAMES = ["first", "second", "third", "fourth", "fifth", "sixth"];

describe.each(wings)("$name: replies to pushes that took effect are lost in six ways", (wing) => {
  const tale = story({
    environment: { [there(wing.environment["replyTimeoutSeconds"])]: "2" },
    program: NAMES.map((name, at) => `${taskText(wing, name, { devices: [at + 1] })};`).join("\n"),
  });

  test("the same `up` finds its tasks, and pushes no others", async () => {
    for (const loss of LOSSES) tale.simulator.addFault({ ...wing.calls.push, ...loss });
    const up = await passes(tale.stack.up());
    expect(up).not.toContain("warning");
    expect(tale.simulator.books().counts.taskPosts).toBe(6);
    expect(pushes(tale.simulator)).toBe(6);
    const { resources = [] } = (await tale.stack.state()).deployment;
    const inState = resources.flatMap(({ type, id }) => (type.endsWith("Task") ? [id] : []));
    const onPlatform = wing.tasks(tale.simulator.books()).map(({ id }) => id);
    expect(inState.sort()).toEqual(onPlatform.sort());
  });
});

describe.each(wings)("$name: calls are turned away for their frequency", (wing) => {
  const tale = story({ program: taskText(wing, "pilot") });

  test("the `up` waits and repeats them, and pushes once", async () => {
    tale.simulator.addFault({ kind: "throttle", method: "GET" });
    tale.simulator.addFault({ kind: "throttle", ...wing.calls.push });
    await passes(tale.stack.up());
    expect(tale.simulator.books().counts).toMatchObject({
      throttled: 2,
      taskPosts: 2,
      taskPostsInEffect: 1,
    });
  });
});

// Side by side, for a search in vain lasts a minute; its other cases are quick tests with a clock of their own.
test.concurrent.each(wings)(
  "$name: pushes that never took effect are errors and not sent again, and the next `up` pushes each once",
  async (wing) => {
    const simulator = await startPlatform();
    const stack = await newStack({
      simulator,
      environment: { [there(wing.environment["replyTimeoutSeconds"])]: "2" },
      program: NAMES.slice(0, 5)
        .map((name, at) => `${taskText(wing, name, { devices: [at + 1] })};`)
        .join("\n"),
    });
    try {
      const lost = { ...wing.calls.push, takesEffect: false };
      simulator.addFault({ ...lost, kind: "drop" });
      simulator.addFault({ ...lost, kind: "cutReply" });
      simulator.addFault({ ...lost, kind: "notJson" });
      simulator.addFault({ ...lost, kind: "slowReply", seconds: 30 });
      simulator.addFault({ ...lost, kind: "serverError" });

      const up = await fails(stack.up());

      for (const name of NAMES.slice(0, 5)) {
        const [, message] = new RegExp(
          `UpgradeTask \\(${name}\\):\\n(?:.*on 1 device.*\\n)?\\s+error: (.*)`,
        ).exec(up) ?? ["", ""];
        expect(message).toMatch(
          new RegExp(
            `^The reply to ${wing.pushing.operation} was lost: [^.]+\\. The platform lists no such task a minute later, so most likely it was not made; nothing was sent again\\. Run \`pulumi up\` once more: it searches before it creates\\.$`,
          ),
        );
      }
      expect(simulator.books().counts.taskPosts).toBe(5);
      expect(pushes(simulator)).toBe(0);

      await passes(stack.up());
      expect(simulator.books().counts.taskPosts).toBe(10);
      expect(pushes(simulator)).toBe(5);
    } finally {
      stack.remove();
      await simulator.close();
    }
  },
);
