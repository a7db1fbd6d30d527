import fc from "fast-check";

import { describeWaves } from "../../../src/upgrade/rollout/describe-draw";
import { draw, selectionOf } from "../../../src/upgrade/rollout/draw";
import type { WaveDeclaration } from "../../../src/upgrade/rollout/declaration";
import { declared, device, ids, look } from "./declared";

const WAVES: WaveDeclaration[] = [
  { name: "lab", selection: { devices: [], groups: ["lab"] } },
  { name: "canary", untilPercent: 1 },
  { name: "early", untilPercent: 10 },
  { name: "rest" },
];

function sizes(count: number, waves = WAVES, lab = ids(12)): number[] {
  const drawn = draw(declared({ waves }), look({ meters: ids(count), lab }), { isFirst: true });
  return drawn.waves.map(({ devices }) => devices.length);
}

describe("A draw", () => {
  it("gives named devices to their wave, and percentages of the others, rounded up, to the rest", () => {
    expect(sizes(400)).toEqual([12, 4, 35, 349]);
  });

  it("puts every member into one wave, and nobody else into any", () => {
    const drawn = draw(
      declared({ waves: WAVES, exclude: { devices: ["d3"], groups: [] } }),
      look({ meters: ids(50), lab: ["d1", "d2", "d3", "x1"] }, [device("d9", { isOfKind: false })]),
      { isFirst: true },
    );
    const all = drawn.waves.flatMap(({ devices }) => devices);
    expect(new Set(all)).toEqual(new Set(ids(50).filter((id) => id !== "d3" && id !== "d9")));
    expect(all).toHaveLength(48);
    expect(drawn.otherKind).toEqual(["d9"]);
    expect(drawn.told).toEqual([
      "The waves name device x1 outside the fleet, which will not be pushed.",
    ]);
  });

  it("lets the first wave win that names a device, wherever a percentage stands", () => {
    const waves = [
      { name: "canary", untilPercent: 50 },
      { name: "one", selection: { devices: ["d1"], groups: [] } },
      { name: "two", selection: { devices: ["d1", "d2"], groups: [] } },
      { name: "rest" },
    ];
    const drawn = draw(declared({ waves }), look({ meters: ids(10) }), { isFirst: true });
    expect(drawn.waves[1]?.devices).toEqual(["d1"]);
    expect(drawn.waves[2]?.devices).toEqual(["d2"]);
    expect(drawn.waves[0]?.devices).toHaveLength(4);
  });

  it("looks at everything that is named, once", () => {
    const asked = selectionOf(
      declared({ waves: WAVES, exclude: { devices: ["d1", "d1"], groups: ["lab"] } }),
    );
    expect(asked).toEqual({ devices: ["d1"], groups: ["lab", "meters"] });
  });

  it("moves at most one device over each boundary when one joins or leaves", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(10_000), (count, joiner) => {
        const before = draw(declared({ waves: WAVES.slice(1) }), look({ meters: ids(count) }), {
          isFirst: true,
        });
        const after = draw(
          declared({ waves: WAVES.slice(1) }),
          look({ meters: [...ids(count), `joiner${joiner}`] }),
          { isFirst: true },
        );
        const moved = ids(count).filter((id) => before.waveOf.get(id) !== after.waveOf.get(id));
        expect(moved.length).toBeLessThanOrEqual(2);
        for (const boundary of [0, 1]) {
          const isBelow = (of: typeof before, id: string): boolean =>
            (of.waveOf.get(id) ?? 9) <= boundary;
          const across = ids(count).filter((id) => isBelow(before, id) !== isBelow(after, id));
          expect(across.length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("refuses unknown devices in the first draw, and tells them in a later one", () => {
    const fleet = { devices: ["d1", "ghost"], groups: [] };
    const seen = look({}, [device("d1")]);
    const first = draw(declared({ fleet }), seen, { isFirst: true });
    expect(first.refusals).toEqual([
      "The platform does not know device ghost: correct or remove what is listed.",
    ]);
    const later = draw(declared({ fleet }), seen, { isFirst: false });
    expect(later.refusals).toEqual([]);
    expect(later.told).toEqual(first.refusals);
  });

  it("refuses a group that does not exist, a selector that finds nobody, a fleet without devices and one that is too large", () => {
    const refusals = (
      own: Parameters<typeof declared>[0],
      seen = look({ meters: ids(3), lab: [] }),
    ) => draw(declared(own), seen, { isFirst: false }).refusals;
    expect(refusals({ fleet: { devices: [], groups: ["gone"] } })).toEqual([
      expect.stringContaining("device group gone") as string,
      expect.stringContaining("no device that this package is for") as string,
    ]);
    expect(refusals({ waves: WAVES })).toEqual([
      expect.stringContaining("The wave lab finds no device in the fleet") as string,
    ]);
    expect(
      refusals({ waves: [{ ...WAVES[0], name: "lab", mayBeEmpty: true }, { name: "rest" }] }),
    ).toEqual([]);
    expect(refusals({ maxDevices: 2 })).toEqual([
      expect.stringContaining("3 devices, and maxDevices is 2") as string,
    ]);
  });

  it("passes a percentage of nobody, and says so", () => {
    const drawn = draw(declared({ waves: WAVES }), look({ meters: ids(2), lab: ids(2) }), {
      isFirst: true,
    });
    expect(drawn.refusals).toEqual([]);
    expect(drawn.told).toHaveLength(3);
  });
});

describe("The waves of a program", () => {
  it("are refused where a percentage does not rise, with what it would mean", () => {
    const waves = [30, 30, 40].map((untilPercent, index) => ({ name: `w${index}`, untilPercent }));
    expect(describeWaves(waves)).toEqual([
      expect.stringContaining(
        "The wave w1 goes up to 30 % of all devices, and w0 before it",
      ) as string,
    ]);
  });

  it("are refused where one that is not the last takes all that is left", () => {
    expect(describeWaves([{ name: "all" }, { name: "rest" }])).toEqual([
      expect.stringContaining("The wave all takes all that is left") as string,
    ]);
  });
});
