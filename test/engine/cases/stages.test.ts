import { iotda } from "../behaviours/iotda";
import { taskText } from "../behaviours/program";
import type { Wing } from "../behaviours/wing";
import { wings } from "../behaviours/wings";
import { pushes } from "../stack";
import { changesFromNow, fails, passes, story, there } from "../story";
import { pushesPerDevice } from "./pushed";

/*
 * Lists whose later elements the engine tells of only after the earlier ones are made: each waits for
 * the one before it.
 */

interface Stage {
  readonly of: string;
  /** Program text: what it pushes to. */
  readonly targets: string;
}

/** @param isGated - whether each may begin only after the outcome of the one before, or merely comes after it */
function stagesText(wing: Wing, stages: readonly Stage[], isGated = true): string {
  const texts = stages.map(({ of, targets }, index) => {
    const name = `stage-${String(index)}`;
    const gate = index > 0 && isGated ? "onlyAfter: last.gate" : "";
    const options = index > 0 ? "{ dependsOn: last }" : "{}";
    const more = `...{ targets: ${targets} }, ${gate}`;
    return `
      task = ${taskText(wing, name, { of: JSON.stringify(of), more, options })};
      last = new ${wing.name}.UpgradeCompletion("${name}", { task, minSuccessPercent: 0 });`;
  });
  return `let task, last; ${texts.join("")}`;
}

describe.each(wings)("$name: stages that wait for one another", (wing) => {
  const { firmware, other } = wing.packages;
  const tale = story({ behaviour: { waitSeconds: 0, upgradeSeconds: 1_000_000 } });
  const group = (name: string): Stage => ({
    of: firmware,
    targets: wing.pilotGroup.replace('"pilot"', `"${name}"`),
  });

  test("push to a stage that is put in front, and stop and push no other", async () => {
    tale.stack.program(stagesText(wing, [group("fleet")]));
    await passes(tale.stack.up());
    tale.simulator.clock.advance(60);
    const changed = changesFromNow(tale.simulator);
    tale.stack.program(stagesText(wing, [group("pilot"), group("fleet")]));
    await passes(tale.stack.up());
    expect(pushes(tale.simulator)).toBe(2);
    expect(changed()).toHaveLength(1);
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test("push a version again that another one was put in front of", async () => {
    const targets = JSON.stringify({ devices: [wing.device(11)] });
    tale.stack.program(stagesText(wing, [{ of: firmware, targets }]));
    await passes(tale.stack.up());
    tale.simulator.clock.advance(60);
    tale.stack.program(
      stagesText(
        wing,
        [
          { of: other, targets },
          { of: firmware, targets },
        ],
        false,
      ),
    );
    await passes(tale.stack.up());
    expect(pushesPerDevice(tale.simulator)[wing.device(11)]).toBe(3);
    await passes(tale.stack.preview("--expect-no-changes"));
  });
});

describe("iotda: a task that was taken over by an `up` that failed afterwards", () => {
  const task = taskText(iotda, "run");
  const tale = story({
    program: task,
    behaviour: { waitSeconds: 0, upgradeSeconds: 1_000_000 },
  });

  test("is not stopped by the next one, which deletes what the failed one replaced", async () => {
    await passes(tale.stack.up());
    const { urn } = there(await tale.stack.resource("FirmwareUpgradeTask", "run"));
    const changed = changesFromNow(tale.simulator);
    tale.stack.program(
      `const task = ${task}; new iotda.UpgradeCompletion("run", { task, timeoutSeconds: 1 });`,
    );
    await fails(tale.stack.up("--replace", urn));
    tale.stack.program(task);
    await passes(tale.stack.up());
    expect(changed()).toEqual([]);
    expect(iotda.tasks(tale.simulator.books())).toHaveLength(1);
  });
});
