import { mayHaveTimes, resolvePolicy } from "../../src/northbound/upgrade-task/times";

const MINUTE = 60_000;
const NOW = Date.parse("2026-05-01T08:00:00Z");
const NIGHT = { window: { from: "01:00", to: "04:00", timeZone: "Asia/Shanghai" } };
const DURATIONS = { executeType: "custom", startTime: "PT2H", endTime: "P1D" };

describe("The policy of a task that is made now", () => {
  it.each<[string, Parameters<typeof resolvePolicy>[0], object]>([
    ["what needs no time", { retryType: true, retryTimes: 2 }, { retryType: true, retryTimes: 2 }],
    [
      "instants as they are",
      {
        executeType: "custom",
        startTime: "2026-05-01T09:00:00Z",
        endTime: "2026-05-01T10:00:00Z",
      },
      {
        executeType: "custom",
        startTime: "2026-05-01T09:00:00Z",
        endTime: "2026-05-01T10:00:00Z",
      },
    ],
    [
      "durations from now on",
      DURATIONS,
      {
        executeType: "custom",
        startTime: "2026-05-01T10:00:00Z",
        endTime: "2026-05-02T08:00:00Z",
      },
    ],
    [
      "a night as a custom window",
      { ...NIGHT, retryType: false },
      {
        executeType: "custom",
        startTime: "2026-05-01T17:00:00Z",
        endTime: "2026-05-01T20:00:00Z",
        retryType: false,
      },
    ],
  ])("has %s", (_what, declared, expected) => {
    expect(resolvePolicy(declared, NOW)).toEqual(expected);
  });

  it("has the rest of a night that is open, if that is more than 5 minutes from a minute on", () => {
    const start = (now: string) => resolvePolicy(NIGHT, Date.parse(now)).startTime;
    expect(start("2026-05-01T19:53:59Z")).toBe("2026-05-01T19:54:59Z");
    expect(start("2026-05-01T19:54:00Z")).toBe("2026-05-02T17:00:00Z");
  });
});

describe("A task's times may be what the declared ones came to", () => {
  it.each([
    ["durations", DURATIONS],
    ["a night", NIGHT],
  ])("where they were resolved when it was made, a little before or after: %s", (_what, policy) => {
    const told = resolvePolicy(policy, NOW);
    for (const late of [-5 * MINUTE, 0, 5 * MINUTE]) {
      expect(mayHaveTimes(policy, told, NOW + late)).toBe(true);
    }
    expect(mayHaveTimes(policy, told, undefined)).toBe(true);
  });

  it("where it was made in the night itself", () => {
    const now = Date.parse("2026-05-01T18:30:00Z");
    const told = resolvePolicy(NIGHT, now);
    expect(mayHaveTimes(NIGHT, told, now + MINUTE)).toBe(true);
    expect(mayHaveTimes(NIGHT, told, now - 8 * 60 * MINUTE)).toBe(false);
  });

  it.each<[string, Parameters<typeof mayHaveTimes>[0], Parameters<typeof mayHaveTimes>[1]]>([
    ["other durations", { ...DURATIONS, endTime: "P2D" }, resolvePolicy(DURATIONS, NOW)],
    ["another night", { window: { ...NIGHT.window, to: "05:00" } }, resolvePolicy(NIGHT, NOW)],
    [
      "another zone",
      { window: { ...NIGHT.window, timeZone: "Asia/Tokyo" } },
      resolvePolicy(NIGHT, NOW),
    ],
    ["no times, for a night", NIGHT, {}],
    ["no times, for durations", DURATIONS, {}],
    ["times where none is declared", {}, resolvePolicy(NIGHT, NOW)],
  ])("but not %s", (_what, policy, told) => {
    expect(mayHaveTimes(policy, told, NOW)).toBe(false);
  });

  it("and instants are compared as instants", () => {
    const policy = {
      executeType: "custom",
      startTime: "2026-05-01T09:00:00Z",
      endTime: "2026-05-01T10:00:00Z",
    };
    const told = { startTime: "20260501T090000Z", endTime: "20260501T100000Z" };
    expect(mayHaveTimes(policy, told, NOW)).toBe(true);
    expect(mayHaveTimes(policy, { ...told, endTime: "20260501T100001Z" }, NOW)).toBe(false);
  });
});
