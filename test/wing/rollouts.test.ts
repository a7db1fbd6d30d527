import { type Simulator, startSimulator } from "../../src/simulator";
import { DEVICES, fleet, wings } from "../engine/rollouts/fleet";
import { STANDING_STILL } from "../engine/story";
import { kindOn } from "./rollout-hooks";
import { type Done, type Kinds, type Resource, SmallEngine } from "./small-engine";

/*
 * Rollouts through their real hooks, in the engine's order, on a platform that answers in no time: what
 * test/engine/rollouts tells of the real engine, and what would cost it too long.
 */

type Inputs = Readonly<Record<string, unknown>>;

describe.each(wings)("$name: a rollout", (wing) => {
  let simulator: Simulator;
  let engine: SmallEngine;

  beforeAll(() => {
    process.env["HUAWEI_OTA_LIST_SETTLE_SECONDS"] = "0";
  });
  afterAll(() => {
    delete process.env["HUAWEI_OTA_LIST_SETTLE_SECONDS"];
  });
  beforeEach(async () => {
    simulator = await startSimulator({
      data: fleet(),
      clock: { speed: 0 },
      behaviour: { ...STANDING_STILL, upgradeSeconds: 10, waitSeconds: 0 },
    });
    engine = new SmallEngine(() => ({ rollout: kindOn(wing, simulator) }) as Kinds);
  });
  afterEach(() => simulator.close());

  const lab = { name: "lab", [wing.groups]: ["lab"] };
  const canary = { name: "canary", devices: [wing.device(3), wing.device(4)] };
  const rest = { name: "rest" };

  const rollout = (version = "V1.5", more: Inputs = {}, name = "meters"): Resource => ({
    kind: "rollout",
    name,
    inputs: {
      ...wing.packageInputs(version),
      fleet: { [wing.groups]: ["meters"] },
      waves: [lab, canary, rest],
      waitSeconds: 0,
      ...more,
    },
  });
  const up = async (...program: readonly Resource[]): Promise<Done> => engine.up(...program);
  const good = async (...program: readonly Resource[]): Promise<Done> => {
    const done = await up(...program);
    expect(done.errors).toEqual([]);
    return done;
  };
  const red = async (...program: readonly Resource[]): Promise<string> => {
    const { errors } = await up(...program);
    expect(errors).toHaveLength(1);
    return errors.join();
  };
  const pass = (seconds = 30): void => {
    simulator.clock.advance(seconds);
  };
  const pushedTo = (number: number): readonly string[] =>
    wing.pushed(simulator.books()).get(wing.device(number)) ?? [];
  const pushes = (): number =>
    [...wing.pushed(simulator.books()).values()].reduce((sum, { length }) => sum + length, 0);
  const outputs = (name = "meters"): Inputs => engine.get(name).outputs;
  const waves = (name = "meters"): string =>
    (outputs(name)["progress"] as { wave: string; state: string }[])
      .map(({ wave, state }) => `${wave} ${state}`)
      .join(", ");
  const throughWith = async (...program: readonly Resource[]): Promise<void> => {
    for (let ups = 0; ups < 6; ups += 1) {
      await good(...program);
      if (outputs()["outcome"] === "succeeded") return;
      pass();
    }
    throw new Error(`It is ${String(outputs()["outcome"])} after six ups: ${waves()}.`);
  };

  it("takes each wave once the one before it went well, and pushes each device once", async () => {
    await good(rollout());
    expect(waves()).toBe("lab running, canary waiting, rest waiting");
    expect(pushes()).toBe(2);
    await good(rollout());
    expect(pushes()).toBe(2);
    await throughWith(rollout());
    expect(pushes()).toBe(DEVICES);
    expect(outputs()).toMatchObject({ onVersion: DEVICES, devices: DEVICES, from: ["V1.4"] });
    expect((await good(rollout())).steps).toEqual({ meters: "same" });
    const { errors } = await engine.refresh();
    expect(errors).toEqual([]);
    expect(outputs()).toMatchObject({ outcome: "succeeded", platformState: "asDeclared" });
  });

  it("goes to another version in the middle, and back to whom it had reached", async () => {
    await good(rollout("V1.5"));
    pass();
    await good(rollout("V1.5"));
    expect(waves()).toBe("lab over, canary running, rest waiting");
    await good(rollout("V1.4"));
    for (let ups = 0; ups < 4; ups += 1) {
      pass();
      await good(rollout("V1.4"));
    }
    expect(pushedTo(1)).toEqual(["V1.5", "V1.4"]);
    expect(outputs()).toMatchObject({ outcome: "succeeded", onVersion: DEVICES, version: "V1.4" });
    expect(pushedTo(9)).toEqual([]);
    expect(pushes()).toBeLessThanOrEqual(8);
  });

  it("of A, B, A pushes A again to those alone that B was tried on", async () => {
    const held = { waves: [lab, { ...rest, needsApproval: true }] };
    for (const version of ["V1.5", "V1.6", "V1.5"]) {
      await good(rollout(version, held));
      pass();
      await good(rollout(version, held));
    }
    expect(pushedTo(1)).toEqual(["V1.5", "V1.6", "V1.5"]);
    await good(rollout("V1.6", { ...held, paused: true }));
    await good(rollout("V1.5", held));
    pass();
    await good(rollout("V1.5", held));
    expect(pushes()).toBe(6);
    await throughWith(rollout("V1.5", { ...held, approved: { version: "V1.5", waves: ["rest"] } }));
    expect(pushes()).toBe(6 + DEVICES - 2);
  });

  it("is red where a canary fails, and mended by a threshold, by rerunAfter, by exclude, by another version", async () => {
    wing.putDevice(simulator, 3, { outcome: "fail" });
    const short = { waves: [canary, rest] };
    await good(rollout("V1.5", short));
    pass();
    expect(await red(rollout("V1.5", short))).toContain("The wave canary has failed for V1.5");
    expect(await red(rollout("V1.5", { waves: [{ ...canary, name: "trial" }, rest] }))).toContain(
      "it can be neither removed nor renamed",
    );
    expect(await red(rollout("V1.5", short))).toContain("The wave canary has failed");
    expect(pushes()).toBe(2);
    await throughWith(rollout("V1.5", { waves: [{ ...canary, minSuccessPercent: 50 }, rest] }));
    expect(outputs()).toMatchObject({ onVersion: DEVICES - 1 });

    await good(rollout("V1.6", short));
    pass();
    await red(rollout("V1.6", short));
    wing.putDevice(simulator, 3, { outcome: "success" });
    const rerunAfter = simulator.books().time;
    pass(1);
    await throughWith(rollout("V1.6", { ...short, rerunAfter }));
    expect(pushedTo(3)).toEqual(["V1.5", "V1.6", "V1.6"]);
    expect(pushedTo(4)).toEqual(["V1.5", "V1.6"]);

    wing.putDevice(simulator, 3, { outcome: "fail" });
    await good(rollout("V1.5", { ...short, rerunAfter }));
    pass();
    await red(rollout("V1.5", { ...short, rerunAfter }));
    const exclude = { [wing.groups]: ["meters"], exclude: { devices: [wing.device(3)] } };
    await throughWith(rollout("V1.5", { ...short, rerunAfter, fleet: exclude }));
    expect(pushedTo(3)).toEqual(["V1.5", "V1.6", "V1.6", "V1.5"]);
  });

  it("that is red is an update after a revert, and goes back to whom it had reached", async () => {
    const short = { waves: [canary, rest] };
    await throughWith(rollout("V1.4", short));
    wing.putDevice(simulator, 3, { outcome: "fail" });
    await good(rollout("V1.5", short));
    pass();
    await red(rollout("V1.5", short));
    await engine.refresh();
    expect((await good(rollout("V1.4", short))).steps).toEqual({ meters: "update" });
    await throughWith(rollout("V1.4", short));
    expect(pushedTo(4)).toEqual(["V1.5", "V1.4"]);
    expect(pushedTo(3)).toEqual(["V1.5"]);
    expect(pushes()).toBe(3);
  });

  it("finds again what it pushed when its state is lost, at each stage", async () => {
    for (let ups = 0; ups < 8; ups += 1) {
      await good(rollout());
      if (engine.has("meters") && outputs()["outcome"] === "succeeded") break;
      engine.forget("meters");
      pass();
    }
    expect(pushes()).toBe(DEVICES);
    expect(outputs()).toMatchObject({ outcome: "succeeded", onVersion: DEVICES });
  });

  it("that is renamed without an alias pushes nobody twice, and stops nobody", async () => {
    await good(rollout());
    await good(rollout("V1.5", {}, "water"));
    pass();
    await good(rollout("V1.5", {}, "water"));
    expect([1, 2].map(pushedTo)).toEqual([["V1.5"], ["V1.5"]]);
    expect(waves("water")).toBe("lab over, canary running, rest waiting");
  });

  it("that is tainted is made anew without a push and without a stop", async () => {
    await good(rollout());
    engine.taint("meters");
    expect((await good(rollout())).steps).toEqual({ meters: "replace" });
    pass();
    await good(rollout());
    expect([1, 2].map(pushedTo)).toEqual([["V1.5"], ["V1.5"]]);
    expect(waves()).toBe("lab over, canary running, rest waiting");
  });

  it("that is removed while a wave runs says so, and stops what it can", async () => {
    await good(rollout());
    const { lines } = await good();
    expect(lines.join(" ")).toContain("0 devices stay on V1.5, 2 devices are under way to it");
    expect(lines.join(" ").includes("was told to stop 2 devices")).toBe(wing.canStop);
    pass();
    const runs = simulator.books();
    expect(wing.onVersion(runs, "V1.5")).toBe(wing.canStop ? 0 : 2);
  });

  it("sees who joins, leaves, sleeps, and who is moved by somebody else", async () => {
    wing.putDevice(simulator, 20, { groups: [] });
    // Of eighteen one may be asleep for ever.
    const short = { waves: [lab, rest], minSuccessPercent: 90 };
    await good(rollout("V1.5", short));
    wing.putDevice(simulator, 20, { groups: ["meters"] });
    wing.putDevice(simulator, 19, { groups: [] });
    wing.putDevice(simulator, 18, { online: false });
    await throughWith(rollout("V1.5", short));
    expect(pushedTo(19)).toEqual([]);
    expect(pushedTo(18)).toEqual(["V1.5"]);
    wing.putDevice(simulator, 18, { online: true });
    pass();
    await engine.refresh();
    expect(outputs()).toMatchObject({ platformState: "asDeclared" });
  });

  it("that is continuous shows who joined, and pushes them in the next up", async () => {
    wing.putDevice(simulator, 20, { groups: [] });
    const text = { waves: [lab, rest], targetSelection: "continuous" };
    await throughWith(rollout("V1.5", text));
    expect((await good(rollout("V1.5", text))).steps).toEqual({ meters: "same" });
    wing.putDevice(simulator, 20, { groups: ["meters"] });
    await engine.refresh();
    expect(outputs()["platformState"]).toBe("1 device joined or woke up since");
    const { lines, steps } = await good(rollout("V1.5", text));
    expect(steps).toEqual({ meters: "update" });
    expect(lines.join(" ")).toContain("this up pushes them, as the wave joiners");
    await throughWith(rollout("V1.5", text));
    expect(pushedTo(20)).toEqual(["V1.5"]);
    expect(pushes()).toBe(DEVICES);
    expect((await good(rollout("V1.5", text))).steps).toEqual({ meters: "same" });
  });

  it("that is continuous pushes who slept through it once it is awake", async () => {
    wing.putDevice(simulator, 20, { online: false });
    const text = { waves: [lab, rest], targetSelection: "continuous", minSuccessPercent: 90 };
    await throughWith(rollout("V1.5", text));
    pass(80 * 3_600);
    await throughWith(rollout("V1.5", text));
    wing.putDevice(simulator, 20, { online: true });
    const { lines } = await good(rollout("V1.5", text));
    expect(lines.join(" ")).toContain("joined or woke up since: this up pushes them");
    await throughWith(rollout("V1.5", text));
    expect(waves()).toBe("lab over, rest over, joiners over");
    expect(pushedTo(20)).toEqual(["V1.5", "V1.5"]);
  });

  describe("behind another one", () => {
    const gateOf = (outputsOf: (name: string) => Inputs): Inputs[] => {
      const { outcome, version, openAt } = outputsOf("first");
      return [
        { outcome, version, packageKind: "firmware", ...(openAt === undefined ? {} : { openAt }) },
      ];
    };
    const first = (version: string): Resource =>
      rollout(version, { fleet: { [wing.groups]: ["lab"] }, waves: [rest] }, "first");
    const second = (version: string): Resource => ({
      ...rollout(version),
      needs: ["first"],
      inputs: (outputsOf) => ({
        ...(rollout(version, { waves: [canary, rest] }).inputs as Inputs),
        onlyAfter: gateOf(outputsOf),
      }),
    });

    it("is held, green, until that one has succeeded for the same version", async () => {
      const { lines } = await good(first("V1.5"), second("V1.5"));
      expect(lines.join(" ")).toContain("The gate in onlyAfter has not succeeded for V1.5");
      expect(outputs()).toMatchObject({ outcome: "held" });
      expect(pushes()).toBe(2);
      pass();
      await good(first("V1.5"), second("V1.5"));
      expect(outputs("first")).toMatchObject({ outcome: "succeeded" });
      expect(pushes()).toBe(4);
      // What has begun needs no gate any more.
      await good(first("V1.6"), second("V1.5"));
      expect(pushedTo(3)).toEqual(["V1.5"]);
    });

    it("is refused where that one is of another version, or says nothing", async () => {
      await good(first("V1.5"));
      pass();
      await good(first("V1.5"));
      expect(await red(first("V1.5"), second("V1.6"))).toContain(
        "onlyAfter is closed: The gate in onlyAfter succeeded for V1.5; this is V1.6.",
      );
      const vanished = rollout("V1.6", { onlyAfter: [{}] });
      expect(await red(first("V1.5"), vanished)).toContain("onlyAfter is closed: ");
      expect(pushes()).toBe(2);
    });
  });

  it("says that it shares devices with another rollout of the program", async () => {
    const { warnings } = await good(rollout(), rollout("V1.5", {}, "water"));
    expect(warnings.join(" ")).toContain("water and meters have devices in common");
    expect([1, 2].map(pushedTo)).toEqual([["V1.5"], ["V1.5"]]);
  });

  it("is red without a push where nothing may be changed, and goes on later", async () => {
    process.env["HUAWEI_OTA_READ_ONLY"] = "1";
    try {
      engine = new SmallEngine(
        () =>
          ({ rollout: kindOn(wing, simulator, { HUAWEI_OTA_READ_ONLY: "1" }) }) as unknown as Kinds,
      );
      expect(await red(rollout())).toContain("HUAWEI_OTA_READ_ONLY is set, so nothing was sent");
      expect(pushes()).toBe(0);
    } finally {
      delete process.env["HUAWEI_OTA_READ_ONLY"];
    }
  });

  it("pushes nobody twice where the reply to a push is lost", async () => {
    simulator.addFault({ kind: "drop", method: "POST", path: wing.pushPath, takesEffect: true });
    await good(rollout());
    expect(pushes()).toBe(2);
    await throughWith(rollout());
    expect(pushes()).toBe(DEVICES);
  });

  it("leaves out whom it cannot push, and tells who they are", async () => {
    wing.putDevice(simulator, 7, { firmwareVersion: "V1.3" });
    const { lines } = await good(rollout("V1.5", { fromVersions: ["V1.4"] }));
    expect(lines.join(" ")).toContain(wing.device(7));
    await throughWith(rollout("V1.5", { fromVersions: ["V1.4"] }));
    expect(pushedTo(7)).toEqual([]);
    expect(outputs()).toMatchObject({ leftOut: { fromVersions: 1 }, onVersion: DEVICES - 1 });
  });
});
