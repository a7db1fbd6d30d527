import { isOlder } from "../../src/upgrade/version-order";

test.each([
  ["V1.3", "V1.4", true],
  ["V1.9", "V1.10", true],
  ["1.4", "1.4.1", true],
  ["2026-01-31", "2026-02-01", true],
  ["1.007", "1.8", true],
  ["99999999999999999998", "99999999999999999999", true],
])("%s is older than %s", (older, newer, is) => {
  expect(isOlder(older, newer)).toBe(is);
  expect(isOlder(newer, older)).toBe(!is);
});

test.each([
  ["1.4", "1.4-beta"],
  ["A1", "B1"],
  ["1.4", "1.4"],
  ["1.04", "1.4"],
  ["nightly", "stable"],
  ["1.4a", "1.4b"],
])("of %s and %s nobody can tell which is older", (one, other) => {
  expect(isOlder(one, other)).toBeUndefined();
  expect(isOlder(other, one)).toBeUndefined();
});
