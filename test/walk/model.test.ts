import {
  addressOf,
  differences,
  entered,
  type Holdings,
  isUntold,
  movesUnseen,
  type Outcome,
  outcomeOf,
  wordsFor,
} from "./model";
import type { Program, Task } from "./program";

/** A task of the program; what is not given is as plain as can be. */
function task(name: string, devices: readonly number[], more: Partial<Task> = {}): Task {
  return {
    kind: "Firmware",
    version: 0,
    devices,
    retries: 0,
    name,
    inComponent: false,
    provider: undefined,
    alias: undefined,
    rerunAfter: undefined,
    spelling: "short",
    isKept: false,
    ...more,
  };
}

const nothing: Holdings = new Map();

/** Some `up`s, a minute apart: what each one pushes. */
function pushedBy(...programs: readonly Program[]): readonly string[][] {
  let holdings = nothing;
  return programs.map((program, at) => {
    const outcome = outcomeOf(holdings, program, 60 * at);
    holdings = outcome.holdings;
    return outcome.pushed.map(wordsFor);
  });
}

function upOf(program: Program, before: Holdings = nothing, now = 0): Outcome {
  return outcomeOf(before, program, now);
}

const A = "Firmware 0 for 1+2";
const B = "Firmware 1 for 1+2";

test.each<[string, Task]>([
  ["under another name", task("b", [1, 2])],
  ["below a component", task("a", [1, 2], { inComponent: true })],
  ["through another provider", task("a", [1, 2], { provider: "eu" })],
  ["with its devices in another order and one of them twice", task("a", [2, 1, 2])],
  ["with defaults spelled out", task("a", [1, 2], { spelling: "with defaults" })],
  ["with another onDelete", task("a", [1, 2], { isKept: true })],
  ["with a rerunAfter before it was made", task("a", [1, 2], { rerunAfter: -1 })],
])("a task that is declared %s is not pushed again", (_, after) => {
  expect(pushedBy([task("a", [1, 2])], [after])).toEqual([[A], []]);
});

test.each<[string, Task]>([
  ["version", task("a", [1, 2], { version: 1 })],
  ["devices", task("a", [1])],
  ["kind", task("a", [1, 2], { kind: "Software" })],
  ["policy", task("a", [1, 2], { retries: 2 })],
])("a task of which the %s changes is another one", (_, after) => {
  expect(pushedBy([task("a", [1, 2])], [after])).toEqual([[A], [wordsFor(after)]]);
});

test("an earlier version that is declared again is pushed again", () => {
  const [a, b] = [task("a", [1, 2]), task("a", [1, 2], { version: 1 })];
  expect(pushedBy([a], [b], [a])).toEqual([[A], [B], [A]]);
});

test("an element in front of a list pushes that element only", () => {
  const before = [task("0", [1]), task("1", [2])];
  const after = [task("0", [4]), task("1", [1]), task("2", [2])];
  expect(pushedBy(before, after)[1]).toEqual(["Firmware 0 for 4"]);
});

test("a rerunAfter pushes once, and what it has pushed is not pushed again without it", () => {
  const a = task("a", [1, 2]);
  const again = { ...a, rerunAfter: 59 };
  expect(pushedBy([a], [again], [again], [a])).toEqual([[A], [A], [], []]);
});

test("an up with a target leaves the others for later", () => {
  const { holdings } = upOf([task("a", [1]), task("b", [2])]);
  const changed = [task("a", [1], { version: 1 }), task("b", [2], { version: 1 })];
  const [, b] = changed;
  const targeted = outcomeOf(holdings, changed, 60, b);
  expect(targeted.pushed.map(wordsFor)).toEqual(["Firmware 1 for 2"]);
  expect(upOf(changed, targeted.holdings, 120).pushed.map(wordsFor)).toEqual(["Firmware 1 for 1"]);
});

test("what no resource has any more is replaced by what its resource has now, also under an alias", () => {
  const a = task("a", [1, 2]);
  const { holdings } = upOf([a]);
  const b = task("b", [1, 2], { version: 1, alias: a });
  const { dropped, replaced } = upOf([b], holdings, 60);
  expect(dropped.map(wordsFor)).toEqual([A]);
  expect(replaced.map(({ old, by }) => [wordsFor(old), wordsFor(by)])).toEqual([[A, B]]);
});

test("what moves to another resource is neither dropped nor replaced", () => {
  const { holdings } = upOf([task("a", [1]), task("b", [2])]);
  const moved = upOf([task("a", [3]), task("b", [1])], holdings, 60);
  expect(moved.dropped.map(wordsFor)).toEqual(["Firmware 0 for 2"]);
  expect(moved.replaced).toEqual([]);
});

test("a task that comes back elsewhere cannot be told from its old record, and in its own resource can", () => {
  const [a, b] = [task("a", [1]), task("b", [2])];
  const first = upOf([a, b]);
  const second = upOf([task("a", [1], { version: 1 }), b], first.holdings, 60);
  const back = (...program: Task[]): boolean =>
    isUntold(second.dropped, second.holdings, program, upOf(program, second.holdings, 120));
  expect(back(a, b)).toBe(false);
  expect(back(task("c", [1]), b)).toBe(true);
  expect(back(task("c", [1], { rerunAfter: 100 }), b)).toBe(false);
});

test("a task that moves away from a resource that leaves the program is asked about after an hour", () => {
  const a = task("a", [1]);
  const { holdings } = upOf([a]);
  const seen = (now: number, ...program: Task[]): boolean => !movesUnseen(holdings, program, now);
  expect(seen(3_000, task("b", [1]))).toBe(true);
  expect(seen(4_000, task("b", [1]))).toBe(false);
  expect(seen(4_000, task("b", [1], { alias: a }))).toBe(true);
  expect(seen(4_000, task("b", [1]), task("a", [2]))).toBe(true);
  expect(seen(4_000, task("b", [2]))).toBe(true);
});

test("books that differ name the device, the version and both numbers", () => {
  const [one, two] = [task("a", [1, 2]), task("b", [2, 2])];
  const [model, platform] = [entered(new Map(), [one]), entered(new Map(), [one, two])];
  expect(differences(platform, model)).toEqual([
    "TWICE: Firmware 0 to device 2 was pushed 2 times instead of 1",
  ]);
  expect(differences(model, platform)).toEqual([
    "LOST: Firmware 0 to device 2 was pushed 1 times instead of 2",
  ]);
  expect(differences(model, model)).toEqual([]);
});

test("an address tells kinds and components apart", () => {
  const a = task("a", [1]);
  const others = [a, task("a", [1], { kind: "Software" }), task("a", [1], { inComponent: true })];
  expect(new Set(others.map(addressOf)).size).toBe(3);
});
