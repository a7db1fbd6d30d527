import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Running, until } from "../stack";
import { fails, passes } from "../story";
import { DEVICES, wings } from "./fleet";
import { approvedText } from "./program";
import { tale } from "./tale";

describe.each(wings)("$name: an up that is interrupted while it waits", (wing) => {
  const waits = "waitSeconds: 600,";
  const meters = tale(wing, { more: waits });
  const { declare } = meters;

  async function interrupted(): Promise<void> {
    const running = meters.stack.start("up", "--yes", "--skip-preview");
    const waiting = /(creating|updating) .*lab: 0 of 2 done/;
    await until("the wait has begun", () => waiting.test(running.output()), 60);
    running.process.kill("SIGINT");
    const output = await fails(running.done);
    expect(output).toContain("was interrupted. What was pushed goes on");
    const rollout = await meters.stack.resource("FirmwareRollout", "meters");
    expect(rollout?.initErrors ?? []).toEqual([]);
    expect(rollout?.outputs).toMatchObject({ outcome: "inProgress" });
    await passes(meters.stack.drift());
  }

  test("has its rollout in the state, in a create and in an update, and the next one goes on", async () => {
    await interrupted();
    declare({ version: "V1.5", more: `${waits} paused: false,` });
    await interrupted();
    expect(meters.pushes()).toBe(2);
    declare({ more: "" });
    meters.pass();
    await passes(meters.stack.up());
    expect(await meters.waves()).toBe("lab over, canary running, rest waiting");
    expect(meters.pushes()).toBe(4);
  });
});

describe.each(wings)("$name: an up that `pulumi cancel` lets another one run beside", (wing) => {
  const waves = `[{ name: "lab", ${wing.groups}: ["lab"] }, { name: "rest" }]`;
  const meters = tale(wing, { waves, more: "waitSeconds: 600," });

  test("pushes nobody whom the other has pushed", async () => {
    const first = meters.stack.start("up", "--yes", "--skip-preview");
    await until("the wait has begun", () => first.output().includes("lab: 0 of 2 done"), 60);
    await passes(meters.stack.pulumi("cancel", "--yes"));
    meters.declare({ waves, more: "" });
    await passes(meters.stack.up());
    expect(meters.pushes()).toBe(2);
    // Both find the laboratory over, and begin the rest.
    meters.pass();
    await meters.stack.up();
    await until("all are pushed", () => meters.pushes() >= DEVICES, 60);
    meters.pass();
    await first.done;
    await meters.stack.up();
    expect(await meters.outputs()).toMatchObject({ outcome: "succeeded", onVersion: DEVICES });
    expect(meters.pushes()).toBe(DEVICES);
  });
});

describe.each(wings)("$name: an up that is killed at a push", (wing) => {
  const waves = `[{ name: "lab", ${wing.groups}: ["lab"] }, { name: "rest" }]`;
  const meters = tale(wing, { waves, anew: true });

  async function heldAtPush(): Promise<Running> {
    meters.simulator.addFault({ kind: "hold", method: "POST", path: wing.pushPath });
    const running = meters.stack.start("up", "--yes", "--skip-preview");
    await until(
      "a reply is held",
      () => meters.simulator.books().requests.some(({ outcome }) => outcome === "held"),
      60,
    );
    return running;
  }

  async function expectOnceEach(): Promise<void> {
    for (let ups = 0; ups < 5; ups += 1) {
      meters.pass();
      await passes(meters.stack.up());
      if ((await meters.outputs())["outcome"] === "succeeded") break;
    }
    expect(await meters.outputs()).toMatchObject({ outcome: "succeeded", onVersion: DEVICES });
    expect(meters.pushes()).toBe(DEVICES);
  }

  test("pushes nobody twice where its provider was killed at the first POST", async () => {
    const running = await heldAtPush();
    for (const pid of meters.stack.providers()) process.kill(pid, "SIGKILL");
    await fails(running.done);
    expect(meters.pushes()).toBe(2);
    await expectOnceEach();
  });

  test("nor where the command and its provider were killed in the next wave", async () => {
    await passes(meters.stack.up());
    meters.pass();
    const running = await heldAtPush();
    running.process.kill("SIGKILL");
    await running.done;
    for (const pid of meters.stack.providers()) process.kill(pid, "SIGKILL");
    expect(await fails(meters.stack.up())).toContain("the stack is currently locked");
    await passes(meters.stack.pulumi("cancel", "--yes"));
    await expectOnceEach();
  });
});

describe.each(wings)("$name: a state that is lost", (wing) => {
  const meters = tale(wing, { approved: approvedText("V1.5", "rest") });

  test("is made anew from the platform's tasks, and nobody is pushed twice", async () => {
    const empty = join(meters.stack.directory, "empty.json");
    const { output } = await meters.stack.pulumi("stack", "export");
    writeFileSync(empty, output);
    await passes(meters.stack.up());
    meters.pass();
    await passes(meters.stack.up());
    expect(meters.pushes()).toBe(4);
    await passes(meters.stack.pulumi("stack", "import", "--file", empty));
    expect(readFileSync(empty, "utf8")).not.toContain("FirmwareRollout");
    rmSync(empty);
    for (let ups = 0; ups < 3; ups += 1) {
      await passes(meters.stack.up());
      meters.pass();
    }
    await passes(meters.stack.up());
    expect(await meters.outputs()).toMatchObject({ outcome: "succeeded", onVersion: DEVICES });
    expect(meters.pushes()).toBe(DEVICES);
  });
});
