import type {
  Look,
  Push,
  PushEnd,
  RolloutLimits,
  RolloutPlatform,
  RolloutTask,
  Selection,
  Stop,
  TaskDevice,
} from "../../src/upgrade/rollout/platform";
import type { Clock } from "../../src/clock";
import { LostReplyError } from "../../src/errors";

/** How a device takes a push, until it is told otherwise. */
export type Mood = "well" | "asleep" | "fails" | "conflicts" | "hangs" | "mute" | "fallsSilent";

export interface Meter {
  readonly id: string;
  mood: Mood;
  version: string | undefined;
  isOnline: boolean;
  isFrozen: boolean;
  exists: boolean;
}

export interface Sub {
  readonly id: string;
  state: TaskDevice["state"];
  isUnreached: boolean;
  at: number | undefined;
  begunAt: number | undefined;
  isStoppedByUs: boolean;
}

export interface Task {
  readonly id: string;
  readonly packageKind: "firmware" | "software";
  readonly version: string;
  readonly wave: string | undefined;
  readonly isOurs: boolean;
  readonly createdAt: number;
  readonly endsAt: number | undefined;
  readonly subs: readonly Sub[];
  isPurged: boolean;
  /** Whether the state remembers it: it was saved after the POST, and not lost since. */
  isSaved: boolean;
}

export interface Flavour {
  readonly name: "northbound" | "iotda";
  readonly lagMilliseconds: number;
  readonly hasWindows: boolean;
}

/** What a step does to the process that runs. */
export interface Stumble {
  readonly kind: "before" | "after" | "lostReply" | "cancel" | "vanish" | "others";
  /** At which call that changes something, the first is 0. */
  readonly at: number;
}

export class KilledError extends Error {}

const SECOND = 1_000;
const HOUR = 3_600_000;
/** How long the platform waits for a device, and for one that has begun. */
const PATIENCE = 100 * HOUR;
const BEGINS = 20 * SECOND;
const LASTS = 60 * SECOND;
/** Closed as long as it is open. */
const WINDOW = 4 * HOUR;

/** An abstract platform: devices that sleep, fail, fall silent, vanish; lists that lag. */
export class ModelPlatform implements RolloutPlatform, Clock {
  readonly meters = new Map<string, Meter>();
  readonly groups = new Map<string, Set<string>>();
  readonly tasks_: Task[] = [];
  readonly flavour: Flavour;
  readonly limits: RolloutLimits;
  /** Told of each POST of the rollout, before it is made. */
  onPush: ((push: Push) => void) | undefined;
  cancel: (() => void) | undefined;
  private time = Date.parse("2026-05-01T08:00:00Z");
  private count = 0;
  private stumble: Stumble | undefined;
  private calls = 0;
  private isDead = false;
  version = "";

  constructor(flavour: Flavour) {
    this.flavour = flavour;
    const isNorthbound = flavour.name === "northbound";
    this.limits = {
      devicesPerTask: isNorthbound ? 3 : 7,
      unfinishedTasks: isNorthbound ? undefined : 5,
      canStop: !isNorthbound,
      waitsInProcessing: !isNorthbound,
    };
  }

  now(): number {
    return this.time;
  }

  elapsed(): number {
    return this.time;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted !== true) this.advance(milliseconds);
    return Promise.resolve();
  }

  advance(milliseconds: number): void {
    this.time += Math.max(0, milliseconds);
    this.live();
  }

  /** A process begins, and stumbles or not. */
  begin(stumble: Stumble | undefined, cancel: () => void): void {
    this.stumble = stumble;
    this.cancel = cancel;
    this.calls = 0;
    this.isDead = false;
  }

  async look({ devices, groups }: Selection): Promise<Look> {
    this.alive();
    const members = new Map(
      groups.map((group) => {
        const ids = this.groups.get(group);
        return [group, ids && [...ids].filter((id) => this.meters.get(id)?.exists === true)];
      }),
    );
    const ids = [...devices, ...[...members.values()].flatMap((group) => group ?? [])];
    const found = ids.flatMap((id) => {
      const meter = this.meters.get(id);
      if (meter?.exists !== true) return [];
      const { version, isOnline, isFrozen } = meter;
      const connection = isOnline ? "ONLINE" : "OFFLINE";
      return [[id, { id, isOfKind: true, version, connection, isFrozen }] as const];
    });
    return Promise.resolve({ groups: members, devices: new Map(found) });
  }

  async tasks(since = -Infinity): Promise<readonly RolloutTask[]> {
    this.alive();
    const listed = this.tasks_.filter((task) => {
      if (task.isPurged || task.createdAt + this.flavour.lagMilliseconds > this.time) return false;
      if (isUnfinished(task)) return true;
      return task.packageKind === "firmware" && task.createdAt >= since;
    });
    return Promise.resolve(listed.map((task) => this.tell(task)));
  }

  async task(id: string): Promise<RolloutTask | undefined> {
    this.alive();
    const task = this.tasks_.find((each) => each.id === id && !each.isPurged);
    return Promise.resolve(task && this.tell(task));
  }

  async devicesOf({ id }: RolloutTask): Promise<readonly TaskDevice[]> {
    this.alive();
    const task = this.tasks_.find((each) => each.id === id && !each.isPurged);
    const isWaiting = this.flavour.name === "iotda";
    return Promise.resolve(
      (task?.subs ?? []).map(({ id: device, state, isUnreached, at }) => ({
        id: device,
        state: isWaiting && state === "waiting" ? "processing" : state,
        isUnreached,
        reason: state === "failed" ? "it said no" : undefined,
        at: this.flavour.name === "northbound" || this.flavour.hasWindows ? at : undefined,
      })),
    );
  }

  openFrom(now: number): number {
    if (!this.flavour.hasWindows) return now;
    const left = this.windowEnd(now) - now;
    return left >= 10 * 60 * SECOND && left <= WINDOW
      ? now
      : now + left + (left > WINDOW ? -WINDOW : WINDOW);
  }

  /** The end of the window that is open, or of the next one. */
  private windowEnd(now: number): number {
    return now - (now % (2 * WINDOW)) + 2 * WINDOW;
  }

  async push(push: Push): Promise<PushEnd> {
    this.alive();
    const turn = this.turn();
    if (turn === "before") this.die();
    if (turn === "cancel") this.cancel?.();
    const [first = ""] = push.devices;
    const meter = this.meters.get(first);
    if (turn === "vanish" && meter !== undefined) meter.exists = false;
    if (push.devices.some((id) => this.meters.get(id)?.exists !== true)) {
      return Promise.resolve({ kind: "unknown" });
    }
    this.onPush?.(push);
    if (turn === "others") this.make("firmware", "X", [first]);
    const task = this.make("firmware", this.version, push.devices, push.wave);
    if (turn === "after") this.die();
    if (turn === "lostReply") throw new LostReplyError("The reply was lost.");
    return Promise.resolve({ kind: "pushed", id: task.id });
  }

  async stop({ task: id, devices }: Stop): Promise<void> {
    this.alive();
    const turn = this.turn();
    if (turn === "before") this.die();
    const task = this.tasks_.find((each) => each.id === id);
    for (const sub of task?.subs ?? []) {
      if (!devices.includes(sub.id) || !isOpen(sub)) continue;
      this.end(sub, "stopped");
      sub.isStoppedByUs = true;
    }
    if (turn === "after") this.die();
    return Promise.resolve();
  }

  /** Somebody makes a task: the rollout, where it has a wave. */
  make(
    packageKind: Task["packageKind"],
    version: string,
    devices: readonly string[],
    wave?: string,
  ): Task {
    this.count += 1;
    const isHeld = (id: string): boolean => this.openOn(id).length > 0;
    const subs = devices.map((id): Sub => {
      const sub: Sub = {
        ...{ id, state: "waiting", isUnreached: false, at: undefined, begunAt: undefined },
        isStoppedByUs: false,
      };
      if (isHeld(id) || this.meters.get(id)?.mood === "conflicts") {
        this.end(sub, "failed");
        sub.isUnreached = true;
      }
      return sub;
    });
    const task: Task = {
      ...{ id: `t${this.count}`, packageKind, version, wave, isOurs: wave !== undefined, subs },
      ...{ createdAt: this.time, isPurged: false, isSaved: false },
      endsAt:
        wave === undefined || !this.flavour.hasWindows ? undefined : this.windowEnd(this.time),
    };
    this.tasks_.push(task);
    return task;
  }

  /** In the portal: what is open of a task is stopped. */
  stopByHand(task: Task): void {
    for (const sub of task.subs) if (isOpen(sub)) this.end(sub, "stopped");
  }

  openOn(id: string): { task: Task; sub: Sub }[] {
    return this.tasks_.flatMap((task) =>
      task.subs.filter((sub) => sub.id === id && isOpen(sub)).map((sub) => ({ task, sub })),
    );
  }

  private tell({ id, packageKind, version, wave, isOurs, createdAt, ...task }: Task): RolloutTask {
    const own = { id, packageKind, version, createdAt, endsAt: task.endsAt };
    const isUnfinishedNow = task.subs.some(isOpen);
    return this.flavour.name === "northbound"
      ? { ...own, isUnfinished: isUnfinishedNow }
      : { ...own, isUnfinished: isUnfinishedNow, isOurs, wave };
  }

  private live(): void {
    for (const task of this.tasks_) {
      for (const sub of task.subs) {
        if (isOpen(sub)) this.goOn(task, sub);
        const { endsAt } = task;
        if (endsAt === undefined || endsAt > this.time || sub.state !== "waiting") continue;
        this.end(sub, "stopped");
        sub.at = endsAt;
        sub.isStoppedByUs = true;
      }
    }
  }

  private goOn(task: Task, sub: Sub): void {
    const meter = this.meters.get(sub.id);
    const age = this.time - task.createdAt;
    if (sub.begunAt === undefined) {
      const isAway = meter?.exists !== true || meter.mood === "asleep";
      if (!isAway && age >= BEGINS) {
        sub.begunAt = this.time;
        sub.state = "processing";
        meter.isOnline = true;
      } else if (age >= PATIENCE) {
        this.end(sub, "failed");
        sub.isUnreached = true;
      }
    }
    if (sub.begunAt === undefined || meter === undefined) return;
    const lasted = this.time - sub.begunAt;
    if (meter.mood === "hangs" || !meter.exists) {
      if (lasted >= PATIENCE) this.end(sub, "failed");
    } else if (lasted >= LASTS || age >= LASTS + BEGINS) {
      if (meter.mood === "fails") this.end(sub, "failed");
      else {
        this.end(sub, "succeeded");
        if (task.packageKind === "firmware") {
          if (meter.mood !== "mute") meter.version = task.version;
          if (meter.mood === "fallsSilent") meter.isOnline = false;
        }
      }
    }
  }

  private end(sub: Sub, state: Sub["state"]): void {
    sub.state = state;
    sub.at = this.time;
  }

  private turn(): Stumble["kind"] | undefined {
    const { stumble } = this;
    this.calls += 1;
    return stumble?.at === this.calls - 1 ? stumble.kind : undefined;
  }

  private die(): never {
    this.isDead = true;
    throw new KilledError("killed");
  }

  private alive(): void {
    if (this.isDead) throw new KilledError("killed");
  }

  get wasKilled(): boolean {
    return this.isDead;
  }
}

export function isOpen({ state }: Sub): boolean {
  return state === "waiting" || state === "processing";
}

export function isUnfinished({ subs }: Task): boolean {
  return subs.some(isOpen);
}
