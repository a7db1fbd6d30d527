import { Temporal } from "@js-temporal/polyfill";

import { firstInstantAt, isNamedZone, wallClock } from "../../src/upgrade/zone";

const HOUR = 3_600_000;

/** By an implementation that is not ours. */
function firstByTemporal(timeZone: string, reading: number): number {
  const plain = Temporal.PlainDateTime.from(new Date(reading).toISOString().slice(0, 19));
  const zoned = plain.toZonedDateTime(timeZone, { disambiguation: "compatible" });
  const exists = zoned.toPlainDateTime().equals(plain);
  const first = exists ? zoned : zoned.add({ seconds: 1 }).getTimeZoneTransition("previous");
  return first?.epochMilliseconds ?? Number.NaN;
}

/** Each zone of Node.js that we take. */
const ZONES = Intl.supportedValuesOf("timeZone").filter(isNamedZone);
const SINCE = Temporal.Instant.from("2026-01-01T00:00:00Z");

/** When its clocks go forward and back for the first time. */
function changesOf(timeZone: string): number[] {
  const changes: number[] = [];
  let at = SINCE.toZonedDateTimeISO(timeZone);
  while (changes.length < 2) {
    const next = at.getTimeZoneTransition("next");
    if (next === null) break;
    changes.push(next.epochMilliseconds);
    at = next;
  }
  return changes;
}

describe("The first instant at which a zone's clock shows a time", () => {
  it("is what Temporal says, around the next two changes of every zone", () => {
    const wrong: string[] = [];
    let changes = 0;
    for (const timeZone of ZONES) {
      const clock = wallClock(timeZone);
      for (const change of changesOf(timeZone)) {
        changes += 1;
        for (let hours = -2.5; hours <= 2.5; hours += 0.5) {
          const reading = clock(change) + hours * HOUR;
          if (firstInstantAt(clock, reading) === firstByTemporal(timeZone, reading)) continue;
          wrong.push(`${new Date(reading).toISOString().slice(0, 16)} in ${timeZone}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(ZONES.length).toBeGreaterThan(300);
    expect(changes).toBeGreaterThan(200);
  });

  it("is the next day's begin where a whole day is skipped", () => {
    const reading = Date.parse("2011-12-30T12:00:00Z");
    expect(firstInstantAt(wallClock("Pacific/Apia"), reading)).toBe(
      Date.parse("2011-12-31T00:00:00+14:00"),
    );
  });
});

describe("A named zone", () => {
  it.each([
    "Asia/Shanghai",
    "asia/shanghai",
    "America/Argentina/Buenos_Aires",
    "America/Port-au-Prince",
    "UTC",
  ])("is %s", (name) => {
    expect(isNamedZone(name)).toBe(true);
  });

  it.each([
    "Asia/Beijing",
    "CST",
    "BST",
    "EST5EDT",
    "Etc/GMT+8",
    "SystemV/PST8",
    "+08:00",
    "GMT+8",
    "",
    "local",
    " UTC",
  ])("is not %j, which Node.js does not know or takes for something else", (name) => {
    expect(isNamedZone(name)).toBe(false);
  });
});
