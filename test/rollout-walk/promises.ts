import { isApproved, type RolloutDeclaration } from "../../src/upgrade/rollout/declaration";
import { planMark, plannedDevices } from "../../src/upgrade/rollout/plan";
import type { Push } from "../../src/upgrade/rollout/platform";
import { type Inputs, ModelEngine, type Up } from "./engine";
import type { Step } from "./history";
import { isBad, isMember, objection, type Posted, tallyOf } from "./ledger";
import { isOpen, type ModelPlatform, type Task } from "./platform";

/** What is promised, and was not kept. */
export class BrokenPromise extends Error {}

export const DEADLINE_SECONDS = 72 * 3_600;

/** What is promised of each POST and of each end of an `up`, held against the platform's own books. */
export class Promises {
  readonly platform: ModelPlatform;
  readonly engine: ModelEngine;
  readonly story: string[] = [];
  protected declaration: RolloutDeclaration;
  protected readonly posts: Posted[] = [];
  protected ups = 0;
  /** Since when a state is there that was not made of the platform's tasks. */
  protected lostAt = -Infinity;
  protected hasLost = false;
  /** When an `up` last declared each version. */
  protected readonly declaredAt = new Map<string, number>();
  /** Waves that were over at the end of the last `up`. */
  protected over = new Set<string>();
  /** Whether this `up` pushes in a wave that has begun under another plan. */
  protected isWaveKept = false;
  protected broken: BrokenPromise | undefined;
  private readonly tells: boolean;

  constructor(platform: ModelPlatform, declaration: RolloutDeclaration, tells: boolean) {
    this.platform = platform;
    this.engine = new ModelEngine(platform);
    this.declaration = declaration;
    this.tells = tells;
  }

  protected tell(line: string): void {
    if (this.tells)
      this.story.push(`${new Date(this.platform.now()).toISOString().slice(5, 19)} ${line}`);
  }

  protected break(promise: string): never {
    // A run takes an error for the platform's.
    this.broken ??= new BrokenPromise(promise);
    throw this.broken;
  }

  protected beforePost(push: Push, inputs: Inputs | undefined): void {
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
      const against = objection(posts, platform, id, push.wave, declaration, (foreign) =>
        this.countsToo(foreign),
      );
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

  /**
   * What others tried counts where a state was lost since, for nobody can tell them apart, and where
   * the rollout wanted the same: whoever is on that version goes back with all others.
   */
  private countsToo({ createdAt, version }: Task): boolean {
    return createdAt <= Math.max(this.lostAt, this.declaredAt.get(version) ?? -Infinity);
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
    const isBegun =
      last?.outputs.version === version &&
      last.outputs.progress.some(({ wave, state }) => wave === push.wave && state !== "waiting");
    // It keeps whom it took, though an edit gives it fewer places.
    this.isWaveKept ||= isBegun && planMark(last.inputs) !== planMark(inputs);
    if (this.isWaveKept) return;
    // Waves that rerunAfter has opened again have whom they had.
    if (push.wave === "back" || push.wave === "joiners" || rerunAfter !== undefined) return;
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
    return since;
  }

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

  protected afterRun(
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
    if (pushed(false).size > reaches && !this.isWaveKept) {
      this.break(`the plan reaches ${reaches}, and ${pushed(false).size} were pushed`);
    }
    if (outputs.outcome === "succeeded") this.afterSuccess(end);
  }

  /** Everybody is on the version, or told with the reason. */
  private afterSuccess({ outputs, told: lines }: Extract<Up, { kind: "ran" }>["end"]): void {
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
    // Who was on the version after a push of it had ended, and was moved since, is told in words.
    const moved = lines.map((line) => Number(/^(\d+) devices? had /.exec(line)?.[1] ?? 0));
    const told =
      outputs.behind +
      moved.reduce((sum, number) => sum + number, 0) +
      Object.values(outputs.leftOut).reduce((sum, number) => sum + number, 0) +
      outputs.progress.reduce((sum, { failed }) => sum + failed, 0);
    if (needy.length > told) {
      this.break(`${needy.map(({ id }) => id).join(" ")} need ${version}, and ${told} are told`);
    }
  }
}
