import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Simulator } from "../../src/simulator";
import { packageText, taskText, waitText } from "./behaviours/program";
import type { Wing } from "./behaviours/wing";
import { wings } from "./behaviours/wings";
import { postElsewhere } from "./platform-client";
import { type Door, newStack, type Stack, type StackState, startPlatform } from "./stack";
import { changes, namesInState, passes, STANDING_STILL } from "./story";

/*
 * What earlier releases wrote: a state of each, with the calls by which it came about. A platform that
 * was told the same holds what the state tells of, under other ids.
 */

interface Recorded {
  /** Where the platform was. */
  readonly url: string;
  /** The platform's time, which stood still. */
  readonly time: string;
  readonly program: string;
  /** The calls that made something, in their order, each with the id that the platform gave. */
  readonly calls: readonly { path: string; body: unknown; created: string }[];
  readonly state: StackState;
}

/** A state of a release, and by which door it was written and is read. */
interface Earlier {
  readonly release: string;
  readonly wing: Wing;
  readonly name: string;
  readonly door: Door;
  readonly file: string;
}

const FOLDER = join(__dirname, "../upgrade/states");
const toRecord = process.env["RECORD_STATES_OF"];

/** All kinds, in the account of the environment and in that of a Provider, one task of them unfinished. */
function programOf(wing: Wing, door: Door, address: string): string {
  // To the plugin an account is one secret, in which no later address could be put: it has none.
  const endpoint = door === "plugin" ? undefined : address;
  const account = { [wing.name]: { ...wing.settings(address), ...wing.secrets, endpoint } };
  const { software } = wing.packages;
  return `
    const works = new Provider("works", ${JSON.stringify(account)});
    const firmware = ${packageText(wing, "meter-1.4")};
    const pilot = ${taskText(wing, "pilot", { versionPackage: "firmware", devices: "pilot" })};
    const done = new ${wing.name}.UpgradeCompletion("pilot", { task: pilot, timeoutSeconds: 60 });
    ${taskText(wing, "slow", { devices: [SLOW], more: wing.atNight, options: "{ provider: works }" })};
    const metering = ${taskText(wing, "metering", { of: JSON.stringify(software), devices: [1], kind: "Software", more: "onlyAfter: done.gate", options: "{ provider: works }" })};
    ${waitText(wing, "metering", "metering.id", "maxFailedDevices: 1", "{ provider: works }")};`;
}

/** Number of the device that never comes to its end; it is not in the pilot group. */
const SLOW = 7;

async function platformOf(wing: Wing, start: string): Promise<Simulator> {
  const simulator = await startPlatform({
    clock: { speed: 0, start },
    behaviour: { ...STANDING_STILL, waitSeconds: 0, upgradeSeconds: 0 },
  });
  wing.putDevice(simulator, wing.device(SLOW), { upgradeSeconds: 86_400 });
  return simulator;
}

async function record({ wing, door, file }: Earlier): Promise<void> {
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  const simulator = await platformOf(wing, time);
  const program = programOf(wing, door, simulator.url);
  const stack = await newStack({ simulator, program: "" });
  try {
    stack.program(program, door);
    await passes(stack.up());
    const calls = simulator.books().requests.flatMap(({ path, body, ...made }) => {
      const created = made.createdTask ?? made.createdPackage;
      return created === null ? [] : [{ path, body, created }];
    });
    const recorded: Recorded = {
      url: simulator.url,
      time,
      program,
      calls,
      state: await stack.state(),
    };
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, `${JSON.stringify(recorded, withoutPlaces, 2)}\n`);
  } finally {
    stack.remove();
    await simulator.close();
  }
}

/** Leaves out where on a computer the program stood. */
function withoutPlaces(key: string, value: unknown): unknown {
  return key === "sourcePosition" || key === "stackTrace" ? undefined : value;
}

/** Tells a new platform what the earlier one was told, and gives the record with the new ids in it. */
async function relive(wing: Wing, file: string): Promise<{ simulator: Simulator; now: Recorded }> {
  let text = readFileSync(file, "utf8");
  const { url, time, calls } = JSON.parse(text) as Recorded;
  const simulator = await platformOf(wing, time);
  text = text.replaceAll(url, simulator.url);
  for (let index = 0; index < calls.length; index += 1) {
    const { calls: known } = JSON.parse(text) as Recorded;
    const { path, body, created } = known[index] ?? { path: "", body: undefined, created: "" };
    await postElsewhere(simulator, path, body);
    const made = simulator.books().requests.at(-1);
    const id = made?.createdTask ?? made?.createdPackage;
    if (id === undefined || id === null) throw new Error(`${path} made nothing, of ${file}.`);
    text = text.replaceAll(created, id);
  }
  return { simulator, now: JSON.parse(text) as Recorded };
}

const releases = existsSync(FOLDER) ? readdirSync(FOLDER).sort() : [];
const states = [...new Set([...releases, ...(toRecord === undefined ? [] : [toRecord])])].flatMap(
  (release) =>
    wings.flatMap((wing) =>
      (["dynamic", "plugin"] as const).map((door): Earlier => {
        const file = door === "plugin" ? `${wing.name}-plugin.json` : `${wing.name}.json`;
        return { release, wing, name: wing.name, door, file: join(FOLDER, release, file) };
      }),
    ),
);

beforeAll(async () => {
  for (const earlier of states) {
    // A recorded state is never changed.
    if (earlier.release === toRecord && !existsSync(earlier.file)) await record(earlier);
  }
});

test("There is a state of each release of the changelog", () => {
  const changelog = readFileSync(join(__dirname, "../../CHANGELOG.md"), "utf8");
  const released = [...changelog.matchAll(/^## (\d+\.\d+\.\d+)/gm)].map(([, version]) => version);
  expect(states.map(({ release }) => release)).toEqual(expect.arrayContaining(released));
});

describe.each(states)("The $door state that $release left of $name", ({ wing, door, file }) => {
  let simulator: Simulator | undefined;
  let stack: Stack | undefined;
  let made = 0;
  const its = (): { simulator: Simulator; stack: Stack } => {
    if (simulator === undefined || stack === undefined) throw new Error("There is no stack.");
    return { simulator, stack };
  };

  beforeAll(async () => {
    const earlier = await relive(wing, file);
    simulator = earlier.simulator;
    made = changes(simulator).length;
    stack = await newStack({ simulator, program: "" });
    stack.program(earlier.now.program, door);
    const imported = join(stack.directory, "earlier.json");
    writeFileSync(imported, JSON.stringify(earlier.now.state));
    await passes(stack.pulumi("stack", "import", "--file", imported));
  });
  afterAll(async () => {
    stack?.remove();
    await simulator?.close();
  });

  test("is what the program declares, and what the platform says", async () => {
    await passes(its().stack.preview("--expect-no-changes"));
    await passes(its().stack.drift());
  });

  test("gives an up nothing to do, and a refresh nothing to write", async () => {
    expect(await passes(its().stack.up())).toMatch(/8 unchanged/);
    expect(await passes(its().stack.refresh())).toMatch(/8 unchanged/);
    expect(changes(its().simulator)).toHaveLength(made);
  });

  test("can be destroyed, once its last task is over", async () => {
    its().simulator.clock.advance(3 * 86_400);
    await passes(its().stack.destroy());
    expect(await namesInState(its().stack)).toEqual([]);
    expect(wing.tasks(its().simulator.books())).toHaveLength(wing.keepsTasks ? 3 : 0);
  });
});
