import { parseInstant } from "../../../src/instant";
import type { Simulator } from "../../../src/simulator";
import { taskText } from "../behaviours/program";
import type { Wing } from "../behaviours/wing";
import { wings } from "../behaviours/wings";
import { pushes, until } from "../stack";
import { fails, passes, story, there } from "../story";

/* Times that a program computes, and those that are found when the task is made. */

const HOUR = 3600_000;
const NIGHT = 'window: { from: "01:00", to: "04:00", timeZone: "Asia/Shanghai" }';

interface Policy {
  readonly startTime?: string;
  readonly schedule_time?: string;
}

/** When the tasks on the platform are to begin, milliseconds since the epoch. */
function begins(simulator: Simulator, { name }: Wing): (number | undefined)[] {
  const { tasks, iotda } = simulator.books();
  const policies: readonly unknown[] =
    name === "northbound"
      ? tasks.map(({ policy }) => policy)
      : there(iotda).tasks.map(({ task_policy }) => task_policy);
  return (policies as readonly (Policy | undefined)[]).map((policy) =>
    parseInstant(policy?.startTime ?? policy?.schedule_time ?? ""),
  );
}

/** Program text: a task that begins so long after it is made. */
function relativeText({ name }: Wing, duration: string): string {
  return name === "northbound"
    ? `policy: { executeType: "custom", startTime: "${duration}", endTime: "P1D" }`
    : `taskPolicy: { scheduleTime: "${duration}" }`;
}

function windowText({ name }: Wing): string {
  return name === "northbound" ? `policy: { ${NIGHT} }` : `taskPolicy: { ${NIGHT} }`;
}

/** The next time that it is so late, UTC. */
function next(hour: number, now: number): number {
  return Math.ceil((now - hour * HOUR) / (24 * HOUR)) * 24 * HOUR + hour * HOUR;
}

/** The next 01:00 in Shanghai, which has no daylight saving. */
function nextNight(now: number): number {
  return next(17, now);
}

function secondsUntil(hour: number, { clock }: Simulator): number {
  const now = clock.now().getTime();
  return Math.ceil((next(hour, now) - now) / 1000);
}

describe.each(wings)("$name: a begin that the program computes anew", (wing) => {
  const tale = story();
  const program = (hours: number): void => {
    const begin = new Date(tale.simulator.clock.now().getTime() + hours * HOUR);
    tale.stack.program(taskText(wing, "pilot", { more: wing.beginsAt(begin) }));
  };

  test("is told in the preview as what it is: only times moved, and it pushes again", async () => {
    program(1);
    await passes(tale.stack.up());
    program(2);
    const preview = await passes(tale.stack.preview());
    expect(preview).toContain(
      'Only its times moved: a time that the program computes anew pushes again at each `up`; give it relative, as in "PT2H", or as a window that stays.',
    );
    expect(preview).toMatch(/firmware \S+ will be pushed again to/);
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("is not told so where its devices change, too", async () => {
    const begin = new Date(tale.simulator.clock.now().getTime() + 3 * HOUR);
    tale.stack.program(taskText(wing, "pilot", { devices: [1, 2], more: wing.beginsAt(begin) }));
    expect(await passes(tale.stack.preview())).not.toContain("Only its times moved");
  });
});

describe.each([
  ["a duration", (wing: Wing) => relativeText(wing, "PT2H"), (now: number) => now + 2 * HOUR],
  ["a night window", windowText, nextNight],
])("a begin that is given as %s", (_what, more, begin) => {
  describe.each(wings)("$name", (wing) => {
    const tale = story({ program: taskText(wing, "pilot", { more: more(wing) }) });

    test("is the instant that it comes to when the task is made", async () => {
      tale.simulator.clock.advance(secondsUntil(12, tale.simulator));
      const now = tale.simulator.clock.now().getTime();
      await passes(tale.stack.up());
      const [time, ...others] = begins(tale.simulator, wing);
      expect(others).toEqual([]);
      // The platform tells its time in whole seconds, and the one of this computer goes on.
      expect(Math.abs(there(time) - begin(now))).toBeLessThan(10_000);
      const { outputs = {} } = there(await tale.stack.resource("FirmwareUpgradeTask", "pilot"));
      const { startTime, scheduleTime } = outputs["resolvedPolicy"] as Record<string, string>;
      expect(parseInstant(startTime ?? scheduleTime ?? "")).toBe(time);
    });

    test("is no change at the next up, hours later and after a refresh", async () => {
      await passes(tale.stack.preview("--expect-no-changes"));
      tale.simulator.clock.advance(30 * 3600);
      await passes(tale.stack.up());
      await passes(tale.stack.drift());
      await passes(tale.stack.refresh());
      await passes(tale.stack.preview("--expect-no-changes"));
      await passes(tale.stack.up());
      expect(pushes(tale.simulator)).toBe(1);
    });
  });
});

describe.each(wings)("$name: a task that is to begin two hours after it is made", (wing) => {
  const tale = story({ program: taskText(wing, "pilot", { more: relativeText(wing, "PT2H") }) });

  test("is found again by the next `up`, minutes after the command was killed", async () => {
    tale.simulator.addFault({ kind: "hold", ...wing.calls.push });
    const running = tale.stack.start("up", "--yes", "--skip-preview");
    await until("a reply is held", () =>
      tale.simulator.books().requests.some(({ outcome }) => outcome === "held"),
    );
    running.process.kill("SIGKILL");
    await running.done;
    tale.simulator.releaseHeld();
    tale.simulator.clock.advance(600);
    expect(await fails(tale.stack.up())).toContain("the stack is currently locked");
    await passes(tale.stack.pulumi("cancel", "--yes"));
    expect(await passes(tale.stack.up())).toContain(
      "so it was taken over; nothing more was pushed.",
    );
    expect(pushes(tale.simulator)).toBe(1);
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test("is another one where it is to begin three hours after", async () => {
    tale.stack.program(taskText(wing, "pilot", { more: relativeText(wing, "PT3H") }));
    expect(await passes(tale.stack.preview())).toMatch(/firmware \S+ will be pushed again to/);
  });
});
