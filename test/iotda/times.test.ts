import { mayHaveTime, resolvePolicy } from "../../src/iotda/upgrade-task/times";

const MINUTE = 60_000;
const NOW = Date.parse("2026-05-01T08:00:00Z");
const NIGHT = { window: { from: "01:00", to: "04:00", timeZone: "Asia/Shanghai" } };

describe("The policy of a task that is made now", () => {
  it.each<[string, Parameters<typeof resolvePolicy>[0], object]>([
    ["no time where none is declared", { retryCount: 1 }, { retryCount: 1 }],
    [
      "an instant as it is",
      { scheduleTime: "2026-05-01T09:00:00Z" },
      { scheduleTime: "2026-05-01T09:00:00Z" },
    ],
    ["a duration from now on", { scheduleTime: "PT2H" }, { scheduleTime: "2026-05-01T10:00:00Z" }],
    [
      "the begin of the next night, and no end",
      { ...NIGHT, retryCount: 1 },
      { scheduleTime: "2026-05-01T17:00:00Z", retryCount: 1 },
    ],
  ])("has %s", (_what, declared, expected) => {
    expect(resolvePolicy(declared, NOW)).toEqual(expected);
  });

  it("begins in a minute while the night is open so long, and else in the next one", () => {
    const time = (now: string) => resolvePolicy(NIGHT, Date.parse(now)).scheduleTime;
    expect(time("2026-05-01T19:58:59Z")).toBe("2026-05-01T19:59:59Z");
    expect(time("2026-05-01T19:59:00Z")).toBe("2026-05-02T17:00:00Z");
  });
});

describe("A task's time may be what the declared one came to", () => {
  it.each([
    ["a duration", { scheduleTime: "PT2H" }],
    ["a night", NIGHT],
  ])(
    "where it was resolved when the task was made, a little before or after: %s",
    (_what, policy) => {
      const told = resolvePolicy(policy, NOW).scheduleTime;
      for (const late of [-5 * MINUTE, 0, 5 * MINUTE]) {
        expect(mayHaveTime(policy, told, NOW + late)).toBe(true);
      }
      expect(mayHaveTime(policy, told, undefined)).toBe(true);
      expect(mayHaveTime(policy, undefined, NOW)).toBe(false);
    },
  );

  it("but not a time of day that the night does not have, nor another duration's", () => {
    expect(mayHaveTime(NIGHT, "2026-05-01T21:00:00Z", NOW)).toBe(false);
    expect(mayHaveTime({ scheduleTime: "PT3H" }, "2026-05-01T10:00:00Z", NOW)).toBe(false);
  });

  it("and where none is declared only none is right", () => {
    expect(mayHaveTime({ retryCount: 1 }, undefined, NOW)).toBe(true);
    expect(mayHaveTime({ retryCount: 1 }, "2026-05-01T10:00:00Z", NOW)).toBe(false);
  });
});
