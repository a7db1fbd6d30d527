import { formatInstant, parseInstant } from "../../src/instant";
import { type Books, type Simulator, startSimulator } from "../../src/simulator";
import { DEVICES, fleet, type RolloutWing, wings } from "../engine/rollouts/fleet";
import { STANDING_STILL } from "../engine/story";
import { kindOn } from "../wing/rollout-hooks";
import { type Done, type Kinds, type Resource, SmallEngine } from "../wing/small-engine";
import { type Edit, type History, historyOf, type Step } from "./history";

/*
 * The same histories through the real hooks, against the simulator: what a history does that the
 * simulator cannot do from outside, such as a lost reply in the middle of an `up`, is left out here.
 */

const VERSIONS: Readonly<Record<string, string>> = { A: "V1.4", B: "V1.5", C: "V1.6" };

type Declared = Readonly<Record<string, unknown>>;

interface Approval {
  readonly version: string;
  readonly waves: readonly string[];
}

/** A push of a version to devices, by the platform's own books. */
interface Pushed {
  readonly id: string;
  readonly version: string;
  readonly createdAt: number;
  readonly states: ReadonlyMap<string, "open" | "succeeded" | "failed" | "stopped">;
}

interface WaveText {
  readonly name: string;
  readonly needsApproval?: boolean | undefined;
}

interface Progress {
  readonly wave: string;
  readonly state: string;
  readonly tasks: readonly string[];
}

/** Plays the history of a seed; throws at the first promise that is not kept. */
export async function playThroughHooks(seed: number): Promise<void> {
  process.env["HUAWEI_OTA_LIST_SETTLE_SECONDS"] = "0";
  const history = historyOf(seed);
  const simulator = await startSimulator({
    data: fleet(),
    clock: { speed: 0 },
    behaviour: { ...STANDING_STILL, upgradeSeconds: 10, waitSeconds: 0 },
  });
  try {
    await new Play(history, simulator).run();
  } finally {
    await simulator.close();
  }
}

class Play {
  private readonly history: History;
  private readonly simulator: Simulator;
  private readonly wing: RolloutWing;
  private readonly engine: SmallEngine;
  private readonly groups = new Map<string, Set<number>>();
  private readonly fails = new Set<number>();
  private version = "V1.4";
  private waves: readonly WaveText[] = [{ name: "all" }];
  private approved: Approval | undefined;
  private excluded: number | undefined;
  private more: Declared = {};
  /** Tasks whose record is gone, of which a rollout may know nothing. */
  private readonly forgotten = new Set<string>();
  private seen: readonly Pushed[] = [];

  constructor(history: History, simulator: Simulator) {
    this.history = history;
    this.simulator = simulator;
    const wing = wings.find(({ name }) => name === history.flavour);
    if (wing === undefined) throw new Error(`There is no wing ${history.flavour}.`);
    this.wing = wing;
    this.engine = new SmallEngine(() => ({ rollout: kindOn(wing, simulator) }) as Kinds);
    const members = Array.from({ length: history.devices }, (_, index) => index + 1);
    this.groups.set("meters", new Set(members));
    this.groups.set("lab", new Set([1, 2]));
    for (let number = 1; number <= DEVICES; number += 1) this.regroup(number);
  }

  async run(): Promise<void> {
    for (const step of this.history.steps) await this.step(step);
    await this.end();
  }

  private async step(step: Step): Promise<void> {
    const { simulator, engine } = this;
    switch (step.do) {
      case "up": {
        const restore = engine.snapshot();
        await this.up();
        // As when the engine is killed before it writes anything down.
        if (step.stumble?.kind === "after") restore();
        break;
      }
      case "edit":
        this.edit(step.edit);
        break;
      case "pass":
        simulator.clock.advance(step.seconds);
        break;
      case "refresh":
        await engine.refresh();
        break;
      case "loseState":
        engine.forget("meters");
        break;
      case "purge":
        for (const { id, states } of this.pushes()) {
          if (this.forgotten.has(id) || [...states.values()].includes("open")) continue;
          this.forgotten.add(id);
          simulator.purgeTask(id);
        }
        break;
      case "mood": {
        const number = numberOf(step.device);
        const isFailing = step.mood === "fails";
        if (isFailing) this.fails.add(number);
        else this.fails.delete(number);
        const outcome = isFailing ? "fail" : "success";
        this.wing.putDevice(simulator, number, { outcome, online: step.mood !== "asleep" });
        break;
      }
      case "join":
      case "leave": {
        const group = this.groups.get(step.group);
        const number = numberOf(step.device);
        if (step.do === "join") group?.add(number);
        else group?.delete(number);
        this.regroup(number);
        break;
      }
      case "stopByHand": {
        const open = this.pushes().findLast(({ states }) => [...states.values()].includes("open"));
        if (open !== undefined) simulator.stopTask(open.id);
        break;
      }
      case "freeze":
      case "vanish":
      case "others":
      case "rebuild":
      case "dropGroup":
    }
  }

  private regroup(number: number): void {
    const groups = [...this.groups].flatMap(([name, members]) =>
      members.has(number) ? [name] : [],
    );
    this.wing.putDevice(this.simulator, number, { groups });
  }

  private edit(edit: Edit): void {
    const approve = (waves: readonly string[]): void => {
      this.approved = { version: this.version, waves };
    };
    switch (edit.what) {
      case "version":
        this.version = VERSIONS[edit.version] ?? "V1.4";
        break;
      case "waves":
        this.waves = edit.waves.map(({ selection, ...wave }) => ({
          ...wave,
          ...(selection === undefined ? {} : { [this.wing.groups]: selection.groups }),
        }));
        break;
      case "approve":
        approve([...new Set([...(this.approved?.waves ?? []), edit.wave])].sort());
        break;
      case "approveAll":
        approve(this.waves.map(({ name }) => name));
        break;
      case "disapprove":
        this.approved = undefined;
        break;
      case "rerunAfter": {
        const { secondsAgo } = edit;
        const at = secondsAgo === undefined ? undefined : this.now() - secondsAgo * 1000;
        this.more = { ...this.more, rerunAfter: at === undefined ? undefined : formatInstant(at) };
        break;
      }
      case "exclude":
        this.excluded = this.excluded === undefined ? numberOf(edit.device) : undefined;
        break;
      case "minSuccessPercent":
      case "minReachedPercent":
        this.more = { ...this.more, [edit.what]: edit.percent };
        break;
      case "maxInProgress":
        this.more = { ...this.more, maxInProgress: edit.most };
        break;
      case "continuous":
        this.more = {
          ...this.more,
          targetSelection: edit.isContinuous ? "continuous" : "snapshot",
        };
        break;
      case "onFailure":
        if (this.wing.canStop) this.more = { ...this.more, onFailure: edit.onFailure };
        break;
      case "fromVersions": {
        const versions = edit.versions?.map((one) => VERSIONS[one]);
        this.more = { ...this.more, fromVersions: versions };
        break;
      }
      case "paused":
      case "maxAttempts":
      case "seed":
        this.more = { ...this.more, [edit.what]: (edit as unknown as Declared)[edit.what] };
    }
  }

  private rollout(): Resource {
    const { wing, approved, excluded } = this;
    const fleetOf = {
      [wing.groups]: ["meters"],
      ...(excluded === undefined ? {} : { exclude: { devices: [wing.device(excluded)] } }),
    };
    const named = approved?.waves.filter((wave) => this.waves.some(({ name }) => name === wave));
    return {
      ...{ kind: "rollout", name: "meters" },
      inputs: JSON.parse(
        JSON.stringify({
          ...wing.packageInputs(this.version),
          ...{ fleet: fleetOf, waves: this.waves, waitSeconds: 0 },
          ...(approved === undefined ? {} : { approved: { ...approved, waves: named } }),
          ...this.more,
        }),
      ) as Declared,
    };
  }

  private async up(): Promise<Done> {
    const before = this.pushes();
    const was = this.engine.has("meters") ? this.outputs() : undefined;
    const done = await this.engine.up(this.rollout());
    const known = new Set(before.map(({ id }) => id));
    const made = this.pushes().filter(({ id }) => !known.has(id));
    for (const push of made) this.beforePost(push, before);
    if (made.length > 0) this.afterPosts(made, was);
    return done;
  }

  /** Nobody is pushed the same version twice while state or records live. */
  private beforePost({ version, states }: Pushed, before: readonly Pushed[]): void {
    const since = parseInstant(textIn(this.more["rerunAfter"])) ?? -Infinity;
    const most = Number(this.more["maxAttempts"] ?? 1);
    for (const device of states.keys()) {
      const own = before.filter((push) => push.states.has(device));
      const other = own.findLastIndex((push) => push.version !== version);
      let attempts = 0;
      for (const { id, createdAt, states: then } of own.slice(other + 1)) {
        const state = then.get(device);
        if (state === "open") throw new Error(`${device} is pushed ${version} beside ${id}`);
        if (createdAt < since || this.forgotten.has(id)) continue;
        if (state === "succeeded") {
          throw new Error(`${device} is pushed ${version} again, and ${id} has succeeded on it`);
        }
        if (state === "failed" && this.fails.has(numberOf(device))) attempts += 1;
      }
      if (attempts >= most) {
        throw new Error(`${device} is pushed ${version}, and its ${attempts} attempts are used`);
      }
    }
  }

  /** No more than the plan says, and nothing without its approval. */
  private afterPosts(made: readonly Pushed[], was: Declared | undefined): void {
    const outputs = this.outputs();
    const progress = outputs["progress"] as readonly Progress[];
    const waveOf = (id: string): string | undefined =>
      progress.find(({ tasks }) => tasks.includes(id))?.wave;
    const waves = new Set(made.map(({ id }) => waveOf(id)));
    for (const wave of waves) {
      const declared = this.waves.find(({ name }) => name === wave);
      const isApproved =
        this.approved?.version === this.version && this.approved.waves.includes(wave ?? "");
      if (declared?.needsApproval === true && !isApproved) {
        throw new Error(`${declared.name} pushes without its approval`);
      }
    }
    if (this.more["paused"] === true) throw new Error("it pushes, and is paused");
    // A wave that has begun keeps whom it took, though an edit gives it fewer places.
    const isBegun =
      was?.["version"] === this.version &&
      (was["progress"] as readonly Progress[]).some(({ state }) => state !== "waiting");
    const { reaches } = this.engine.get("meters").inputs["plan"] as { reaches: number };
    const devices = made
      .filter(({ id }) => waveOf(id) !== "back")
      .reduce((sum, { states }) => sum + states.size, 0);
    const isRed = outputs["outcome"] === "failed";
    if (!isBegun && !isRed && devices > reaches) {
      throw new Error(`the plan reaches ${reaches}, and ${devices} were pushed`);
    }
  }

  /** Healthy and approved, it ends well; and then it pushes nobody. */
  private async end(): Promise<void> {
    const { simulator, wing } = this;
    this.fails.clear();
    for (let number = 1; number <= DEVICES; number += 1) {
      wing.putDevice(simulator, number, { outcome: "success", online: true });
    }
    simulator.clock.advance(120 * 3_600);
    this.edit({ what: "rerunAfter", secondsAgo: 0 });
    this.edit({ what: "approveAll" });
    this.excluded = undefined;
    this.waves = this.waves.map((wave) => ({ ...wave, mayBeEmpty: true }));
    const { rerunAfter, seed, maxInProgress, targetSelection } = this.more;
    this.more = { rerunAfter, seed, maxInProgress, targetSelection };
    let done: Done | undefined;
    for (let ups = 0; ups < 24; ups += 1) {
      done = await this.up();
      const isRefused = done.errors.some((error) =>
        /can be neither removed nor renamed|has no device that this package is for/.test(error),
      );
      if (isRefused) return;
      if (this.engine.has("meters") && this.outputs()["outcome"] === "succeeded") break;
      simulator.clock.advance(25 * 3_600);
    }
    const outcome = this.engine.has("meters") ? this.outputs()["outcome"] : undefined;
    if (outcome !== "succeeded") {
      throw new Error(
        `healthy and approved, it is ${String(outcome)}: ${(done?.errors ?? []).join(" ")}`,
      );
    }
    const before = this.pushes().length;
    await this.engine.refresh();
    await this.up();
    const { steps } = await this.up();
    if (steps["meters"] !== "same") throw new Error(`once settled, an up is ${steps["meters"]}`);
    if (this.pushes().length > before) throw new Error("once settled, it pushes");
  }

  private outputs(): Declared {
    return this.engine.get("meters").outputs;
  }

  private now(): number {
    return parseInstant(this.simulator.books().time) ?? Number.NaN;
  }

  /** All pushes so far, those whose record is gone as they were last seen. */
  private pushes(): readonly Pushed[] {
    const now = pushesIn(this.simulator.books());
    const ids = new Set(now.map(({ id }) => id));
    this.seen = [...this.seen.filter(({ id }) => !ids.has(id)), ...now];
    return this.seen;
  }
}

function pushesIn({ tasks, iotda }: Books): Pushed[] {
  const northbound = tasks.map(({ operationId, createTime, extendPara, subTasks }): Pushed => ({
    ...{ id: operationId, version: extendPara.fileVersion },
    createdAt: parseInstant(createTime) ?? Number.NaN,
    states: new Map(subTasks.map(({ deviceId, status }) => [deviceId, stateOf(status)])),
  }));
  const versions = new Map(iotda?.packages.map((one) => [one.package_id, one.version] as const));
  const batch = (iotda?.tasks ?? []).map((task): Pushed => {
    const { package_ids: ids = [] } = task.document as { package_ids?: string[] };
    return {
      ...{ id: task.task_id, version: versions.get(ids[0] ?? "") ?? "" },
      createdAt: parseInstant(task.create_time) ?? Number.NaN,
      states: new Map(task.task_details.map(({ target, status }) => [target, stateOf(status)])),
    };
  });
  return [...northbound, ...batch].sort((a, b) => a.createdAt - b.createdAt);
}

/** In the words of either platform. */
function stateOf(status: string): "open" | "succeeded" | "failed" | "stopped" {
  const word = status.toLowerCase();
  if (word.startsWith("succ")) return "succeeded";
  if (word === "fail" || word === "failed" || word === "removed") return "failed";
  return word.startsWith("stop") && word !== "stopping" ? "stopped" : "open";
}

function textIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Of `d0`, `meter-01` or `meter_01`, counted from one. */
function numberOf(device: string): number {
  const number = Number(/\d+$/.exec(device)?.[0]);
  return device.startsWith("d") ? number + 1 : number;
}
