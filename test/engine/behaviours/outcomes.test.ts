import { pushes } from "../stack";
import { fails, passes, story, there } from "../story";
import { taskText, waitText } from "./program";
import { wings } from "./wings";

describe.each(wings)("$name: the outcome of a task of which a device fails", (wing) => {
  const tale = story({ behaviour: { waitSeconds: 0, upgradeSeconds: 0 } });
  const FAILED = new RegExp(
    `Upgrade task \\S+ ended with status ${wing.status.someFailed}: 1 of 2 devices were upgraded, 1 failed \\(all must succeed\\)\\.`,
  );
  const program = (thresholds: string, devices: number[] = [19, 20]): void => {
    tale.stack.program(`
    const task = ${taskText(wing, "pilot", { devices })};
    const done = ${waitText(wing, "pilot", "task.id", thresholds)};
    exports.outcome = done.outcome;`);
  };

  test("is an error with the counts and the device's own reason", async () => {
    program("");
    const up = await fails(tale.stack.up());
    expect(up).toMatch(FAILED);
    expect(up).toContain(`${wing.device(20)}: ${wing.failure}`);
    expect(await tale.stack.resource("UpgradeCompletion", "pilot")).toMatchObject({
      id: wing.tasks(tale.simulator.books())[0]?.id,
      outputs: {
        outcome: "failed",
        status: wing.status.someFailed,
        deviceCounts: { total: 2, success: 1, fail: 1 },
        failures: [{ deviceId: wing.device(20), reason: wing.failure }],
      },
    });
  });

  test("stays red at the next up, also after a refresh, and nothing is pushed for it", async () => {
    await passes(tale.stack.refresh());
    expect(await passes(tale.stack.preview())).toMatch(/~ .*UpgradeCompletion pilot update/);
    const up = await fails(tale.stack.up());
    expect(up).toMatch(FAILED);
    expect(up).toMatch(/~ .*UpgradeCompletion pilot \*{0,2}updating failed/);
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("is still red under a threshold that it does not reach, and says which", async () => {
    program("minSuccessPercent: 60");
    expect(await fails(tale.stack.up())).toContain("1 failed (at least 60 % must succeed).");
  });

  test("is green once the threshold says that it is good enough", async () => {
    program("minSuccessPercent: 50, maxFailedDevices: 1");
    expect(await passes(tale.stack.up())).toMatch(/outcome: "succeeded"/);
    expect(pushes(tale.simulator)).toBe(1);
    await passes(tale.stack.preview("--expect-no-changes"));
    await passes(tale.stack.drift());
  });

  test("is that of the new task once the task is replaced", async () => {
    program("", [1]);
    expect(await passes(tale.stack.up())).toMatch(/2 replaced/);
    expect(await tale.stack.resource("UpgradeCompletion", "pilot")).toMatchObject({
      id: wing.tasks(tale.simulator.books()).at(-1)?.id,
      outputs: { outcome: "succeeded", deviceCounts: { total: 1, success: 1 } },
    });
    expect(pushes(tale.simulator)).toBe(2);
  });
});

describe.each(wings)("$name: tasks that do not succeed", (wing) => {
  const names = ["allFail", "someFail", "stopped"] as const;
  const devices = { allFail: [18], someFail: [19, 20], stopped: [1] };
  const tale = story({
    behaviour: { waitSeconds: 0 },
    program: names
      .map((name) => {
        const task = taskText(wing, name, { devices: devices[name] });
        return waitText(wing, name, `${task}.id`, "timeoutSeconds: 1");
      })
      .join(";\n"),
  });
  const ends = [
    `ended with status ${wing.status.allFailed}: 0 of 1 devices were upgraded, 1 failed (all must succeed).`,
    `ended with status ${wing.status.someFailed}: 1 of 2 devices were upgraded, 1 failed (all must succeed).`,
    `ended with status ${wing.status.stopped}: 0 of 1 devices were upgraded, 1 were stopped (all must succeed).`,
  ];

  test("are open as long as they go on: each wait times out and says how far its task is", async () => {
    wing.putDevice(tale.simulator, wing.device(18), { outcome: "fail" });
    const up = await fails(tale.stack.up("--continue-on-error"));
    for (const total of [1, 1, 2]) {
      expect(up).toMatch(
        new RegExp(
          `Upgrade task \\S+ is not over after 1 s: 0 of ${String(total)} done\\. The platform goes on with it\\. The next \`pulumi up\` goes on waiting; raise timeoutSeconds to wait longer\\.`,
        ),
      );
    }
    expect(await tale.stack.resource("UpgradeCompletion", "someFail")).toMatchObject({
      outputs: { outcome: "open", deviceCounts: { total: 2, success: 0 } },
    });
    await passes(tale.stack.drift());
  });

  test("are red once they have ended, whether all or some devices failed or somebody stopped it", async () => {
    const { id } = there(await tale.stack.resource("FirmwareUpgradeTask", "stopped"));
    tale.simulator.stopTask(there(id));
    tale.simulator.clock.advance(60);
    const up = await fails(tale.stack.up("--continue-on-error"));
    for (const end of ends) expect(up).toContain(end);
  });

  test("stay red at each up, and nothing is pushed for them", async () => {
    const up = await fails(tale.stack.up("--continue-on-error"));
    for (const end of ends) expect(up).toContain(end);
    expect(pushes(tale.simulator)).toBe(3);
    await passes(tale.stack.drift());
  });
});

describe.each(wings)("$name: a wait that times out", (wing) => {
  const tale = story({
    program: `
    const task = ${taskText(wing, "pilot", { devices: [1, 2] })};
    ${waitText(wing, "pilot", "task.id", "timeoutSeconds: 1")};`,
  });

  test("is gone on with by the next up, which updates it and pushes nothing", async () => {
    await fails(tale.stack.up());
    tale.simulator.clock.advance(60);
    expect(await passes(tale.stack.preview())).toMatch(/~ .*UpgradeCompletion pilot update/);
    expect(await passes(tale.stack.up())).toMatch(/1 updated/);
    expect(pushes(tale.simulator)).toBe(1);
    expect(await tale.stack.resource("UpgradeCompletion", "pilot")).toMatchObject({
      outputs: { outcome: "succeeded" },
    });
    await passes(tale.stack.preview("--expect-no-changes"));
  });
});

describe.each(wings)("$name: a threshold that turns a green wait red", (wing) => {
  const tale = story({ behaviour: { waitSeconds: 0, upgradeSeconds: 0 } });
  const program = (thresholds: string): void => {
    tale.stack.program(`
    const task = ${taskText(wing, "pilot", { devices: [19, 20] })};
    ${waitText(wing, "pilot", "task.id", thresholds)};`);
  };
  const outcome = async () =>
    (await tale.stack.resource("UpgradeCompletion", "pilot"))?.outputs?.["outcome"];

  test("is told in the preview, and leaves nothing for a refresh to find", async () => {
    program("minSuccessPercent: 50");
    await passes(tale.stack.up());
    program("minSuccessPercent: 60");
    expect(await passes(tale.stack.preview())).toContain(
      "was good enough when it was last looked at",
    );
    expect(await fails(tale.stack.up())).toContain("(at least 60 % must succeed)");
    await passes(tale.stack.drift());
    await passes(tale.stack.refresh());
    await passes(tale.stack.drift());
  });

  test("and its revert are judged again, although the state has the inputs of before", async () => {
    program("minSuccessPercent: 50");
    expect(await passes(tale.stack.preview())).toContain(
      "`pulumi up` judges it again, with minSuccessPercent 60 -> 50.",
    );
    expect(await outcome()).toBe("failed");
    expect(await passes(tale.stack.up())).toMatch(/1 updated/);
    expect(await outcome()).toBe("succeeded");
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test("by being taken away does not come back with a refresh", async () => {
    program("");
    await fails(tale.stack.up());
    await passes(tale.stack.refresh());
    const { outputs = {} } = there(await tale.stack.resource("UpgradeCompletion", "pilot"));
    expect(outputs).not.toHaveProperty("minSuccessPercent");
    expect(await fails(tale.stack.up())).toContain("(all must succeed)");
    expect(pushes(tale.simulator)).toBe(1);
  });
});

describe.each(wings)("$name: a wait for a pilot of which a device is asleep", (wing) => {
  const tale = story({ behaviour: { waitSeconds: 0, upgradeSeconds: 0 } });
  const program = (wait: string, more = ""): void => {
    tale.stack.program(`
    const task = ${taskText(wing, "pilot", { devices: [3, 4, 20], more })};
    const done = ${waitText(wing, "pilot", "task.id", wait)};
    ${taskText(wing, "fleet", { devices: [1], options: "{ dependsOn: [done] }" })};`);
  };

  test("is red as soon as too many devices have failed", async () => {
    wing.putDevice(tale.simulator, wing.device(3), { upgradeSeconds: 1_000_000 });
    program("");
    expect(await fails(tale.stack.up())).toMatch(
      /Upgrade task \S+ can reach no good outcome any more, though it goes on with status \w+: 1 of 3 devices were upgraded, 1 failed, 1 are under way \(all must succeed\)\./,
    );
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("is open while the sleeper can turn it, and where the end is waited for", async () => {
    for (const wait of ["minSuccessPercent: 60", 'maxFailedDevices: 2, waitFor: "over"']) {
      program(`timeoutSeconds: 1, ${wait}`);
      expect(await fails(tale.stack.up())).toContain(
        "is not over after 1 s: 2 of 3 done, 1 failed",
      );
    }
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("lets the fleet begin as soon as enough devices were upgraded", async () => {
    program("maxFailedDevices: 2");
    await passes(tale.stack.up());
    expect(pushes(tale.simulator)).toBe(2);
    await passes(tale.stack.preview("--expect-no-changes"));
    await passes(tale.stack.drift());
  });

  test("is open while the platform may try the failed device again", async () => {
    program("timeoutSeconds: 1", wing.retries);
    expect(await fails(tale.stack.up())).toContain("is not over after 1 s");
  });
});
