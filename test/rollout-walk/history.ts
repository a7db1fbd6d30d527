import type { WaveDeclaration } from "../../src/upgrade/rollout/declaration";
import type { Mood, Stumble } from "./platform";

/** One thing that happens. Each is complete in itself, so that a history can be shortened. */
export type Step =
  | { readonly do: "up"; readonly waitSeconds: number; readonly stumble?: Stumble }
  | { readonly do: "edit"; readonly edit: Edit }
  | { readonly do: "pass"; readonly seconds: number }
  | { readonly do: "refresh" }
  | { readonly do: "loseState" }
  | { readonly do: "purge" }
  | { readonly do: "mood"; readonly device: string; readonly mood: Mood }
  | { readonly do: "freeze"; readonly device: string }
  | { readonly do: "vanish"; readonly device: string }
  | { readonly do: "join" | "leave"; readonly device: string; readonly group: string }
  | {
      readonly do: "others";
      readonly devices: readonly string[];
      readonly version: string;
      readonly kind: "firmware" | "software";
    }
  | { readonly do: "stopByHand" }
  | { readonly do: "rebuild" }
  | { readonly do: "dropGroup"; readonly group: string };

export type Edit =
  | { readonly what: "version"; readonly version: string }
  | { readonly what: "waves"; readonly waves: readonly WaveDeclaration[] }
  | { readonly what: "approve"; readonly wave: string }
  | { readonly what: "approveAll" }
  | { readonly what: "disapprove" }
  | { readonly what: "rerunAfter"; readonly secondsAgo: number | undefined }
  | { readonly what: "paused"; readonly paused: boolean }
  | { readonly what: "exclude"; readonly device: string }
  | { readonly what: "maxAttempts"; readonly maxAttempts: number }
  | { readonly what: "minSuccessPercent"; readonly percent: number }
  | { readonly what: "minReachedPercent"; readonly percent: number }
  | { readonly what: "maxInProgress"; readonly most: number | undefined }
  | { readonly what: "onFailure"; readonly onFailure: "stop" | "stopAll" | "leave" }
  | { readonly what: "continuous"; readonly isContinuous: boolean }
  | { readonly what: "fromVersions"; readonly versions: readonly string[] | undefined }
  | { readonly what: "seed"; readonly seed: string };

export interface History {
  readonly flavour: "northbound" | "iotda";
  readonly lagSeconds: number;
  /** Whether pushes have windows: four hours open, four closed. */
  readonly hasWindows: boolean;
  readonly devices: number;
  readonly steps: readonly Step[];
}

export type Random = () => number;

/** Mulberry32: small, and the same on every machine. */
function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const LAB = { devices: [], groups: ["lab"] };
const HOUR = 3_600;

/** Bakes and selectors belong to a name, so that an edit moves waves and changes none. */
const LISTS: readonly (readonly WaveDeclaration[])[] = [
  [{ name: "all" }],
  [
    { name: "canary", untilPercent: 30 },
    { name: "rest", needsApproval: true },
  ],
  [
    { name: "lab", selection: LAB, mayBeEmpty: true },
    { name: "canary", untilPercent: 30 },
    { name: "early", untilPercent: 60, needsApproval: true, bakeSeconds: 2 * HOUR },
    { name: "rest", needsApproval: true },
  ],
  [
    { name: "early", untilPercent: 60, needsApproval: true, bakeSeconds: 2 * HOUR },
    { name: "rest" },
  ],
  [
    { name: "canary", untilPercent: 10 },
    { name: "lab", selection: LAB, mayBeEmpty: true },
    { name: "all", bakeSeconds: 0 },
  ],
  [
    { name: "tiny", untilPercent: 5, minSuccessPercent: 50 },
    { name: "baked", untilPercent: 50, bakeSeconds: 24 * HOUR, maxLostPercent: 0 },
    { name: "rest", needsApproval: true },
  ],
  [
    { name: "lab", selection: LAB },
    { name: "rest", minReachedPercent: 0, minSuccessPercent: 0 },
  ],
];

const MOODS: readonly Mood[] = [
  "well",
  "well",
  "asleep",
  "fails",
  "conflicts",
  "hangs",
  "mute",
  "fallsSilent",
];
const WAVES = ["lab", "canary", "early", "rest", "all"];

export function historyOf(seed: number): History {
  const random = randomOf(seed);
  const pick = <Value>(values: readonly Value[]): Value =>
    values[Math.floor(random() * values.length)] as Value;
  const devices = 3 + Math.floor(random() * 12);
  const any = (): string => `d${Math.floor(random() * (devices + 4))}`;
  const version = (): string => pick(["A", "B", "B", "C"]);
  const stumble = (): { stumble?: Stumble } => {
    if (random() > 0.25) return {};
    const kind = pick([
      "before",
      "after",
      "after",
      "lostReply",
      "cancel",
      "vanish",
      "others",
    ] as const);
    return { stumble: { kind, at: Math.floor(random() * 4) } };
  };
  const up = (): Step => ({ do: "up", waitSeconds: pick([0, 0, 200, 600]), ...stumble() });
  const edit = (): Edit =>
    pick<() => Edit>([
      () => ({ what: "version", version: version() }),
      () => ({ what: "version", version: version() }),
      () => ({ what: "waves", waves: pick(LISTS) }),
      () => ({ what: "waves", waves: pick(LISTS) }),
      () => ({ what: "approve", wave: pick(WAVES) }),
      () => ({ what: "approveAll" }),
      () => ({ what: "approveAll" }),
      () => ({ what: "disapprove" }),
      () => ({ what: "rerunAfter", secondsAgo: pick([0, 0, 600, 30 * HOUR, undefined]) }),
      () => ({ what: "paused", paused: random() < 0.4 }),
      () => ({ what: "exclude", device: any() }),
      () => ({ what: "maxAttempts", maxAttempts: pick([1, 1, 2, 3]) }),
      () => ({ what: "minSuccessPercent", percent: pick([0, 50, 95, 100]) }),
      () => ({ what: "minReachedPercent", percent: pick([0, 50, 75, 100]) }),
      () => ({ what: "maxInProgress", most: pick([undefined, 1, 2, 5]) }),
      () => ({ what: "onFailure", onFailure: pick(["stop", "stopAll", "leave"]) }),
      () => ({ what: "continuous", isContinuous: random() < 0.5 }),
      () => ({ what: "fromVersions", versions: pick([undefined, ["A"], ["A", "B"]]) }),
      () => ({ what: "seed", seed: pick(["meters", "other"]) }),
    ])();
  const step = (): Step =>
    pick<() => Step>([
      up,
      up,
      up,
      up,
      () => ({ do: "edit", edit: edit() }),
      () => ({ do: "edit", edit: edit() }),
      () => ({ do: "edit", edit: edit() }),
      () => ({ do: "pass", seconds: pick([30, 600, 2 * HOUR, 25 * HOUR, 73 * HOUR, 110 * HOUR]) }),
      () => ({ do: "pass", seconds: pick([600, 25 * HOUR]) }),
      () => ({ do: "refresh" }),
      () => ({ do: "mood", device: any(), mood: pick(MOODS) }),
      () => ({ do: "mood", device: any(), mood: pick(MOODS) }),
      () => ({ do: "join", device: any(), group: pick(["meters", "meters", "lab", "spared"]) }),
      () => ({ do: "leave", device: any(), group: pick(["meters", "lab", "spared"]) }),
      () =>
        pick<Step>([
          { do: "loseState" },
          { do: "purge" },
          { do: "purge" },
          { do: "freeze", device: any() },
          { do: "vanish", device: any() },
          { do: "stopByHand" },
          { do: "rebuild" },
          { do: "dropGroup", group: pick(["lab", "spared", "meters"]) },
        ]),
      () => ({
        do: "others",
        devices: [any(), any()],
        version: pick(["A", "B", "C", "X"]),
        kind: pick(["firmware", "firmware", "software"]),
      }),
    ])();
  const first: Step[] = [
    { do: "edit", edit: { what: "waves", waves: pick(LISTS) } },
    ...Array.from({ length: Math.floor(random() * 4) }, (): Step => {
      return { do: "mood", device: any(), mood: pick(MOODS) };
    }),
    ...(random() < 0.3 ? [] : [{ do: "edit", edit: { what: "version", version: "B" } } as const]),
    ...(random() < 0.5 ? [{ do: "edit", edit: { what: "approveAll" } } as const] : []),
    { do: "up", waitSeconds: 600 },
  ];
  return {
    flavour: random() < 0.5 ? "northbound" : "iotda",
    lagSeconds: pick([0, 20, 55]),
    hasWindows: random() < 0.2,
    devices,
    steps: [...first, ...Array.from({ length: 5 + Math.floor(random() * 25) }, step)],
  };
}
