import type { Device } from "../../src/upgrade/fleet";
import { type Pushed, reachLine, seenOf, talliedOf } from "../../src/upgrade/reach";

const KIND = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };
const PUSHED: Pushed = { packageKind: "firmware", kind: KIND, version: "V1.5" };

function aDevice(id: string, change: Partial<Device> = {}): Device {
  const device = { id, kind: KIND, firmwareVersion: "V1.4", connection: "ONLINE" } as const;
  return { ...device, isFrozen: false, ...change };
}

const read = (...devices: Device[]) => new Map(devices.map((device) => [device.id, device]));
const line = (seen: Partial<Parameters<typeof reachLine>[2]>, pushed = PUSHED): string =>
  reachLine(
    "pilot",
    pushed,
    { reach: { devices: 0 }, ids: {}, noGroups: [], leftOut: [], ...seen },
    "of another model",
  );

describe("What is seen of devices", () => {
  it("counts each once, by what it reports", () => {
    const { reach, online, offline, ids } = seenOf(
      read(
        aDevice("a"),
        aDevice("b", { connection: "ABNORMAL" }),
        aDevice("c", { firmwareVersion: "V1.5", connection: "OFFLINE" }),
        aDevice("d", { kind: { ...KIND, model: "NBM2" }, firmwareVersion: "V9" }),
        aDevice("e", { isFrozen: true, firmwareVersion: "V1.3", connection: undefined }),
      ),
      ["a", "b", "c", "d", "e", "gone"],
      PUSHED,
    );
    expect(reach).toEqual({
      devices: 6,
      from: ["V1.4", "V1.3"],
      onVersion: 1,
      otherKind: 1,
      unknown: 1,
      frozen: 1,
    });
    expect({ online, offline }).toEqual({ online: 2, offline: 2 });
    expect(ids).toMatchObject({ otherKind: ["d"], unknown: ["gone"], frozen: ["e"] });
  });

  it("takes what a device does not report for unknown, never for different", () => {
    const { reach } = seenOf(read(aDevice("a", { firmwareVersion: undefined, kind: {} })), ["a"], {
      ...PUSHED,
      sourceVersions: ["V1.3"],
    });
    expect(reach).toMatchObject({ from: [], onVersion: 0, otherKind: 0, otherSourceVersion: 0 });
  });

  it("looks at software for software, and holds versions against those of the package", () => {
    const { reach, ids } = seenOf(
      read(aDevice("a", { softwareVersion: "7" }), aDevice("b", { softwareVersion: "8" })),
      undefined,
      { packageKind: "software", kind: KIND, version: "9", sourceVersions: ["8"] },
    );
    expect(reach).toMatchObject({ from: ["7", "8"], otherSourceVersion: 1 });
    expect(ids.otherSourceVersion).toEqual(["a"]);
  });

  it("does not know who runs a version that is not known", () => {
    const { reach } = seenOf(read(aDevice("a")), undefined, { ...PUSHED, version: undefined });
    expect(reach).not.toHaveProperty("onVersion");
  });

  it("names ten versions at most", () => {
    const devices = Array.from({ length: 30 }, (_, index) =>
      aDevice(`m${index}`, { firmwareVersion: `V${index % 15}` }),
    );
    expect(seenOf(read(...devices), undefined, PUSHED).reach.from).toHaveLength(10);
  });

  it("by a tally tells no former versions", () => {
    const tally = { devices: 20, online: 12, frozen: 1, otherKind: 2, onVersion: 3 };
    expect(talliedOf(tally)).toEqual({
      reach: { devices: 20, onVersion: 3, otherKind: 2, frozen: 1 },
      online: 12,
      offline: 7,
      ids: {},
    });
  });
});

describe("The line", () => {
  it("says what a reviewer asks, and leaves zeros out", () => {
    const devices = [
      ...Array.from({ length: 8 }, (_, index) => aDevice(`m${index}`)),
      aDevice("on", { firmwareVersion: "V1.5" }),
      aDevice("o1", { connection: "OFFLINE" }),
      aDevice("o2", { connection: "INACTIVE" }),
      aDevice("meter-00330", { connection: "ABNORMAL", kind: { ...KIND, model: "X" } }),
    ];
    expect(line(seenOf(read(...devices), undefined, PUSHED))).toBe(
      "pilot: V1.4 -> V1.5 on 12 devices: 9 online, 3 offline, 1 runs it already, 1 of another model (meter-00330).",
    );
  });

  it.each([
    [{ reach: { devices: 1 } }, "pilot: V1.5 on 1 device."],
    [{ reach: { devices: 388 }, isAtMost: true }, "pilot: V1.5 on at most 388 devices."],
    [
      {
        reach: { devices: 388 },
        versions: [
          ["V1.4", 348],
          ["V1.3", 40],
        ] as const,
      },
      "pilot: V1.4 (348), V1.3 (40) -> V1.5 on 388 devices.",
    ],
    [
      { reach: { devices: 9 }, busy: 5, ids: { busy: ["a", "b", "c", "d", "e"] } },
      "pilot: V1.5 on 9 devices: 5 busy in another task (a, b, c and 2 more).",
    ],
    [
      {
        reach: { devices: 9 },
        leftOut: ["versions not looked at: 86 calls, maxPreviewCalls is 60"],
      },
      "pilot: V1.5 on 9 devices; versions not looked at: 86 calls, maxPreviewCalls is 60.",
    ],
    [
      { reach: { devices: 9, unknown: 1, frozen: 2, otherSourceVersion: 3, onVersion: 4 } },
      "pilot: V1.5 on 9 devices: 4 run it already, 1 unknown to the platform, 2 frozen, 3 on versions from which the package does not upgrade.",
    ],
  ])("of %j", (seen, wanted) => {
    expect(line(seen)).toBe(wanted);
  });

  it("names the kind where the version is not known", () => {
    expect(line({ reach: { devices: 2 } }, { ...PUSHED, version: undefined })).toBe(
      "pilot: firmware on 2 devices.",
    );
  });
});
