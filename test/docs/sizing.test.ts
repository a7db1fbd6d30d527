import { type Simulator, type SimulatorData, startSimulator } from "../../src/simulator";
import { fleet, type RolloutWing, wings } from "../engine/rollouts/fleet";
import { STANDING_STILL } from "../engine/story";
import { kindOn } from "../wing/rollout-hooks";
import { type Kinds, SmallEngine } from "../wing/small-engine";
import { readPage, rowsUnder } from "./pages";
import { groupsOf, minutesFor, SHARES, sizedWings, type SizedWing, sizesOf } from "./sizes";

const page = readPage("docs/sizing.md");
const FLEETS = [1_000, 40_000, 1_000_000];

const shown = (number: number): string => number.toLocaleString("en-US");

test("the page's table is what the library's own functions compute", () => {
  const expected = sizedWings.flatMap((wing) =>
    FLEETS.map((devices) => {
      const { look, tasks, progress } = sizesOf(wing, devices);
      const cells = [look, tasks, progress].flatMap((calls) => [
        shown(calls),
        shown(minutesFor(wing, calls)),
      ]);
      return [wing.name, shown(devices), ...cells];
    }),
  );
  expect(rowsUnder(page, "Computed").slice(1)).toEqual(expected);
});

/** To add a row for more of them, run it with `COUNTED_DEVICES=10000`: it fails with what the row must be. */
const COUNTED = Number(process.env["COUNTED_DEVICES"] ?? 1_000);

describe.each(sizedWings)("$name, counted on the simulator", (sized) => {
  const wing = wingOf(sized);
  let simulator: Simulator;

  beforeAll(async () => {
    process.env["HUAWEI_OTA_LIST_SETTLE_SECONDS"] = "0";
    simulator = await startSimulator({
      data: fleetOf(sized, COUNTED),
      clock: { speed: 0 },
      behaviour: { ...STANDING_STILL, upgradeSeconds: 10, waitSeconds: 0 },
    });
  });
  afterAll(async () => {
    delete process.env["HUAWEI_OTA_LIST_SETTLE_SECONDS"];
    await simulator.close();
  });

  test("a rollout looks, pushes and reads as often as is computed", async () => {
    const engine = new SmallEngine(
      () => ({ rollout: kindOn(wing, simulator, { [QUOTAS[sized.name]]: "1000000" }) }) as Kinds,
    );
    const groups = groupsOf(sized, COUNTED).map((_, index) => `meters-${String(index)}`);
    let ups = 0;
    do {
      const { errors } = await engine.up({
        kind: "rollout",
        name: "meters",
        inputs: {
          ...wing.packageInputs("V1.5"),
          fleet: { [wing.groups]: groups },
          waves: SHARES.map((untilPercent) => ({
            name: `to-${String(untilPercent)}`,
            untilPercent,
          })),
          waitSeconds: 0,
        },
      });
      expect(errors).toEqual([]);
      ups += 1;
      simulator.clock.advance(30);
    } while (engine.get("meters").outputs["outcome"] !== "succeeded" && ups < 100);
    const { counts, requests } = simulator.books();
    const callsTo = (method: string, paths: RegExp): number =>
      requests.filter((one) => one.method === method && paths.test(one.path)).length;
    const { look, tasks, ends } = sizesOf(sized, COUNTED);
    const counted = {
      looks: callsTo("GET", PATHS[sized.name].look) / look,
      tasks: callsTo("POST", PATHS[sized.name].push),
      ends: callsTo("GET", PATHS[sized.name].ends),
    };
    expect(counted).toEqual({ looks: LOOKS_AN_UP * ups, tasks, ends });
    const [, ...rows] = rowsUnder(page, "Counted");
    expect(rows).toContainEqual([
      ...[sized.name, shown(COUNTED), String(ups), shown(counts.requests)],
      shown(minutesFor(sized, counts.requests)),
    ]);
  });
});

/** It decides on one, and on another before its first push; the first has a preview, the last no push. */
const LOOKS_AN_UP = 2;

const PATHS = {
  northbound: { look: /devGroups|\/devices/, push: /firmwareUpgrade$/, ends: /subOperations$/ },
  iotda: { look: /\/devices$/, push: /batchtasks$/, ends: /batchtasks\/./ },
};

function wingOf({ name }: SizedWing): RolloutWing {
  const wing = wings.find((one) => one.name === name);
  if (wing === undefined) throw new Error(`There is no wing ${name}.`);
  return wing;
}

const QUOTAS = {
  northbound: "HUAWEI_OTA_NORTHBOUND_CALLS_PER_MINUTE",
  iotda: "HUAWEI_OTA_IOTDA_CALLS_PER_MINUTE",
};

function fleetOf(sized: SizedWing, devices: number): SimulatorData {
  const small = fleet();
  const entries = (
    prefix: string,
  ): { prefix: string; first: number; count: number; groups: string[] }[] => {
    let first = 1;
    return groupsOf(sized, devices).map((count, index) => {
      const entry = { prefix, first, count, groups: [`meters-${String(index)}`], digits: 7 };
      first += count;
      return entry;
    });
  };
  const [application] = small.applications;
  const [project] = small.iotda?.projects ?? [];
  const [space] = project?.spaces ?? [];
  return {
    ...small,
    applications: [{ ...application, devices: entries("meter-") }],
    iotda: {
      ...small.iotda,
      projects: [{ ...project, spaces: [{ ...space, devices: entries("meter_") }] }],
    },
  } as SimulatorData;
}
