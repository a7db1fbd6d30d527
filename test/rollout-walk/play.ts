import type { RolloutDeclaration } from "../../src/upgrade/rollout/declaration";
import { planMark } from "../../src/upgrade/rollout/plan";
import type { Inputs, Up } from "./engine";
import type { Edit, History, Step } from "./history";
import { isUnfinished, ModelPlatform } from "./platform";
import { DEADLINE_SECONDS, Promises } from "./promises";

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
export class Play extends Promises {
  private readonly dropped = new Map<string, Set<string>>();

  constructor(history: History, tells = false) {
    const { flavour: name, lagSeconds, hasWindows } = history;
    super(
      new ModelPlatform({ name, lagMilliseconds: lagSeconds * 1000, hasWindows }),
      declaredAtFirst(),
      tells,
    );
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
        case "rerunAfter": {
          const { secondsAgo } = edit;
          const at = secondsAgo === undefined ? undefined : this.platform.now() - secondsAgo * 1000;
          return { ...now, rerunAfter: at };
        }
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
    this.isWaveKept = false;
    if (engine.state === undefined && this.ups > 1) this.hasLost = true;
    if (engine.state === undefined) this.lostAt = platform.now();
    this.declaredAt.set(declaration.version, platform.now());
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
      if (up.kind === "refused") {
        this.refused(up.because);
        return;
      }
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
