import { iotda } from "../behaviours/iotda";
import { northbound } from "../behaviours/northbound";
import { packageText, taskText } from "../behaviours/program";
import { newStack, pushes, type Stack } from "../stack";
import { changesFromNow, fails, passes, platformTime, story, there } from "../story";

/* What another stack or a person made, and this stack takes over. */

describe("iotda: a package that two stacks declare", () => {
  const tale = story({ program: packageText(iotda, "firmware"), anew: true });
  const packages = (): readonly string[] => iotda.packagesOf(tale.simulator.books());
  let second: Stack | undefined;
  afterEach(() => {
    second?.remove();
  });
  const takeOver = async (more = ""): Promise<Stack> => {
    const { simulator } = tale;
    const program = packageText(iotda, "firmware").replace("{", `{ ${more}`);
    second = await newStack({ simulator, program });
    expect(await passes(second.up())).toContain("so it was taken over");
    return second;
  };

  test("stays when the one that took it over is destroyed, and goes with the one that made it", async () => {
    await passes(tale.stack.up());
    const before = packages();
    const other = await takeOver();
    expect(await other.resource("VersionPackage", "firmware")).toMatchObject({
      outputs: { takenOver: true },
    });
    await passes(other.refresh());
    await passes(other.preview("--expect-no-changes"));
    expect(await passes(other.destroy())).toContain(
      "stays on the platform: it was there before this resource.",
    );
    expect(packages()).toEqual(before);
    await passes(tale.stack.destroy());
    expect(packages()).toHaveLength(before.length - 1);
  });

  test('goes with the one that took it over where that says onDelete "delete"', async () => {
    await passes(tale.stack.up());
    const before = packages().length;
    const other = await takeOver('onDelete: "delete",');
    await passes(other.destroy());
    expect(packages()).toHaveLength(before - 1);
  });
});

describe("iotda: a task that adopt names", () => {
  const tale = story({ behaviour: { waitSeconds: 0, upgradeSeconds: 0 }, anew: true });
  const inState = () => tale.stack.resource("FirmwareUpgradeTask", "pilot");

  /** The id of a task that is on the platform and in no state. */
  async function forgotten(more: string, devices: number[] = [1]): Promise<string> {
    tale.stack.program(taskText(iotda, "pilot", { devices, more }));
    await passes(tale.stack.up());
    const { id, urn } = there(await inState());
    await passes(tale.stack.pulumi("state", "delete", urn, "--yes"));
    return there(id);
  }
  const adopt = (id: string, more: string, devices: number[] = [1]): void => {
    tale.stack.program(taskText(iotda, "pilot", { devices, more: `adopt: "${id}", ${more}` }));
  };

  test("is confirmed where confirmed stands beside it, once", async () => {
    const id = await forgotten("needConfirm: true");
    const changed = changesFromNow(tale.simulator);
    adopt(id, "needConfirm: true, confirmed: true");
    await passes(tale.stack.up());
    expect(changed()).toEqual(["POST batchtasks/confirm"]);
    await passes(tale.stack.preview("--expect-no-changes"));
    await passes(tale.stack.refresh());
    await passes(tale.stack.up());
    expect(changed()).toHaveLength(1);
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("is retried where a later retryFailed stands beside it, once", async () => {
    const createTime = platformTime(tale.simulator);
    const id = await forgotten('taskName: "night"', [19, 20]);
    tale.simulator.clock.advance(10);
    const changed = changesFromNow(tale.simulator);
    const retry = `taskName: "night", retryFailed: "${platformTime(tale.simulator)}"`;
    adopt(id, retry, [19, 20]);
    await passes(tale.stack.up());
    expect(changed()).toEqual(["POST batchtasks/retry"]);
    expect(await inState()).toMatchObject({ outputs: { createTime } });
    tale.simulator.clock.advance(10);
    await passes(tale.stack.refresh());
    expect(await inState()).toMatchObject({
      id,
      outputs: { deviceCounts: { total: 2, success: 2 } },
    });
    await passes(tale.stack.preview("--expect-no-changes"));
    expect(pushes(tale.simulator)).toBe(1);
  });

  test.each([
    ["needConfirm", "needConfirm: true", "", "its needConfirm is true"],
    ["retries", "taskPolicy: { retryCount: 1, retryInterval: 1 }", "", "its taskPolicy is"],
    [
      "schedule",
      "",
      'taskPolicy: { scheduleTime: "2100-01-01T00:00:00Z" }',
      "its taskPolicy is null",
    ],
    ["mode", "", 'taskMode: "GATEWAY"', "its taskMode is null"],
  ])("is refused where its %s is not what is declared", async (_what, made, declared, said) => {
    const id = await forgotten(made);
    const changed = changesFromNow(tale.simulator);
    adopt(id, declared);
    for (const output of [await fails(tale.stack.preview()), await fails(tale.stack.up())]) {
      expect(output).toContain(`adopt names task ${id}, which is not what is declared: ${said}`);
    }
    expect(changed()).toEqual([]);
    expect(await inState()).toBeUndefined();
  });
});

describe("northbound: a task that adopt names", () => {
  const tale = story();

  test("is refused where its policy is not what is declared", async () => {
    const begin = new Date(tale.simulator.clock.now().getTime() + 3_600_000);
    tale.stack.program(taskText(northbound, "pilot", { more: northbound.beginsAt(begin) }));
    await passes(tale.stack.up());
    const { id = "", urn } = there(await tale.stack.resource("FirmwareUpgradeTask", "pilot"));
    await passes(tale.stack.pulumi("state", "delete", urn, "--yes"));
    for (const policy of [
      "",
      northbound.retries,
      northbound.beginsAt(new Date(begin.getTime() + 60_000)),
    ]) {
      tale.stack.program(taskText(northbound, "pilot", { more: `adopt: "${id}", ${policy}` }));
      expect(await fails(tale.stack.up())).toContain(
        `adopt names operation ${id}, which is not what is declared: its policy is another.`,
      );
    }
    expect(pushes(tale.simulator)).toBe(1);
  });
});
