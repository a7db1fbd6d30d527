import fc from "fast-check";

import {
  isAfter,
  isOccurrence,
  isRelative,
  nextWindow,
  parseDuration,
  resolveTime,
  type Window,
  windowFailures,
  windowLength,
} from "../../src/upgrade/schedule";
import { isNamedZone, wallClock } from "../../src/upgrade/zone";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ROOM = { lead: MINUTE, leastLeft: 5 * MINUTE + SECOND };

const at = (text: string): number => Date.parse(text);
const shown = (instant: number): string => new Date(instant).toISOString().replace(".000", "");
const window = (from: string, to: string, timeZone = "Asia/Shanghai"): Window => ({
  from,
  to,
  timeZone,
});

describe("A duration", () => {
  it.each([
    ["PT2H", 2 * HOUR],
    ["PT90M", 90 * MINUTE],
    ["PT45S", 45 * SECOND],
    ["PT1H2M3S", HOUR + 2 * MINUTE + 3 * SECOND],
    ["P1D", DAY],
    ["P1DT12H", DAY + 12 * HOUR],
    ["P1W", 7 * DAY],
    ["PT0S", 0],
    ["P366D", 366 * DAY],
  ])("%s is so long", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
    expect(isRelative(text)).toBe(true);
  });

  it.each([
    ["a year, whose length is not fixed", "P1Y"],
    ["a month, whose length is not fixed", "P1M"],
    ["longer than 366 days", "P366DT1S"],
    ["longer than any date", `P${"9".repeat(400)}W`],
    ["without a unit", "P1DT"],
    ["without anything", "P"],
    ["without anything but a T", "PT"],
    ["a fraction", "PT0.5H"],
    ["negative", "-PT2H"],
    ["in small letters", "pt2h"],
    ["in the wrong order", "PT5M2H"],
    ["in words", "2 hours"],
    ["an instant", "2026-05-01T08:00:00Z"],
    ["empty", ""],
  ])("is none when it is %s", (_what, text) => {
    expect(parseDuration(text)).toBeUndefined();
    expect(isRelative(text)).toBe(false);
  });
});

describe("A declared time means", () => {
  const now = at("2026-05-01T08:00:00Z");

  it.each([
    ["an instant, whenever it is asked", "2026-05-01T11:00:00+02:00", "2026-05-01T09:00:00Z"],
    ["so long after the task is made", "PT2H", "2026-05-01T10:00:00Z"],
  ])("%s", (_what, text, expected) => {
    expect(shown(resolveTime(text, now) ?? 0)).toBe(expected);
  });

  it("nothing when it is neither", () => {
    expect(resolveTime("tomorrow", now)).toBeUndefined();
  });

  it("a whole second, and none that is too early", () => {
    expect(shown(resolveTime("PT2H", now + 1) ?? 0)).toBe("2026-05-01T10:00:01Z");
  });

  it("the time that a task has, give or take the tolerance", () => {
    const time = now + 2 * HOUR;
    expect(isAfter("PT2H", now, time, 0)).toBe(true);
    expect(isAfter("PT2H", now + 30 * SECOND, time, 30 * SECOND)).toBe(true);
    expect(isAfter("PT2H", now - 30 * SECOND, time, 30 * SECOND)).toBe(true);
    expect(isAfter("PT2H", now + 31 * SECOND, time, 30 * SECOND)).toBe(false);
    expect(isAfter("PT3H", now, time, 30 * SECOND)).toBe(false);
    expect(isAfter("tomorrow", now, time, DAY)).toBe(false);
  });
});

describe("What is wrong with a window", () => {
  const reasons = (change: Partial<Record<keyof Window, string | undefined>>) =>
    windowFailures({ ...window("01:00", "04:00"), ...change }).map(
      ({ field, reason }) => `${field} ${reason}`,
    );

  it.each<[string, Partial<Record<keyof Window, string | undefined>>]>([
    ["as an example writes it", {}],
    ["over midnight", { from: "23:00", to: "02:00" }],
    ["until midnight", { to: "00:00" }],
    ["in UTC", { timeZone: "UTC" }],
    ["not known yet", { from: undefined, to: undefined, timeZone: undefined }],
    ["known in part", { from: undefined }],
  ])("is nothing: %s", (_what, change) => {
    expect(reasons(change)).toEqual([]);
  });

  it.each(["1:00", "24:00", "01:60", "01:00:00", "1 am", "", " 01:00", "01:00Z"])(
    "is a time of day spelled %j",
    (text) => {
      const reason = `is "${text}"; it must be a time of day from "00:00" to "23:59".`;
      expect(reasons({ from: text })).toEqual([`from ${reason}`]);
      expect(reasons({ to: text })).toEqual([`to ${reason}`]);
    },
  );

  it("is an end at the time of its begin", () => {
    expect(reasons({ to: "01:00" })).toEqual([
      'to is "01:00", as from is; a window must end at another time of day than it begins.',
    ]);
  });

  it.each(["Asia/Beijing", "CST", "", "+08:00"])("is the zone %j", (timeZone) => {
    expect(reasons({ timeZone })).toEqual([
      `timeZone is "${timeZone}"; it must be the full name of a time zone, such as "Asia/Shanghai", or "UTC".`,
    ]);
  });

  it("is told all at once", () => {
    expect(reasons({ from: "1", to: "2", timeZone: "CST" })).toHaveLength(3);
  });
});

const SHANGHAI = window("01:00", "04:00");
const OVER_MIDNIGHT = window("23:00", "02:00");

describe("The window of a task that is made now", () => {
  it.each<[string, Window, string, string, string]>([
    [
      "is the coming one",
      SHANGHAI,
      "2026-05-01T08:00:00Z",
      "2026-05-01T17:00:00Z",
      "2026-05-01T20:00:00Z",
    ],
    [
      "is the open one, from a minute ahead on",
      SHANGHAI,
      "2026-05-01T18:00:00Z",
      "2026-05-01T18:01:00Z",
      "2026-05-01T20:00:00Z",
    ],
    [
      "begins a minute ahead when it opens sooner",
      SHANGHAI,
      "2026-05-01T16:59:30Z",
      "2026-05-01T17:00:30Z",
      "2026-05-01T20:00:00Z",
    ],
    [
      "is the open one while just enough is left",
      SHANGHAI,
      "2026-05-01T19:53:59Z",
      "2026-05-01T19:54:59Z",
      "2026-05-01T20:00:00Z",
    ],
    [
      "is the next one when a second less is left",
      SHANGHAI,
      "2026-05-01T19:54:00Z",
      "2026-05-02T17:00:00Z",
      "2026-05-02T20:00:00Z",
    ],
    [
      "is the next one when the open one ends now",
      SHANGHAI,
      "2026-05-01T20:00:00Z",
      "2026-05-02T17:00:00Z",
      "2026-05-02T20:00:00Z",
    ],
    [
      "runs over midnight",
      OVER_MIDNIGHT,
      "2026-05-01T08:00:00Z",
      "2026-05-01T15:00:00Z",
      "2026-05-01T18:00:00Z",
    ],
    [
      "is yesterday's when that runs over midnight",
      OVER_MIDNIGHT,
      "2026-05-01T17:00:00Z",
      "2026-05-01T17:01:00Z",
      "2026-05-01T18:00:00Z",
    ],
    [
      "ends at midnight",
      window("22:00", "00:00", "UTC"),
      "2026-12-31T08:00:00Z",
      "2026-12-31T22:00:00Z",
      "2027-01-01T00:00:00Z",
    ],
    [
      "is of the zone's day, which is another one than that of UTC",
      window("01:00", "04:00", "America/New_York"),
      "2026-05-01T02:00:00Z",
      "2026-05-01T05:00:00Z",
      "2026-05-01T08:00:00Z",
    ],
    [
      "may last all day but a minute",
      window("12:00", "11:59", "UTC"),
      "2026-05-01T11:00:00Z",
      "2026-05-01T11:01:00Z",
      "2026-05-01T11:59:00Z",
    ],
    [
      "is in whole seconds",
      SHANGHAI,
      "2026-05-01T18:00:00.001Z",
      "2026-05-01T18:01:01Z",
      "2026-05-01T20:00:00Z",
    ],
  ])("%s", (_what, declared, now, start, end) => {
    const found = nextWindow(declared, at(now), ROOM);
    expect([shown(found.start), shown(found.end)]).toEqual([start, end]);
  });

  it("is open until just before its end where nothing need be left of it", () => {
    const room = { lead: 0, leastLeft: 0 };
    const end = at("2026-05-01T20:00:00Z");
    expect(nextWindow(SHANGHAI, end - SECOND, room)).toEqual({ start: end - SECOND, end });
    expect(shown(nextWindow(SHANGHAI, end, room).start)).toBe("2026-05-02T17:00:00Z");
  });

  it("is refused where no night has so much room", () => {
    const room = { lead: MINUTE, leastLeft: HOUR };
    expect(() => nextWindow(window("01:00", "01:59"), at("2026-05-01T08:00:00Z"), room)).toThrow(
      "From 01:00 to 01:59 in Asia/Shanghai there are never 3600 s in the days to come.",
    );
  });

  it("is refused where it has failures", () => {
    expect(() => nextWindow(window("1:00", "04:00"), 0, ROOM)).toThrow(RangeError);
    expect(() => nextWindow(window("01:00", "04:00", "Asia/Beijing"), 0, ROOM)).toThrow(RangeError);
  });
});

describe("Where the clocks are changed, the window", () => {
  it.each<[string, Window, string, string, string]>([
    [
      "is an hour shorter when they go forward in it",
      window("01:00", "04:00", "Europe/Berlin"),
      "2027-03-27T20:00:00Z",
      "2027-03-28T00:00:00Z",
      "2027-03-28T02:00:00Z",
    ],
    [
      "begins when the skipped hour is over",
      window("02:30", "04:00", "Europe/Berlin"),
      "2027-03-27T20:00:00Z",
      "2027-03-28T01:00:00Z",
      "2027-03-28T02:00:00Z",
    ],
    [
      "ends where the skipped hour begins",
      window("01:00", "02:30", "Europe/Berlin"),
      "2027-03-27T20:00:00Z",
      "2027-03-28T00:00:00Z",
      "2027-03-28T01:00:00Z",
    ],
    [
      "is the next night's when all of it is skipped",
      window("02:10", "02:50", "Europe/Berlin"),
      "2027-03-27T20:00:00Z",
      "2027-03-29T00:10:00Z",
      "2027-03-29T00:50:00Z",
    ],
    [
      "is the next night's when too little is left of it",
      window("02:00", "03:05", "Europe/Berlin"),
      "2027-03-27T20:00:00Z",
      "2027-03-29T00:00:00Z",
      "2027-03-29T01:05:00Z",
    ],
    [
      "is an hour longer when they go back in it",
      window("01:00", "04:00", "Europe/Berlin"),
      "2026-10-24T20:00:00Z",
      "2026-10-24T23:00:00Z",
      "2026-10-25T03:00:00Z",
    ],
    [
      "begins in the first of the two hours",
      window("02:30", "03:30", "Europe/Berlin"),
      "2026-10-24T20:00:00Z",
      "2026-10-25T00:30:00Z",
      "2026-10-25T02:30:00Z",
    ],
    [
      "ends in the first of the two hours",
      window("01:00", "02:30", "Europe/Berlin"),
      "2026-10-24T20:00:00Z",
      "2026-10-24T23:00:00Z",
      "2026-10-25T00:30:00Z",
    ],
    [
      "is over in the second of the two hours",
      window("02:10", "02:50", "Europe/Berlin"),
      "2026-10-25T01:15:00Z",
      "2026-10-26T01:10:00Z",
      "2026-10-26T01:50:00Z",
    ],
    [
      "runs over midnight into the change",
      window("23:00", "03:00", "Europe/Berlin"),
      "2026-10-24T20:00:00Z",
      "2026-10-24T21:00:00Z",
      "2026-10-25T02:00:00Z",
    ],
    [
      "is skipped in New York, too",
      window("02:30", "04:00", "America/New_York"),
      "2027-03-14T05:00:00Z",
      "2027-03-14T07:00:00Z",
      "2027-03-14T08:00:00Z",
    ],
    [
      "is repeated in New York, too",
      window("01:30", "03:00", "America/New_York"),
      "2026-11-01T03:00:00Z",
      "2026-11-01T05:30:00Z",
      "2026-11-01T08:00:00Z",
    ],
    [
      "begins after the half hour that Lord Howe skips",
      window("02:15", "04:00", "Australia/Lord_Howe"),
      "2026-10-03T10:00:00Z",
      "2026-10-03T15:30:00Z",
      "2026-10-03T17:00:00Z",
    ],
    [
      "begins in the first of the half hours that Lord Howe repeats",
      window("01:45", "04:00", "Australia/Lord_Howe"),
      "2027-04-03T10:00:00Z",
      "2027-04-03T14:45:00Z",
      "2027-04-03T17:30:00Z",
    ],
    [
      "is as ever in Shanghai, which changes none",
      window("02:30", "04:00"),
      "2027-03-27T10:00:00Z",
      "2027-03-27T18:30:00Z",
      "2027-03-27T20:00:00Z",
    ],
    [
      "is as ever in UTC",
      window("02:30", "04:00", "UTC"),
      "2027-03-27T20:00:00Z",
      "2027-03-28T02:30:00Z",
      "2027-03-28T04:00:00Z",
    ],
  ])("%s", (_what, declared, now, start, end) => {
    const found = nextWindow(declared, at(now), ROOM);
    expect([shown(found.start), shown(found.end)]).toEqual([start, end]);
  });
});

describe("A task's times", () => {
  const night = { start: at("2026-05-01T17:00:00Z"), end: at("2026-05-01T20:00:00Z") };
  const inside = night.start + HOUR;

  it.each<[string, boolean, Parameters<typeof isOccurrence>[1]]>([
    ["one of its nights", true, night],
    ["another of its nights", true, { start: night.start + 9 * DAY, end: night.end + 9 * DAY }],
    ["a begin without an end", true, { start: night.start }],
    ["a few seconds away", true, { start: night.start + MINUTE, end: night.end - MINUTE }],
    [
      "from within, by a task that was made then",
      true,
      { ...night, start: inside, madeAt: inside },
    ],
    ["from within, by a task whose age is not told", true, { ...night, start: inside }],
    [
      "from within, by a task that was made before",
      false,
      { ...night, start: inside, madeAt: inside - DAY },
    ],
    ["another end", false, { ...night, end: night.end + HOUR }],
    ["the end of another night", false, { ...night, end: night.end + DAY }],
    ["another begin", false, { ...night, start: night.start - HOUR }],
    ["a begin when it is over", false, { start: night.end + HOUR }],
  ])("are %s: %s", (_what, expected, times) => {
    expect(isOccurrence(SHANGHAI, times, MINUTE)).toBe(expected);
  });

  it("are none of a night whose hours are all skipped", () => {
    const skipped = at("2027-03-28T01:00:00Z");
    expect(isOccurrence(window("02:10", "02:50", "Europe/Berlin"), { start: skipped }, 0)).toBe(
      false,
    );
  });
});

const ZONES = [
  ...["Europe/Berlin", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "UTC"],
  ...Intl.supportedValuesOf("timeZone").filter(isNamedZone),
];
const timeOfDay = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":"));
const anyWindow = fc
  .record({ from: timeOfDay, to: timeOfDay, timeZone: fc.constantFrom(...ZONES) })
  .filter((declared) => windowLength(declared) < DAY && windowLength(declared) > 2 * HOUR);
const anyNow = fc.integer({ min: at("2026-01-01T00:00:00Z"), max: at("2029-01-01T00:00:00Z") });

describe("Whatever the window, the zone and the time", () => {
  const clockText = (timeZone: string, instant: number): string =>
    shown(wallClock(timeZone)(instant)).slice(11, 16);
  /** Whether the clock is changed that close to the instant. */
  const isChanged = (timeZone: string, instant: number): boolean => {
    const clock = wallClock(timeZone);
    const offsets = [-3 * HOUR, 0, 3 * HOUR].map((by) => clock(instant + by) - (instant + by));
    return new Set(offsets).size > 1;
  };

  it("the one that is found has room, and the times that were asked for", () => {
    fc.assert(
      fc.property(anyWindow, anyNow, (declared, now) => {
        const { timeZone, from, to } = declared;
        const { start, end } = nextWindow(declared, now, ROOM);
        expect(start).toBeGreaterThanOrEqual(now + ROOM.lead);
        expect(end - start).toBeGreaterThanOrEqual(ROOM.leastLeft);
        const isOpen = start < now + ROOM.lead + SECOND;
        if (!isOpen && !isChanged(timeZone, start)) expect(clockText(timeZone, start)).toBe(from);
        if (!isChanged(timeZone, end)) expect(clockText(timeZone, end)).toBe(to);
        expect(isOccurrence(declared, { start, end, madeAt: now }, ROOM.lead + SECOND)).toBe(true);
      }),
    );
  });

  it("there is none before it", () => {
    fc.assert(
      fc.property(anyWindow, anyNow, (declared, now) => {
        const { start, end } = nextWindow(declared, now, ROOM);
        // A night and a change of the clock are no longer than 26 hours.
        expect(start - now).toBeLessThanOrEqual(26 * HOUR);
        // Whoever asks at any time until it begins is told the same one.
        const between = now + Math.floor((start - ROOM.lead - now) / 2);
        expect(nextWindow(declared, Math.max(now, between), ROOM).end).toBe(end);
        // Its end would have been told later, had another one come to it before.
        const earlier = nextWindow(declared, now - 12 * HOUR, ROOM);
        expect(earlier.end).toBeLessThanOrEqual(end);
        if (earlier.end < end) expect(earlier.end).toBeLessThan(now + ROOM.lead + ROOM.leastLeft);
      }),
    );
  });
});
