import { type Entry, newEntry } from "../../../src/upgrade/rollout/book";
import {
  type DeviceView,
  type Hold,
  type Standing,
  standingOf,
} from "../../../src/upgrade/rollout/standing";
import { declared, device } from "./declared";

const DAY = 86_400_000;
const POSTED = Date.parse("2026-05-01T08:00:00Z");
const DEADLINE = POSTED + 3 * DAY;

const entry = (own: Partial<Entry> = {}): Entry => ({ ...newEntry(), wave: "all", ...own });
const tried = (result: Entry["result"], own: Partial<Entry> = {}): Entry =>
  entry({ tried: "V2", result, postedAt: POSTED / 1000, ...own });

function hold(own: Partial<Hold> = {}): Hold {
  return {
    ...{ task: "t1", packageKind: "firmware", version: "V2", createdAt: POSTED, hasBegun: false },
    ...own,
  };
}

function view(own: Partial<DeviceView> = {}): DeviceView {
  return {
    ...{ isExcluded: false, isMember: true, isUnknown: false, entry: undefined, holds: [] },
    ...{ facts: device("d1"), beganAt: POSTED },
    ...own,
  };
}

const BUSY = [hold({ version: "V9" })];
const OF_SOFTWARE = [hold({ packageKind: "software" })];
const ON_IT = device("d1", { version: "V2" });

type Row = [string, Partial<DeviceView>, string, string, number?, Parameters<typeof declared>[0]?];

const ROWS: Row[] = [
  [
    "who is excluded, though it failed",
    { isExcluded: true, entry: tried("failed", { attempts: 1 }) },
    "excluded",
    "none",
  ],
  ["whom the platform does not know", { isUnknown: true, facts: undefined }, "gone", "none"],
  [
    "whom it does not know any more after a failure",
    { isUnknown: true, facts: undefined, entry: tried("failed", { attempts: 1 }) },
    "gone",
    "failed",
  ],
  [
    "who left before the push",
    { isMember: false, facts: undefined, entry: entry() },
    "gone",
    "none",
  ],
  [
    "who left after a push that succeeded",
    { isMember: false, facts: undefined, entry: tried("succeeded") },
    "done",
    "succeeded",
  ],
  [
    "who left after a push that was stopped",
    { isMember: false, facts: undefined, entry: tried("stopped") },
    "gone",
    "none",
  ],
  [
    "a success that was moved since",
    { facts: device("d1", { version: "V9" }), entry: tried("succeeded") },
    "done",
    "succeeded",
  ],
  [
    "a success that another version holds now",
    { holds: BUSY, entry: tried("succeeded") },
    "done",
    "succeeded",
  ],
  [
    "a success of another version is none",
    { entry: tried("succeeded", { tried: "V9" }) },
    "toPush",
    "open",
  ],
  ["whose attempts are used", { entry: tried("failed", { attempts: 1 }) }, "failed", "failed"],
  [
    "whose attempts are used, whatever holds it",
    { holds: BUSY, entry: tried("failed", { attempts: 1 }) },
    "failed",
    "failed",
  ],
  [
    "whose attempts are used, though it is frozen",
    { facts: device("d1", { isFrozen: true }), entry: tried("failed", { attempts: 1 }) },
    "failed",
    "failed",
  ],
  [
    "whose push somebody else stopped",
    { entry: tried("stoppedByOthers") },
    "failed",
    "failed",
    POSTED,
    { maxAttempts: 3 },
  ],
  [
    "whose record is gone, with its only attempt",
    { entry: tried("recordGone", { attempts: 1 }) },
    "failed",
    "failed",
  ],
  ["of another model", { facts: device("d1", { isOfKind: false }) }, "leftOut", "none"],
  [
    "on a source version that is not accepted",
    {},
    "leftOut",
    "none",
    POSTED,
    { sourceVersions: ["V0"] },
  ],
  [
    "without a version where source versions count",
    { facts: device("d1", { version: undefined }) },
    "leftOut",
    "none",
    POSTED,
    { sourceVersions: ["V0"] },
  ],
  [
    "frozen, though it runs the version",
    { facts: device("d1", { version: "V2", isFrozen: true }) },
    "leftOut",
    "none",
  ],
  ["not in fromVersions", {}, "leftOut", "none", POSTED, { fromVersions: ["V0"] }],
  [
    "on the version, which fromVersions need not name",
    { facts: ON_IT },
    "done",
    "succeeded",
    POSTED,
    { fromVersions: ["V0"] },
  ],
  ["whom another version holds", { holds: BUSY }, "busy", "open"],
  ["whom the other kind holds", { holds: OF_SOFTWARE }, "busy", "open"],
  [
    "whom another version holds, though it reports this one",
    { holds: BUSY, facts: ON_IT },
    "busy",
    "open",
  ],
  [
    "whom another version holds at the deadline of its wave",
    { holds: BUSY },
    "busy",
    "unreached",
    DEADLINE,
  ],
  [
    "whom another version holds, and whose wave has not begun",
    { holds: BUSY, beganAt: undefined },
    "busy",
    "open",
    DEADLINE,
  ],
  [
    "whom another version holds, counted from rerunAfter",
    { holds: BUSY },
    "busy",
    "open",
    DEADLINE,
    { rerunAfter: POSTED + DAY },
  ],
  ["under way, whoever made it", { holds: [hold()] }, "underWay", "open"],
  [
    "under way with a version that cannot be told",
    { holds: [hold({ version: undefined })] },
    "underWay",
    "open",
  ],
  [
    "under way, though it reports the version",
    { holds: [hold()], facts: ON_IT },
    "underWay",
    "open",
  ],
  [
    "under way a second before its deadline",
    { holds: [hold()] },
    "underWay",
    "open",
    DEADLINE - 1000,
  ],
  [
    "under way past its deadline, begun",
    { holds: [hold({ hasBegun: true })] },
    "underWay",
    "failed",
    DEADLINE,
  ],
  [
    "under way past its deadline, not begun",
    { holds: [hold()] },
    "underWay",
    "unreached",
    DEADLINE,
  ],
  [
    "under way past its deadline, but not from rerunAfter on",
    { holds: [hold()] },
    "underWay",
    "open",
    DEADLINE,
    { rerunAfter: POSTED + DAY },
  ],
  ["who reports the version", { facts: ON_IT }, "done", "succeeded"],
  [
    "who reports it as it spells it",
    { facts: device("d1", { version: "2.0" }) },
    "done",
    "succeeded",
    POSTED,
    { reportedVersion: "2.0" },
  ],
  [
    "who reports the version after a push that never reached it",
    { facts: ON_IT, entry: tried("unreached") },
    "done",
    "succeeded",
  ],
  ["whom the push never reached", { entry: tried("unreached") }, "unreached", "unreached"],
  [
    "whom another version's push never reached",
    { entry: tried("unreached", { tried: "V9" }) },
    "toPush",
    "open",
  ],
  [
    "with an attempt left",
    { entry: tried("failed", { attempts: 1 }) },
    "toPush",
    "open",
    POSTED,
    { maxAttempts: 2 },
  ],
  ["whose push we stopped", { entry: tried("stopped") }, "toPush", "open"],
  ["on the old version", {}, "toPush", "open"],
  ["without any version", { facts: device("d1", { version: undefined }) }, "toPush", "open"],
];

describe("A device stands where the first line fits that is true of it:", () => {
  it.each(ROWS)("%s", (_what, own, name, counts, now = POSTED, declaration = {}) => {
    const standing: Standing = standingOf(view(own), declared(declaration), now);
    expect([standing.name, standing.counts]).toEqual([name, counts]);
  });
});
