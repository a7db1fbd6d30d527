import type { RolloutDeclaration } from "../../../src/upgrade/rollout/declaration";
import { ModelEngine, type Up } from "../../rollout-walk/engine";
import { ModelPlatform, type Mood, type Stumble } from "../../rollout-walk/platform";
import { declared, ids } from "./declared";

const HOUR = 3_600_000;
const CANARY = [{ name: "canary", untilPercent: 20 }, { name: "rest" }];

/** A fleet of ten on V1, its engine, and what is declared. */
class Story {
  readonly platform: ModelPlatform;
  private readonly engine: ModelEngine;
  declaration: RolloutDeclaration;

  constructor(own: Partial<RolloutDeclaration> = {}, name: "northbound" | "iotda" = "iotda") {
    this.platform = new ModelPlatform({ name, lagMilliseconds: 0, hasWindows: false });
    this.engine = new ModelEngine(this.platform);
    for (const id of ids(12)) {
      this.platform.meters.set(id, {
        ...{ id, mood: "well", version: "V1", isOnline: true, isFrozen: false, exists: true },
      });
    }
    this.platform.groups.set("meters", new Set(ids(10)));
    this.declaration = declared(own);
  }

  up(own: Partial<RolloutDeclaration> = {}, waitSeconds = 600, stumble?: Stumble): Promise<Up> {
    const version = own.version ?? this.declaration.version;
    this.declaration = {
      ...this.declaration,
      ...{ reportedVersion: version, packageId: `package-${version}` },
      ...own,
    };
    return this.engine.up(this.declaration, waitSeconds, stumble, () => undefined);
  }

  refresh(): Promise<string | undefined> {
    return this.engine.refresh();
  }

  get state(): ModelEngine["state"] {
    return this.engine.state;
  }

  lose(): void {
    this.engine.state = undefined;
  }

  mood(mood: Mood, ...devices: string[]): void {
    for (const id of devices) {
      const meter = this.platform.meters.get(id);
      if (meter === undefined) continue;
      meter.mood = mood;
      meter.isOnline = mood !== "asleep";
    }
  }

  /** Who was pushed which version, in the order of the POSTs. */
  pushed(version: string): string[] {
    return this.platform.tasks_
      .filter((task) => task.isOurs && task.version === version)
      .flatMap(({ subs }) => subs.map(({ id }) => id));
  }

  progress(): string[] {
    return (this.state?.outputs.progress ?? []).map(
      ({ wave, state, succeeded, devices }) => `${wave} ${state} ${succeeded}/${devices}`,
    );
  }
}

function reasons(up: Up): readonly string[] {
  return up.kind === "ran" ? up.end.reasons : [];
}

describe("A rollout", () => {
  it("goes through its waves in one up where nothing holds it, and leaves a settled fleet alone", async () => {
    const story = new Story({ waves: CANARY });
    await story.up();
    expect(story.state?.outputs.outcome).toBe("succeeded");
    expect(story.progress()).toEqual(["canary over 2/2", "rest over 8/8"]);
    expect((await story.up()).kind).toBe("same");
    expect(story.pushed("V2")).toHaveLength(10);
  });

  it("is over at once where everybody runs the version", async () => {
    const story = new Story({ version: "V1", waves: [{ name: "all", needsApproval: true }] });
    await story.up();
    expect(story.state?.outputs.outcome).toBe("succeeded");
    expect(story.platform.tasks_).toEqual([]);
  });

  it("waits for an approval of its version, and goes on with it", async () => {
    const waves = [
      { name: "canary", untilPercent: 20 },
      { name: "rest", needsApproval: true },
    ];
    const story = new Story({ waves });
    await story.up();
    expect(story.state?.outputs.outcome).toBe("held");
    await story.up({ approved: { version: "V1", waves: ["rest"] } });
    expect(story.pushed("V2")).toHaveLength(2);
    await story.up({ approved: { version: "V2", waves: ["rest"] } });
    expect(story.state?.outputs.outcome).toBe("succeeded");
  });

  it("A, B, A: pushes A again to those alone that B was tried on", async () => {
    const story = new Story({ waves: CANARY });
    await story.up();
    const waves = [
      { name: "canary", untilPercent: 20 },
      { name: "rest", needsApproval: true },
    ];
    await story.up({ version: "V3", waves });
    const tried = story.pushed("V3");
    expect(tried).toHaveLength(2);
    await story.up({ version: "V2" });
    expect(story.pushed("V2").slice(10).sort()).toEqual(tried.sort());
    expect(story.progress()[0]).toBe("back over 2/2");
  });

  it("A, B (held), A: pushes nobody", async () => {
    const story = new Story();
    await story.up();
    await story.up({ version: "V3", waves: [{ name: "all", needsApproval: true }] });
    await story.up({ version: "V2" });
    expect(story.pushed("V2")).toHaveLength(10);
    expect(story.state?.outputs.outcome).toBe("succeeded");
  });

  it("counts no attempt of one version against another", async () => {
    const story = new Story({ maxAttempts: 2, minSuccessPercent: 0, minReachedPercent: 0 });
    story.mood("fails", ...ids(10));
    await story.up({}, 600);
    await story.up({ version: "V3" }, 600);
    expect(story.pushed("V2")).toHaveLength(20);
    expect(story.pushed("V3")).toHaveLength(20);
  });

  it("is red by a canary that fails, stays red, and pushes nobody more", async () => {
    const story = new Story({ waves: CANARY });
    story.mood("fails", ...ids(10));
    const first = await story.up();
    expect(reasons(first)).toEqual([
      expect.stringMatching(
        /^The wave canary has failed for V2: 0 of 2 devices succeeded, 2 failed .* d\d: it said no; d\d: it said no\. Nothing more is pushed\. It is mended by rerunAfter .* or another version\.$/,
      ) as string,
    ]);
    expect(reasons(await story.up())).toHaveLength(1);
    const renamed = [{ name: "other", untilPercent: 20 }, { name: "rest" }];
    expect(await story.up({ waves: renamed })).toEqual({
      kind: "refused",
      because: [expect.stringContaining("wave canary has begun and is not over") as string],
    });
    expect(story.pushed("V2")).toHaveLength(2);
  });

  it.each<[string, (story: Story) => Partial<RolloutDeclaration>, number]>([
    ["rerunAfter", (story) => ({ rerunAfter: story.platform.now() }), 12],
    ["a threshold", () => ({ minSuccessPercent: 0 }), 10],
    ["maxAttempts", () => ({ maxAttempts: 2 }), 12],
    [
      "exclude",
      (story) => ({
        exclude: { devices: story.pushed("V2"), groups: [] },
        waves: [{ ...CANARY[0], name: "canary", mayBeEmpty: true }, { name: "rest" }],
      }),
      10,
    ],
  ])("is mended by %s", async (_what, mend, pushes) => {
    const story = new Story({ waves: CANARY });
    story.mood("fails", ...ids(10));
    await story.up();
    story.mood("well", ...ids(10));
    await story.up(mend(story));
    expect(story.state?.outputs.outcome).toBe("succeeded");
    expect(story.pushed("V2")).toHaveLength(pushes);
  });

  it("goes back first of all, without an approval, from a version that is not through", async () => {
    const waves = [
      { name: "canary", untilPercent: 20 },
      { name: "rest", needsApproval: true },
    ];
    const story = new Story({ waves });
    await story.up();
    await story.up({ version: "V1" });
    expect(story.pushed("V1").sort()).toEqual(story.pushed("V2").sort());
    expect(story.state?.outputs.outcome).toBe("succeeded");
  });

  it("stops what the old version has not begun before another one goes on, where the platform can", async () => {
    const story = new Story();
    story.mood("asleep", ...ids(10));
    await story.up({}, 0);
    await story.up({ version: "V3", waves: [{ name: "all", needsApproval: true }] }, 0);
    const states = story.platform.tasks_.flatMap(({ subs }) => subs.map(({ state }) => state));
    expect(new Set(states)).toEqual(new Set(["stopped"]));
    await story.up({ version: "V2", waves: [{ name: "all" }] }, 0);
    expect(story.pushed("V2")).toHaveLength(20);
  });

  it("holds a device that the old version holds where nothing can be stopped, and says so", async () => {
    const story = new Story({}, "northbound");
    story.mood("asleep", "d1");
    await story.up({}, 0);
    await story.up({ version: "V3" }, 600);
    expect(story.pushed("V3")).not.toContain("d1");
    expect(story.state?.outputs.outcome).toBe("inProgress");
  });

  it("bakes by the platform's clock, and looks again at its end", async () => {
    const waves = [
      { name: "canary", untilPercent: 20, bakeSeconds: 7_200, maxLostPercent: 0 },
      { name: "rest" },
    ];
    const story = new Story({ waves });
    story.mood("fallsSilent", ...ids(10));
    await story.up();
    expect(story.progress()).toEqual(["canary baking 2/2", "rest waiting 0/0"]);
    story.platform.advance(2 * HOUR);
    const up = await story.up();
    expect(reasons(up)).toEqual([expect.stringContaining("2 lost since") as string]);
    story.mood("well", ...ids(10));
    await story.up();
    expect(story.state?.outputs.outcome).toBe("succeeded");
  });

  it("gives who joins to the next wave that begins, and tells who comes after the last as behind", async () => {
    const waves = [
      { name: "canary", untilPercent: 20 },
      { name: "rest", needsApproval: true },
    ];
    const story = new Story({ waves });
    await story.up();
    story.platform.groups.get("meters")?.add("d10");
    await story.up({ approved: { version: "V2", waves: ["rest"] } });
    expect(story.pushed("V2")).toContain("d10");
    story.platform.groups.get("meters")?.add("d11");
    await story.up({ waves: [{ name: "all" }] });
    expect(story.pushed("V2")).not.toContain("d11");
    expect(story.state?.outputs).toMatchObject({ outcome: "succeeded", behind: 1 });
  });

  it("takes no more than the plan of its waves gives, whoever has joined since it was drawn", async () => {
    const waves = [{ name: "canary", untilPercent: 20, bakeSeconds: 7_200 }, { name: "rest" }];
    const story = new Story({ waves });
    await story.up();
    expect(story.state?.inputs.plan.waves[1]).toBe("rest: 8 devices");
    for (const id of ["d10", "d11"]) story.platform.groups.get("meters")?.add(id);
    story.platform.advance(3 * HOUR);
    await story.up();
    expect(story.state?.inputs.plan.waves[1]).toBe("rest: 8 devices");
    expect(story.pushed("V2")).toHaveLength(10);
    expect(story.state?.outputs).toMatchObject({ outcome: "succeeded", behind: 2 });
  });

  it("pushes who joins a continuous rollout as a last wave", async () => {
    const story = new Story({ targetSelection: "continuous" });
    await story.up();
    story.platform.groups.get("meters")?.add("d10");
    await story.up();
    expect(story.progress()).toEqual(["all over 10/10", "joiners over 1/1"]);
    expect((await story.up()).kind).toBe("ran");
    expect((await story.up()).kind).toBe("same");
  });

  it("pushes who slept through a continuous rollout once it wakes, as a last wave", async () => {
    const story = new Story({ targetSelection: "continuous" });
    story.mood("asleep", "d1");
    for (const hours of [0, 80, 80]) {
      story.platform.advance(hours * HOUR);
      await story.up();
    }
    expect(story.progress()).toEqual(["all over 9/10"]);
    story.mood("well", "d1");
    await story.up();
    expect(story.progress()).toEqual(["all over 9/9", "joiners over 1/1"]);
    expect(story.pushed("V2").filter((id) => id === "d1")).toHaveLength(2);
  });

  it.each(["before", "after", "lostReply"] as const)(
    "pushes nobody twice when it is killed %s a POST",
    async (kind) => {
      const story = new Story({ waves: CANARY });
      await story.up({}, 600, { kind, at: 0 });
      await story.up();
      expect(story.state?.outputs.outcome).toBe("succeeded");
      expect(story.pushed("V2")).toHaveLength(10);
    },
  );

  it("pushes nobody twice when the state is lost", async () => {
    const story = new Story({ waves: CANARY });
    story.mood("mute", "d1", "d2", "d3");
    await story.up();
    story.lose();
    await story.up();
    expect(story.state?.outputs.outcome).toBe("succeeded");
    expect(story.pushed("V2")).toHaveLength(10);
  });

  it("forgets, with a lost state, what was pushed before another version", async () => {
    const story = new Story();
    await story.up();
    story.lose();
    story.platform.make("firmware", "V9", ["d1", "d2"]);
    story.platform.advance(HOUR);
    await story.up();
    expect(story.pushed("V2").slice(10).sort()).toEqual(["d1", "d2"]);
  });

  it("never fights with who moves its devices", async () => {
    const story = new Story();
    await story.up();
    story.platform.make("firmware", "V9", ["d1", "d2"]);
    story.platform.advance(HOUR);
    await story.up({ minSuccessPercent: 90 });
    expect(story.pushed("V2")).toHaveLength(10);
    expect(story.state?.outputs.outcome).toBe("succeeded");
  });

  it("shows in each refresh who was moved, until an up has told it", async () => {
    const story = new Story();
    await story.up();
    const task = story.platform.make("firmware", "V9", ["d1", "d2"]);
    for (let night = 0; night < 2; night += 1) {
      story.platform.advance(24 * HOUR);
      expect(await story.refresh()).toBe(`2 devices are on V9 by operation ${task.id}`);
    }
    const up = await story.up({ minSuccessPercent: 90 });
    expect(up).toMatchObject({ end: { reasons: [], outputs: { outcome: "succeeded" } } });
    expect(up.kind === "ran" && up.end.told.join(" ")).toContain(`by operation ${task.id}`);
    story.platform.advance(24 * HOUR);
    expect(await story.refresh()).toBeUndefined();
    expect(story.pushed("V2")).toHaveLength(10);
  });

  it("has used the attempt of a device whose record is gone", async () => {
    const story = new Story();
    story.mood("asleep", ...ids(10));
    await story.up({}, 0);
    for (const task of story.platform.tasks_) task.isPurged = true;
    story.platform.advance(HOUR);
    expect(reasons(await story.up())).toHaveLength(1);
    expect(story.pushed("V2")).toHaveLength(10);
  });

  it("drops who is gone at a POST, and is red where the package must be", async () => {
    const story = new Story();
    await story.up({}, 600, { kind: "vanish", at: 0 });
    expect(story.pushed("V2")).toHaveLength(9);
    expect(story.state?.outputs.outcome).toBe("succeeded");
    const other = new Story();
    other.platform.push = () => Promise.resolve({ kind: "unknown" });
    expect(reasons(await other.up())).toEqual([
      expect.stringContaining("package package-V2 must be gone") as string,
    ]);
  });

  it("is red, and pushes nobody, where five listings in a row differ", async () => {
    const story = new Story();
    const { platform } = story;
    const list = platform.tasks.bind(platform);
    platform.tasks = (since) => {
      platform.make("firmware", "V9", ["d11"]);
      return list(since);
    };
    const up = await story.up();
    expect(reasons(up)).toEqual([expect.stringContaining("differed 5 times in a row") as string]);
    expect(story.pushed("V2")).toEqual([]);
  });

  it("has never more devices under way than maxInProgress", async () => {
    const story = new Story({ maxInProgress: 2 });
    story.mood("asleep", ...ids(10));
    await story.up({}, 0);
    expect(story.pushed("V2")).toHaveLength(2);
    await story.up({}, 600);
    expect(story.pushed("V2")).toHaveLength(2);
    story.platform.advance(73 * HOUR);
    await story.up({}, 0);
    expect(story.pushed("V2")).toHaveLength(4);
  });

  it("returns green when it is cancelled, and goes on in the next up", async () => {
    const story = new Story({ waves: CANARY });
    const up = await story.up({}, 600, { kind: "cancel", at: 0 });
    expect(up).toMatchObject({ kind: "ran", end: { isCancelled: true, reasons: [] } });
    await story.up();
    expect(story.pushed("V2")).toHaveLength(10);
  });

  it("strikes by rerunAfter what was POSTed before it, and no more", async () => {
    const story = new Story({ waves: CANARY });
    story.mood("mute", ...ids(10));
    await story.up();
    const between = story.platform.tasks_[1]?.createdAt ?? 0;
    await story.up({ rerunAfter: between });
    expect(story.pushed("V2").slice(10)).toEqual(story.pushed("V2").slice(0, 2));
  });

  it("counts again what rerunAfter has struck once it is taken back, though the record is gone", async () => {
    const story = new Story();
    await story.up();
    story.platform.make("firmware", "V9", ["d1"]);
    story.platform.advance(HOUR);
    for (const task of story.platform.tasks_) task.isPurged = true;
    await story.up({ rerunAfter: story.platform.now(), paused: true });
    expect(story.state?.outputs).toMatchObject({ outcome: "held", onVersion: 9 });
    await story.up({ rerunAfter: undefined, paused: false });
    expect(story.state?.outputs.outcome).toBe("succeeded");
    expect(story.pushed("V2")).toHaveLength(10);
  });

  it("tells of a device that joined and that somebody else's push of the version failed on", async () => {
    const story = new Story();
    await story.up();
    story.platform.groups.get("meters")?.add("d10");
    story.mood("fails", "d10");
    story.platform.make("firmware", "V2", ["d10"]);
    story.platform.advance(HOUR);
    await story.up({ maxAttempts: 2 });
    await story.up({ maxAttempts: 1 });
    expect(story.state?.outputs).toMatchObject({ outcome: "succeeded", behind: 1 });
  });

  it("tells of whom a wave has that is declared once all is through, and that nobody begins", async () => {
    const story = new Story();
    await story.up();
    story.platform.groups.get("meters")?.add("d10");
    story.mood("asleep", "d10");
    story.platform.make("firmware", "V2", ["d10"]);
    const waves = [
      { name: "lab", selection: { devices: [], groups: ["meters"] } },
      { name: "rest" },
    ];
    await story.up({ waves });
    expect(story.state?.outputs).toMatchObject({ outcome: "succeeded", behind: 1 });
  });

  it("refuses a rebuild of a version that was pushed, but for rerunAfter", async () => {
    const story = new Story();
    await story.up();
    const rebuilt = { packageId: "package-V2b" };
    expect((await story.up(rebuilt)).kind).toBe("refused");
    await story.up({ ...rebuilt, rerunAfter: story.platform.now() });
    expect(story.state?.outputs.outcome).toBe("succeeded");
    expect(story.pushed("V2")).toHaveLength(10);
  });

  it("pushes nobody while it is paused, in a wave that has begun either", async () => {
    const story = new Story({ maxInProgress: 2 });
    await story.up({}, 0);
    story.platform.advance(HOUR);
    await story.up({ paused: true });
    expect(story.pushed("V2")).toHaveLength(2);
    expect(story.state?.outputs.outcome).toBe("held");
  });
});
