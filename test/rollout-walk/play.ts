import type { RolloutDeclaration } from "../../src/upgrade/rollout/declaration";
import { isApproved } from "../../src/upgrade/rollout/declaration";
import { planMark, plannedDevices } from "../../src/upgrade/rollout/plan";
import type { Push } from "../../src/upgrade/rollout/platform";
import { type Inputs, ModelEngine, type Up } from "./engine";
import type { Edit, History, Step } from "./history";
import { isBad, isMember, objection, type Posted, tallyOf } from "./ledger";
import { isOpen, isUnfinished, ModelPlatform } from "./platform";

/** What is promised, and was not kept. */
export class BrokenPromise extends Error {}

const DEADLINE_SECONDS = 72 * 3_600;

function declaredAtFirst(): RolloutDeclaration {
  return {
    ...{ name: "meters", packageKind: "firmware", version: "A", packageId: "package-A" },
    ...{ reportedVersion: "A", seed: "meters", waves: [{ name: "all" }] },
    fleet: { devices: [], groups: ["meters"] },
    exclude: { devices: [], groups: ["spared"] },
    ...{ deadlineSeconds: DEADLINE_SECONDS, maxAttempts: 1, targetSelection: "snapshot" },
    ...{ paused: false, onFailure: "stop" },
  };
}

/** Plays one history, and throws at the first promise that is not kept. */
export class Play {
  readonly platform: ModelPlatform;
  readonly engine: ModelEngine;
  readonly story: string[] = [];
  readonly tells: boolean;
  private declaration = declaredAtFirst();
  private readonly posts: Posted[] = [];
  private ups = 0;
  private lostAt = -Infinity;
  /** Waves that were red, or not over, at the end of an `up`. */
  private over = new Set<string>();
  private broken: BrokenPromise | undefined;
  private readonly dropped = new Map<string, Set<string>>();
  private hasLost = false;

  constructor(history: History, tells = false) {
    this.tells = tells;
    this.platform = new ModelPlatform({
      name: history.flavour,
      lagMilliseconds: history.lagSeconds * 1000,
      hasWindows: history.hasWindows,
    });
    this.engine = new ModelEngine(this.platform);
    const ids = Array.from({ length: history.devices + 4 }, (_, index) => `d${index}`);
    for (const id of ids) {
      this.platform.meters.set(id, {
        ...{ id, mood: "well", version: "A", isOnline: true, isFrozen: false, exists: true },
      });
    }
    this.platform.groups.set("meters", new Set(ids.slice(0, history.devices)));
    this.platform.groups.set("lab", new Set(["d0", "d1"]));
    this.platform.groups.set("spared", new Set());
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.step(step);
    await this.end();
  }

  private tell(line: string): void {
    if (this.tells)
      this.story.push(`${new Date(this.platform.now()).toISOString().slice(5, 19)} ${line}`);
  }

  private break(promise: string): never {
    // A run takes an error for the platform's.
    this.broken ??= new BrokenPromise(promise);
    throw this.broken;
  }

  private async step(step: Step): Promise<void> {
    const { platform, engine } = this;
    this.tell(JSON.stringify(step));
    switch (step.do) {
      case "up":
        await this.up(step);
        break;
      case "edit":
        this.edit(step.edit);
        break;
      case "pass":
        // Devices live on in between, not only at the end.
        for (let left = step.seconds; left > 0; left -= 1_800) {
          platform.advance(Math.min(left, 1_800) * 1000);
        }
        break;
      case "refresh":
        await engine.refresh();
        break;
      case "loseState":
        engine.state = undefined;
        this.over = new Set();
        for (const { task } of this.posts) task.isSaved = false;
        break;
      case "purge":
        for (const task of platform.tasks_) if (!isUnfinished(task)) task.isPurged = true;
        break;
      case "mood": {
        const meter = platform.meters.get(step.device);
        if (meter !== undefined) {
          meter.mood = step.mood;
          meter.isOnline = step.mood !== "asleep";
        }
        break;
      }
      case "freeze": {
        const meter = platform.meters.get(step.device);
        if (meter !== undefined) meter.isFrozen = !meter.isFrozen;
        break;
      }
      case "vanish": {
        const meter = platform.meters.get(step.device);
        if (meter !== undefined) meter.exists = false;
        break;
      }
      case "join":
        platform.groups.get(step.group)?.add(step.device);
        break;
      case "leave":
        platform.groups.get(step.group)?.delete(step.device);
        break;
      case "others":
        platform.make(step.kind, step.version, [...new Set(step.devices)]);
        break;
      case "stopByHand": {
        const task = platform.tasks_.findLast(isUnfinished);
        if (task !== undefined) platform.stopByHand(task);
        break;
      }
      case "rebuild":
        this.declaration = { ...this.declaration, packageId: `${this.declaration.packageId}'` };
        break;
      case "dropGroup":
        // Somebody makes it again, once it is missed.
        this.dropped.set(step.group, platform.groups.get(step.group) ?? new Set());
        platform.groups.delete(step.group);
    }
  }

  private edit(edit: Edit): void {
    const now = this.declaration;
    const approve = (waves: readonly string[]): RolloutDeclaration => ({
      ...now,
      approved: { version: now.version, waves },
    });
    const edited = ((): RolloutDeclaration => {
      switch (edit.what) {
        case "version": {
          const { version } = edit;
          return { ...now, version, reportedVersion: version, packageId: `package-${version}` };
        }
        case "waves":
          return { ...now, waves: edit.waves };
        case "approve":
          return approve([...new Set([...(now.approved?.waves ?? []), edit.wave])].sort());
        case "approveAll":
          return approve(now.waves.map(({ name }) => name));
        case "disapprove":
          return { ...now, approved: undefined };
        case "rerunAfter":
          return { ...now, rerunAfter: this.platform.now() - edit.secondsAgo * 1000 };
        case "paused":
          return { ...now, paused: edit.paused };
        case "exclude": {
          const devices = now.exclude.devices.includes(edit.device) ? [] : [edit.device];
          return { ...now, exclude: { ...now.exclude, devices } };
        }
        case "maxAttempts":
          return { ...now, maxAttempts: edit.maxAttempts };
        case "minSuccessPercent":
          return { ...now, minSuccessPercent: edit.percent };
        case "minReachedPercent":
          return { ...now, minReachedPercent: edit.percent };
        case "maxInProgress":
          return { ...now, maxInProgress: edit.most };
        case "onFailure":
          return { ...now, onFailure: edit.onFailure };
        case "continuous":
          return { ...now, targetSelection: edit.isContinuous ? "continuous" : "snapshot" };
        case "fromVersions":
          return { ...now, fromVersions: edit.versions };
        case "seed":
          return { ...now, seed: edit.seed };
      }
    })();
    this.declaration = edited;
  }

  private async up(step: Extract<Step, { do: "up" }>): Promise<Up> {
    const { platform, engine, declaration } = this;
    this.ups += 1;
    if (engine.state === undefined && this.ups > 1) this.hasLost = true;
    if (engine.state === undefined) this.lostAt = platform.now();
    let inputs: Inputs | undefined;
    platform.onPush = (push) => this.beforePost(push, inputs);
    const before = platform.tasks_.length;
    const up = await engine.up(declaration, step.waitSeconds, step.stumble, (planned) => {
      inputs = planned;
    });
    platform.onPush = undefined;
    if (this.broken !== undefined) throw this.broken;
    const made = platform.tasks_.slice(before).filter(({ isOurs }) => isOurs);
    for (const task of made) {
      const wave = task.wave ?? "";
      this.posts.push({
        task,
        wave,
        up: this.ups,
        plan: inputs === undefined ? "" : planMark(inputs),
      });
      this.tell(
        `  POST ${task.id}: ${task.version} for ${wave} to ${task.subs.map(({ id }) => id).join(" ")}`,
      );
    }
    if (up.kind === "ran") this.afterRun(up, inputs, step);
    else this.tell(`  ${JSON.stringify(up)}`);
    return up;
  }

  private beforePost(push: Push, inputs: Inputs | undefined): void {
    const { platform, declaration } = this;
    const { version, waves, paused } = declaration;
    const wave = waves.find(({ name }) => name === push.wave);
    // What this run has POSTed a moment ago counts as well.
    if (inputs === undefined) this.break("a POST without a plan");
    const posts = this.allPosts(planMark(inputs));
    for (const group of ["meters", "spared"]) {
      if (!platform.groups.has(group)) this.break(`${group} is gone, and yet ${push.wave} pushes`);
    }
    this.beforeMore(push, inputs, posts);
    if (paused) this.break(`paused, and yet ${push.wave} pushes`);
    if (wave !== undefined && !isApproved(declaration, wave)) {
      this.break(`${push.wave} pushes without its approval`);
    }
    if (push.wave === "joiners" && !waves.every((each) => isApproved(declaration, each))) {
      this.break("joiners push without all approvals");
    }
    for (const id of push.devices) {
      const meter = platform.meters.get(id);
      if (meter === undefined || !isMember(meter, platform, declaration)) {
        this.break(`${id} is no member, and yet it is pushed`);
      }
      if (meter.isFrozen) this.break(`${id} is frozen, and yet it is pushed`);
      const { fromVersions } = declaration;
      if (fromVersions !== undefined && !fromVersions.includes(meter.version ?? "")) {
        this.break(`${id} is on ${meter.version ?? "nothing"}, which fromVersions does not name`);
      }
      if (meter.version === version) this.break(`${id} reports ${version}, and yet it is pushed`);
      const held = platform
        .openOn(id)
        .find(({ task }) => task.createdAt + platform.flavour.lagMilliseconds <= platform.now());
      if (held !== undefined) this.break(`${id} is held by ${held.task.id}, and yet it is pushed`);
      const against = objection(posts, platform, id, push.wave, declaration, this.lostAt);
      if (against !== undefined) this.break(`${id} is pushed ${version} once more: ${against}`);
    }
    this.beforeWave(push, posts);
    const open = posts.flatMap(({ task }) => task.subs.filter(isOpen)).length + push.devices.length;
    const most = declaration.maxInProgress;
    const late = platform.now() - DEADLINE_SECONDS * 1000;
    const isYoung = posts.every(({ task }) => task.createdAt > late);
    if (most !== undefined && isYoung && !this.hasLost && open > most) {
      this.break(`${open} are under way, and maxInProgress is ${most}`);
    }
  }

  /** What is through pushes nobody, whatever is edited; and no wave takes more than the plan gives. */
  private beforeMore(push: Push, inputs: Inputs, posts: readonly Posted[]): void {
    const { declaration, engine } = this;
    const { version, rerunAfter, targetSelection } = declaration;
    const last = engine.state;
    const isThrough =
      last?.outputs.outcome === "succeeded" &&
      last.outputs.version === version &&
      last.inputs.declaration.rerunAfter === rerunAfter;
    if (isThrough && targetSelection === "snapshot") {
      this.break(`${push.wave} pushes, and ${version} was through`);
    }
    const since = this.versionSince(posts);
    const own = posts.filter(({ task, wave }) => {
      return task.version === version && task.createdAt >= since && wave !== "back";
    });
    if (push.wave === "back" || push.wave === "joiners") return;
    if (own.some(({ task }) => task.createdAt <= this.lostAt)) return;
    if (own.some((post) => post.wave === "joiners" || post.plan !== planMark(inputs))) return;
    const list = declaration.waves.map(({ name }) => name);
    const soFar = list.slice(0, list.indexOf(push.wave) + 1);
    const names = new Set([...soFar, ...own.map(({ wave }) => wave)]);
    const numbers = plannedDevices(inputs.plan);
    const given = [...names].reduce((sum, name) => sum + (numbers.get(name) ?? 0), 0);
    const devices = new Set(own.flatMap(({ task }) => task.subs.map(({ id }) => id)));
    for (const id of push.devices) devices.add(id);
    if (devices.size > given) {
      this.break(
        `${[...names].join(", ")} have ${given} devices in the plan, and push ${devices.size}`,
      );
    }
  }

  /** No wave pushes before those before it are over; no edit gets round a red one. */
  private beforeWave(push: Push, posts: readonly Posted[]): void {
    const { platform, declaration } = this;
    const { waves, version } = declaration;
    const of = posts.filter(({ task }) => task.version === version);
    const since = this.versionSince(posts);
    const names = new Set(of.filter(({ task }) => task.createdAt >= since).map(({ wave }) => wave));
    for (const name of names) {
      if (name === push.wave || this.over.has(name)) continue;
      const own = of.filter(({ wave, task }) => wave === name && task.createdAt >= since);
      const tally = tallyOf(own, platform, name, declaration);
      const wave = waves.find((each) => each.name === name);
      // A lost state begins the waves and their bakes anew, in today's order.
      const isForgotten = own.some(({ task }) => task.createdAt <= this.lostAt);
      const at = (each: string): number => waves.findIndex((one) => one.name === each);
      // Without names in tasks a lost state together with a joiner or an edit gets round a red wave.
      const isNameless = platform.flavour.name === "northbound";
      if (isForgotten && (isNameless || own.some(({ task }) => task.isPurged))) continue;
      if (isForgotten && (at(name) < 0 || at(name) > at(push.wave))) continue;
      if (name !== "joiners" && isBad(tally, wave, declaration)) {
        this.break(`${push.wave} pushes round ${name}: ${JSON.stringify(tally)}`);
      }
      if (isForgotten) continue;
      const last = Math.max(...own.map(({ task }) => task.createdAt));
      if (platform.now() < last + (wave?.bakeSeconds ?? 0) * 1000) {
        this.break(`${push.wave} pushes while ${name} should bake`);
      }
    }
  }

  /** When the version was first POSTed since another one was. */
  private versionSince(posts: readonly Posted[]): number {
    let since = Infinity;
    for (const { task } of posts) {
      if (task.version !== this.declaration.version) since = Infinity;
      else since = Math.min(since, task.createdAt);
    }
    return Math.max(since, this.turnedAt);
  }

  private turnedAt = -Infinity;

  private allPosts(plan: string): Posted[] {
    const known = new Set(this.posts.map(({ task }) => task));
    const fresh = this.platform.tasks_.filter((task) => task.isOurs && !known.has(task));
    return [
      ...this.posts,
      ...fresh.map((task) => ({
        ...{ task, wave: task.wave ?? "", up: this.ups, plan },
      })),
    ];
  }

  private afterRun(
    { end }: Extract<Up, { kind: "ran" }>,
    inputs: Inputs | undefined,
    step: Extract<Step, { do: "up" }>,
  ): void {
    const { outputs, reasons, next } = end;
    this.tell(`  ${outputs.outcome} ${reasons.join(" | ")} ${next ?? ""}`);
    this.tell(
      `  ${outputs.progress.map((p) => `${p.wave} ${p.state} ${p.succeeded}/${p.devices} f${p.failed} u${p.unreached} l${p.lost}`).join(", ")}; behind ${outputs.behind}, left out ${JSON.stringify(outputs.leftOut)}`,
    );
    const isLost = step.stumble?.kind === "lostReply";
    for (const { task, up } of this.posts) if (up === this.ups && !isLost) task.isSaved = true;
    this.over = new Set(
      outputs.progress.filter(({ state }) => state === "over").map(({ wave }) => wave),
    );
    if ((outputs.outcome === "failed") !== reasons.length > 0) {
      this.break(`outcome ${outputs.outcome} with ${reasons.length} reasons`);
    }
    const own = this.posts.filter(({ up }) => up === this.ups);
    const pushed = (isBack: boolean): Set<string> =>
      new Set(
        own
          .filter(({ wave }) => (wave === "back") === isBack)
          .flatMap(({ task }) => task.subs.map(({ id }) => id)),
      );
    const reaches = inputs?.plan.reaches ?? 0;
    if (pushed(false).size > reaches) {
      this.break(`the plan reaches ${reaches}, and ${pushed(false).size} were pushed`);
    }
    if (outputs.outcome === "succeeded") this.afterSuccess(end);
  }

  /** Everybody is on the version, or told with the reason. */
  private afterSuccess({ outputs }: Extract<Up, { kind: "ran" }>["end"]): void {
    const { platform, declaration } = this;
    const { version } = declaration;
    const needy = [...platform.meters.values()].filter((meter) => {
      if (!isMember(meter, platform, declaration) || meter.version === version) return false;
      return !platform.tasks_.some(
        (task) =>
          task.version === version &&
          task.packageKind === "firmware" &&
          task.subs.some(({ id, state }) => id === meter.id && state === "succeeded"),
      );
    });
    const told =
      outputs.behind +
      Object.values(outputs.leftOut).reduce((sum, number) => sum + number, 0) +
      outputs.progress.reduce((sum, { failed }) => sum + failed, 0);
    if (needy.length > told) {
      this.break(`${needy.map(({ id }) => id).join(" ")} need ${version}, and ${told} are told`);
    }
  }

  /** Healthy and approved, it ends well; and once it has, it pushes nobody. */
  private async end(): Promise<void> {
    const { platform } = this;
    this.tell("-- everybody is well from now on");
    for (const [group, ids] of this.dropped) platform.groups.set(group, ids);
    for (const meter of platform.meters.values()) {
      meter.mood = "well";
      meter.isFrozen = false;
      meter.isOnline = true;
    }
    await this.step({ do: "pass", seconds: 120 * 3_600 });
    this.declaration = {
      ...this.declaration,
      ...{ paused: false, fromVersions: undefined, minSuccessPercent: 95, minReachedPercent: 75 },
      approved: {
        version: this.declaration.version,
        waves: this.declaration.waves.map(({ name }) => name),
      },
      waves: this.declaration.waves.map((wave) => ({ ...wave, mayBeEmpty: true })),
      exclude: { ...this.declaration.exclude, devices: [] },
    };
    this.edit({ what: "rerunAfter", secondsAgo: 0 });
    let up: Up | undefined;
    for (let times = 0; times < 12; times += 1) {
      up = await this.up({ do: "up", waitSeconds: 600 });
      if (up.kind === "refused") { this.refused(up.because); return; }
      if (this.engine.state?.outputs.outcome === "succeeded") break;
      await this.step({ do: "pass", seconds: 25 * 3_600 });
    }
    const { state } = this.engine;
    if (state?.outputs.outcome !== "succeeded") {
      this.break(
        `healthy and approved, it ends ${state?.outputs.outcome ?? "with nothing"}: ${JSON.stringify(state?.outputs.progress)}`,
      );
    }
    if (state.outputs.version !== this.declaration.version)
      this.break("another version has succeeded");
    await this.settled();
  }

  private async settled(): Promise<void> {
    const before = this.platform.tasks_.length;
    for (let times = 0; times < 2; times += 1) {
      await this.step({ do: "pass", seconds: 3_600 });
      await this.step({ do: "refresh" });
      const up = await this.up({ do: "up", waitSeconds: 600 });
      if (this.declaration.targetSelection === "snapshot" && up.kind !== "same") {
        this.break(`a settled rollout is not left alone: ${up.kind}`);
      }
    }
    const isSnapshot = this.declaration.targetSelection === "snapshot";
    if (isSnapshot && this.platform.tasks_.length > before) this.break("a settled rollout pushes");
  }

  /** What may be refused in the end: a wave that has begun is not declared any more, or nobody is left. */
  private refused(because: readonly string[]): void {
    const isRight = because.every((sentence) =>
      /can be neither removed nor renamed|has no device that this package is for/.test(sentence),
    );
    if (!isRight) this.break(`refused in the end: ${because.join(" ")}`);
  }
}
