import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";

import { createLedger, type LedgerOptions } from "../../src/wing/ledger";
import type { Entry } from "../../src/wing/ledger-facts";
import { ManualClock, settled } from "../manual-clock";
import { compileChild, LedgerProcess } from "./ledger-process";

const ADDRESS = "127.0.0.1:40123";
const A = "urn:pulumi:dev::meters::task::a";
const B = "urn:pulumi:dev::meters::task::b";

let above: string;
let folder: string;
let warnings: string[];

beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), "ledger-"));
  folder = join(above, "runs");
  warnings = [];
});

afterEach(() => {
  rmSync(above, { recursive: true });
});

function open(options: Partial<LedgerOptions> = {}) {
  const warn = (text: string): void => {
    warnings.push(text);
  };
  return createLedger({ address: ADDRESS, folder, warn, clock: new ManualClock(), ...options });
}

function entry(id: string, urn: string | undefined = A, more: Partial<Entry> = {}): Entry {
  return { account: "P1", id, urn, ...more };
}

function theFile(): string {
  const [name, ...others] = readdirSync(folder);
  if (name === undefined || others.length > 0) throw new Error("There is not one file.");
  return join(folder, name);
}

/** What holds of one process alone and, read from the file, of two. */
describe.each([
  ["within a process", undefined],
  ["through the file", ADDRESS],
])("what was done, %s", (_, address) => {
  /** One that writes and one that reads. */
  function two() {
    const writer = open({ address });
    return [writer, address === undefined ? writer : open({ address })] as const;
  }

  test("what was made is told with all that its maker knows, until it is deleted", () => {
    const [writer, reader] = two();
    const made = entry("t1", A, {
      key: "k1",
      packageId: "p1",
      createdAt: 17,
      record: { version: "1.4" },
    });
    writer.made(made);
    writer.tookOver(entry("t2"));
    expect(reader.madeHere("P1")).toEqual([made]);
    expect(reader.madeHere("P2")).toEqual([]);
    writer.deleted("P1", "t1");
    expect(reader.madeHere("P1")).toEqual([]);
    expect([...reader.deletedHere("P1")]).toEqual(["t1"]);
    expect([...reader.deletedHere("P2")]).toEqual([]);
  });

  test("what is made again under the id of what was deleted is there", () => {
    const [writer, reader] = two();
    writer.made(entry("by-name"));
    writer.deleted("P1", "by-name");
    writer.made(entry("by-name", B));
    expect(reader.madeHere("P1")).toMatchObject([{ id: "by-name", urn: B }]);
    expect([...reader.deletedHere("P1")]).toEqual([]);
  });

  test.each(["made", "tookOver", "holds"] as const)(
    "the other resource of the program that %s it is named",
    (act) => {
      const [writer, reader] = two();
      writer.declare(A);
      writer[act](entry("t1"));
      expect(reader.otherHolder("P1", "t1", B)).toBe(A);
      expect(reader.otherHolder("P1", "t1", undefined)).toBe(A);
      expect(reader.otherHolder("P1", "t1", A)).toBeUndefined();
      expect(reader.otherHolder("P2", "t1", B)).toBeUndefined();
    },
  );

  test("a resource that the program does not have holds nothing: a rename is no twin", () => {
    const [writer, reader] = two();
    writer.holds(entry("t1"));
    expect(reader.otherHolder("P1", "t1", B)).toBeUndefined();
    expect(reader.isDeclared(A)).toBe(false);
    writer.declare(A);
    expect(reader.isDeclared(A)).toBe(true);
    expect(reader.otherHolder("P1", "t1", B)).toBe(A);
  });

  test.each(["made", "tookOver"] as const)(
    "what a create %s is needed, whichever resource would delete it",
    (act) => {
      const [writer, reader] = two();
      writer[act](entry("t1"));
      expect(reader.isNeeded("P1", "t1", A)).toBe(true);
      expect(reader.isNeeded("P1", "t1", B)).toBe(true);
      writer.deleted("P1", "t1");
      expect(reader.isNeeded("P1", "t1", B)).toBe(false);
    },
  );

  test("what a resource holds is needed, also where an old half of that resource has it", () => {
    const [writer, reader] = two();
    writer.declare(A);
    writer.holds(entry("t1"));
    expect(reader.isNeeded("P1", "t1", B)).toBe(true);
    expect(reader.isNeeded("P1", "t1", A)).toBe(true);
    writer.replaces(A, { account: "P1", id: "t1", createdAt: undefined });
    expect(reader.isNeeded("P1", "t1", A)).toBe(false);
  });

  test("what is exactly this, or for these targets, is told by its digest until it is deleted", () => {
    const [writer, reader] = two();
    writer.replaces(A, { account: "P1", id: "t1", createdAt: 17, key: "k1", targets: "d1" });
    writer.holds(entry("t2", B, { key: "k2", targets: "d1", record: { wishes: {} } }));
    const t1 = { account: "P1", id: "t1", urn: A, createdAt: 17, key: "k1", targets: "d1" };
    expect(reader.alike("P1", "k1")).toEqual([{ ...t1, wasInState: true }]);
    expect(reader.alike("P2", "k1")).toEqual([]);
    expect(reader.forTargets("P1", "d1").map(({ id }) => id)).toEqual(["t1", "t2"]);
    writer.deleted("P1", "t1");
    expect(reader.alike("P1", "k1")).toEqual([]);
    expect(reader.forTargets("P1", "d1").map(({ id }) => id)).toEqual(["t2"]);
  });

  test("who still waits for what it is to be is told from who has something", () => {
    const [writer, reader] = two();
    writer.declare(A);
    writer.wants("P1", "k1", A);
    expect(reader.otherAwaiting("P1", "k1", B)).toBe(A);
    expect(reader.otherAwaiting("P1", "k1", A)).toBeUndefined();
    writer.replaces(A, { account: "P1", id: "t1", createdAt: 17 });
    expect(reader.otherAwaiting("P1", "k1", B)).toBe(A);
    writer.made(entry("t2"));
    expect(reader.otherAwaiting("P1", "k1", B)).toBeUndefined();
    expect(reader.otherWanting("P1", "k1", B)).toBe(A);
  });

  test.each<[string, (ledger: ReturnType<typeof open>) => void]>([
    [
      "it is to be replaced",
      (ledger) => {
        ledger.replaces(A, { account: "P1", id: "t1", createdAt: 1 });
      },
    ],
    [
      "another was made for it",
      (ledger) => {
        ledger.made(entry("t2"));
      },
    ],
    [
      "it took over another",
      (ledger) => {
        ledger.tookOver(entry("t2"));
      },
    ],
    [
      "it has another, in another account",
      (ledger) => {
        ledger.holds(entry("t1", A, { account: "P2" }));
      },
    ],
    [
      "what it held is deleted",
      (ledger) => {
        ledger.deleted("P1", "t1");
      },
    ],
  ])("a resource holds no longer what it held when %s", (_, act) => {
    const [writer, reader] = two();
    writer.declare(A);
    writer.holds(entry("t1"));
    act(writer);
    expect(reader.otherHolder("P1", "t1", B)).toBeUndefined();
    expect(reader.isNeeded("P1", "t1", B)).toBe(false);
  });

  test("what is to be replaced and is taken over all the same is needed", () => {
    const [writer, reader] = two();
    writer.declare(A);
    writer.replaces(A, { account: "P1", id: "t1", createdAt: 1 });
    writer.tookOver(entry("t1"));
    expect(reader.isNeeded("P1", "t1", A)).toBe(true);
    expect(reader.otherHolder("P1", "t1", B)).toBe(A);
  });

  test("the predecessor is told whole, until the resource turns out to keep it", () => {
    const [writer, reader] = two();
    const predecessor = {
      account: "P1",
      id: "t1",
      createdAt: 17,
      packageId: "p1",
      key: "k1",
      targets: "d1",
      record: { wishes: { retryFailed: "2026-05-01T07:00:00Z" } },
      overlaps: true,
    };
    writer.replaces(A, predecessor);
    expect(reader.predecessorOf(A)).toEqual(predecessor);
    expect(reader.predecessorOf(B)).toBeUndefined();
    expect(reader.predecessorOf(undefined)).toBeUndefined();
    expect(reader.replacerOf("P1", "t1")).toBe(A);
    writer.made(entry("t2"));
    expect(reader.predecessorOf(A)).toEqual(predecessor);
    writer.holds(entry("t1"));
    expect(reader.predecessorOf(A)).toBeUndefined();
    expect(reader.replacerOf("P1", "t1")).toBeUndefined();
  });

  test("what was in a state is told from what was made", () => {
    const [writer, reader] = two();
    writer.holds(entry("t1", undefined));
    writer.replaces(A, { account: "P1", id: "t2", createdAt: undefined });
    writer.made(entry("t3"));
    expect(["t1", "t2", "t3"].map((id) => reader.known("P1", id)?.wasInState ?? false)).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe("the file", () => {
  test("is its owner's alone, as is its folder", () => {
    open().declare(A);
    expect(lstatSync(folder).mode & 0o777).toBe(0o700);
    expect(lstatSync(theFile()).mode & 0o777).toBe(0o600);
  });

  test("is another one for each engine", () => {
    open().declare(A);
    expect(open({ address: "127.0.0.1:40124" }).isDeclared(A)).toBe(false);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test("is not made where there is no engine, nor before something is to be told", () => {
    const alone = open({ address: undefined });
    alone.declare(A);
    expect(alone.isDeclared(A)).toBe(true);
    open();
    expect(existsSync(folder)).toBe(false);
  });

  test("does not grow when the same is said again", () => {
    const ledger = open();
    ledger.declare(A);
    ledger.holds(entry("t1"));
    const before = lstatSync(theFile()).size;
    ledger.declare(A);
    ledger.holds(entry("t1"));
    expect(lstatSync(theFile()).size).toBe(before);
  });

  test("may have lines that are cut or garbled, and each other line counts", () => {
    const writer = open();
    writer.declare(A);
    const whole = readFileSync(theFile(), "utf8").trim();
    appendFileSync(theFile(), `${whole.slice(0, 25)}\n{}\nnull\n\u0000\u00ff\n[1]\n`);
    appendFileSync(theFile(), `${whole.replace("declares", "dances")}\n`);
    appendFileSync(theFile(), whole.slice(0, -9));
    writer.declare(B);
    const reader = open();
    expect([reader.isDeclared(A), reader.isDeclared(B)]).toEqual([true, true]);
    expect(warnings).toEqual([]);
  });

  test("keeps nothing of ours from us, even what nobody else would understand", () => {
    const ledger = open();
    ledger.made(entry("t1", A, { createdAt: Number.NaN }));
    expect(ledger.madeHere("P1")).toMatchObject([{ id: "t1" }]);
    expect(warnings).toEqual([]);
  });

  test("gives a line only once it is there whole", () => {
    const writer = open();
    const reader = open();
    writer.declare(A);
    const line = readFileSync(theFile(), "utf8").replace(A, B);
    appendFileSync(theFile(), line.slice(0, 60));
    expect(reader.isDeclared(B)).toBe(false);
    appendFileSync(theFile(), line.slice(60));
    expect(reader.isDeclared(B)).toBe(true);
  });

  test("of a run that is over goes when another begins, a day later", () => {
    const day = 24 * 60 * 60 * 1_000;
    const clock = new ManualClock();
    mkdirSync(folder, { mode: 0o700 });
    const dead = '{"writer":{"pid":999999999,"born":1},"what":{"act":"declares","urn":"a"}}\n';
    const mine = (open({ address: "living:1" }).declare(A), readFileSync(theFile(), "utf8"));
    for (const [name, text, age] of [
      ["dead", dead, 2 * day],
      ["empty", "", 2 * day],
      ["dead-and-young", dead, day / 2],
      ["living", mine, 2 * day],
    ] as const) {
      writeFileSync(join(folder, name), text);
      utimesSync(join(folder, name), new Date(clock.now()), new Date(clock.now() - age));
    }
    open({ clock }).declare(A);
    const left = readdirSync(folder);
    expect(left).not.toContain("dead");
    expect(left).not.toContain("empty");
    expect(left).toEqual(expect.arrayContaining(["dead-and-young", "living"]));
  });
});

describe("a file that cannot be shared", () => {
  const broken: readonly (readonly [string, string, () => void])[] = [
    [
      "the folder is a file",
      "is not a folder",
      () => {
        writeFileSync(folder, "");
      },
    ],
    [
      "the folder is a link",
      "is not a folder",
      () => {
        mkdirSync(join(above, "elsewhere"), { mode: 0o700 });
        symlinkSync(join(above, "elsewhere"), folder);
      },
    ],
    [
      "the folder is open to others",
      "is open to other users",
      () => {
        mkdirSync(folder);
        chmodSync(folder, 0o777);
      },
    ],
    [
      "the folder cannot be made",
      "no such file or directory",
      () => {
        rmSync(above, { recursive: true });
      },
    ],
    [
      "the file is a link",
      "too many symbolic links",
      () => {
        mkdirSync(folder, { mode: 0o700 });
        writeFileSync(join(above, "precious"), "");
        symlinkSync(join(above, "precious"), join(folder, fileName()));
      },
    ],
    [
      "the file is open to others",
      "is open to other users",
      () => {
        mkdirSync(folder, { mode: 0o700 });
        writeFileSync(join(folder, fileName()), "");
        chmodSync(join(folder, fileName()), 0o666);
      },
    ],
    [
      "the file is a folder",
      "illegal operation on a directory",
      () => {
        mkdirSync(folder, { mode: 0o700 });
        mkdirSync(join(folder, fileName()));
      },
    ],
  ];

  function fileName(): string {
    return encodeURIComponent(ADDRESS) + ".jsonl";
  }

  afterEach(() => {
    mkdirSync(above, { recursive: true });
  });

  test.each(broken)("because %s is warned of once, and this process goes on", (_, why, make) => {
    make();
    const ledger = open();
    ledger.declare(A);
    ledger.holds(entry("t1"));
    ledger.made(entry("t2", B));
    expect(ledger.otherHolder("P1", "t1", B)).toBe(A);
    expect(ledger.madeHere("P1")).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining(why)]);
    expect(warnings[0]).toContain("do not know of each other");
    if (existsSync(join(above, "precious"))) {
      expect(readFileSync(join(above, "precious"), "utf8")).toBe("");
    }
  });

  test("because the folder is another user's is warned of once", () => {
    mkdirSync(folder, { mode: 0o700 });
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(folder, 65_534, 65_534);
    const ledger = open({ folder: isRoot ? folder : "/usr" });
    ledger.declare(A);
    expect(ledger.isDeclared(A)).toBe(true);
    expect(warnings).toEqual([expect.stringContaining("belongs to another user")]);
  });

  test.each<[string, () => void]>([
    [
      "removed",
      () => {
        unlinkSync(theFile());
      },
    ],
    [
      "cut",
      () => {
        truncateSync(theFile(), 3);
      },
    ],
  ])(
    "any more, because it was %s, is warned of once, and what was read still counts",
    (why, act) => {
      const other = open();
      const ledger = open();
      other.declare(B);
      ledger.declare(A);
      act();
      ledger.holds(entry("t1"));
      expect([ledger.isDeclared(A), ledger.isDeclared(B)]).toEqual([true, true]);
      expect(ledger.otherHolder("P1", "t1", B)).toBe(A);
      expect(warnings).toEqual([expect.stringContaining(`was ${why}`)]);
    },
  );

  test("any more keeps nobody waiting for a turn", async () => {
    const clock = new ManualClock();
    const [first, second] = [open({ clock }), open({ clock })];
    let leave: (() => void) | undefined;
    const held = first.inTurn("k", () => new Promise<void>((done) => (leave = done)));
    await settled();
    const waits = second.inTurn("k", () => Promise.resolve("done"));
    await settled();
    unlinkSync(theFile());
    expect(await clock.run(waits)).toBe("done");
    leave?.();
    await held;
  });
});

describe("turns", () => {
  /** Who works on a key, and whether two ever did at once. */
  function booth(clock: ManualClock) {
    const inside = new Map<string, number>();
    let overlaps = 0;
    return {
      overlaps: () => overlaps,
      async work(key: string, milliseconds: number, fails: boolean): Promise<void> {
        const others = inside.get(key) ?? 0;
        overlaps += others;
        inside.set(key, others + 1);
        await clock.sleep(milliseconds);
        inside.set(key, (inside.get(key) ?? 0) - 1);
        if (fails) throw new Error("refused");
      },
    };
  }

  const jobs = fc.array(
    fc.record({
      ledger: fc.nat(2),
      key: fc.constantFrom("k1", "k2"),
      after: fc.nat(300),
      takes: fc.nat(300),
      fails: fc.boolean(),
    }),
    { maxLength: 12 },
  );

  test.each([
    ["in one process", undefined],
    ["through the file", ADDRESS],
  ])("of equal keys never overlap %s, and all come to an end", async (_, address) => {
    await fc.assert(
      fc.asyncProperty(jobs, async (list) => {
        const clock = new ManualClock();
        const one = open({ clock, address });
        const ledgers = [one, ...[1, 2].map(() => (address ? open({ clock, address }) : one))];
        const seen = booth(clock);
        const ends = list.map(async ({ ledger, key, after, takes, fails }): Promise<void> => {
          await clock.sleep(after);
          await ledgers[ledger]?.inTurn(key, () => seen.work(key, takes, fails));
        });
        const outcomes = await clock.run(Promise.allSettled(ends));
        expect(outcomes.map(({ status }) => status)).toEqual(
          list.map(({ fails }) => (fails ? "rejected" : "fulfilled")),
        );
        expect(seen.overlaps()).toBe(0);
      }),
      { numRuns: 60 },
    );
    expect(warnings).toEqual([]);
  });

  test("of other keys go side by side", async () => {
    const clock = new ManualClock();
    let leave: (() => void) | undefined;
    const held = open({ clock }).inTurn("k1", () => new Promise<void>((done) => (leave = done)));
    expect(await open({ clock }).inTurn("k2", () => Promise.resolve("done"))).toBe("done");
    leave?.();
    await held;
  });

  test("that are waited for end with a Ctrl-C, and keep nobody behind them", async () => {
    const clock = new ManualClock();
    const cancel = new AbortController();
    let leave: (() => void) | undefined;
    const held = open({ clock }).inTurn("k", () => new Promise<void>((done) => (leave = done)));
    await settled();
    const work = jest.fn();
    const cancelled = open({ clock }).inTurn("k", work, cancel.signal);
    await settled();
    cancel.abort();
    await expect(cancelled).rejects.toThrow("nothing was sent");
    expect(work).not.toHaveBeenCalled();
    const next = open({ clock }).inTurn("k", () => Promise.resolve("done"));
    leave?.();
    await held;
    expect(await clock.run(next)).toBe("done");
  });

  test("that never come are given up after half an hour, with nothing sent", async () => {
    const clock = new ManualClock();
    const holder = open({ clock });
    let leave: (() => void) | undefined;
    const held = holder.inTurn("k", () => new Promise<void>((done) => (leave = done)));
    await settled();
    const work = jest.fn();
    const began = clock.elapsed();
    const waits = open({ clock }).inTurn("k", work);
    await expect(clock.run(waits)).rejects.toThrow("for half an hour");
    expect(work).not.toHaveBeenCalled();
    expect(clock.elapsed() - began).toBeGreaterThanOrEqual(30 * 60_000);
    leave?.();
    await held;
  });
});

describe("processes of one run", () => {
  let compiled: ReturnType<typeof compileChild>;
  const started: LedgerProcess[] = [];

  beforeAll(() => {
    compiled = compileChild();
  });

  afterEach(async () => {
    for (const one of started.splice(0)) await one.kill();
  });

  afterAll(() => {
    compiled.remove();
  });

  function start(): LedgerProcess {
    const one = new LedgerProcess(compiled.program, folder, ADDRESS);
    started.push(one);
    return one;
  }

  test("know what each of them did", async () => {
    const [one, other, ours] = [start(), start(), open()];
    await one.ask("declare", A);
    await one.ask("made", entry("t1", A, { key: "k1" }));
    expect(await other.ask("otherHolder", "P1", "t1", B)).toBe(A);
    await other.ask("tookOver", entry("t2", B));
    ours.deleted("P1", "t3");
    expect(await one.ask("isNeeded", "P1", "t2", A)).toBe(true);
    expect(await one.ask("deletedHere", "P1")).toEqual(["t3"]);
    expect(ours.madeHere("P1")).toEqual([entry("t1", A, { key: "k1" })]);
  });

  test("all write at once, and no line is lost", async () => {
    const processes = [start(), start(), start()];
    const urns = Array.from({ length: 300 }, (_, index) => `${A}-${index}-${"x".repeat(2_000)}`);
    await Promise.all(
      processes.flatMap((one, at) =>
        urns.filter((_, index) => index % 3 === at).map((urn) => one.ask("declare", urn)),
      ),
    );
    const ours = open();
    expect(urns.filter((urn) => !ours.isDeclared(urn))).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test("count no longer for anything when they are killed", async () => {
    const one = start();
    await one.ask("declare", A);
    await one.ask("made", entry("t1"));
    await one.ask("replaces", A, { account: "P1", id: "t0" });
    const [before, after] = [open(), open()];
    expect(before.madeHere("P1")).toHaveLength(1);
    await one.kill();
    for (const ledger of [before, after]) {
      expect(ledger.isDeclared(A)).toBe(false);
      expect(ledger.madeHere("P1")).toEqual([]);
      expect(ledger.isNeeded("P1", "t1", B)).toBe(false);
      expect(ledger.predecessorOf(A)).toBeUndefined();
    }
  });

  test("do not take the lines of one that had their number before for theirs", async () => {
    const one = start();
    await one.ask("declare", A);
    const lines = readFileSync(theFile(), "utf8");
    const born = /"born":(\d+)/.exec(lines)?.[1] ?? "";
    writeFileSync(theFile(), lines.replace(born, String(Number(born) - 1)));
    expect(open().isDeclared(A)).toBe(false);
    writeFileSync(theFile(), lines);
    expect(open().isDeclared(A)).toBe(true);
  });

  test("take turns, in the order in which they asked", async () => {
    const [one, other] = [start(), start()];
    const order: string[] = [];
    await one.ask("enter", "k");
    const second = other.ask("enter", "k").then(() => order.push("the other is inside"));
    await claimsIn(theFile(), 2);
    // What it answers now it answers after whatever it did when it asked for its turn.
    await other.ask("isDeclared", A);
    order.push("the first leaves");
    await one.ask("leave", "k");
    await second;
    expect(order).toEqual(["the first leaves", "the other is inside"]);
    await other.ask("leave", "k");
  });

  test("get the turn of one that was killed in it, and of one that was killed before it", async () => {
    const [one, other, third] = [start(), start(), start()];
    await one.ask("enter", "k");
    void other.ask("enter", "k");
    await claimsIn(theFile(), 2);
    const last = third.ask("enter", "k");
    await claimsIn(theFile(), 3);
    await other.kill();
    await one.kill();
    expect(await last).toBe("inside");
  });

  /** Until so many have asked for their turn. */
  async function claimsIn(file: string, count: number): Promise<void> {
    while ((readFileSync(file, "utf8").match(/"claims"/g) ?? []).length < count) await settled();
  }
});
