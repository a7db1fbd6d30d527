import { callsToRead, callsToTally } from "../../src/upgrade/fleet-calls";

const NORTHBOUND = { devicesAPage: 250, membersAPage: 1_000 };
const WITHOUT_SEARCH = { devicesAPage: 50, membersAPage: 50 };
const IOTDA = { ...WITHOUT_SEARCH, idsASearch: (length: number) => Math.floor(350 / (length + 3)) };
const ids = (count: number, listed?: number) => ({
  ids: count,
  longestId: 24,
  groups: [],
  listed,
});
const groups = (sizes: readonly number[], listed?: number) => ({
  ids: 0,
  longestId: 36,
  groups: sizes,
  listed,
});

test.each([
  ["nothing", ids(0), NORTHBOUND, 0],
  ["one device", ids(1, 20_000), NORTHBOUND, 1],
  ["256 devices of a list that is longer", ids(256, 100_000), NORTHBOUND, 257],
  ["256 devices of 20,000", ids(256, 20_000), NORTHBOUND, 80],
  ["256 devices of a list of unknown length", ids(256), NORTHBOUND, 257],
  ["a group of 5,000 of 20,000", groups([5_000], 20_000), NORTHBOUND, 5 + 80],
  ["an empty group", groups([0], 20_000), NORTHBOUND, 0],
  ["12 devices in a search", ids(12, 100_000), IOTDA, 1],
  ["120 devices in searches", ids(120, 100_000), IOTDA, 10 + 1],
  ["120 devices of a product of 300", ids(120, 300), IOTDA, 6],
  ["12 devices without a search", ids(12, 100_000), WITHOUT_SEARCH, 13],
  ["two groups in searches", groups([1_000, 200], 100_000), IOTDA, 24 + 1],
  ["a group without a search", groups([1_000], 10_000), WITHOUT_SEARCH, 20 + 200],
])("%s cost so many calls", (_what, asked, limits, calls) => {
  expect(callsToRead(asked, limits)).toBe(calls);
});

test("a tally costs five searches for each seven groups", () => {
  expect([1, 7, 8].map(callsToTally)).toEqual([5, 5, 10]);
});
