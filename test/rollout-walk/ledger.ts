import type { RolloutDeclaration, WaveDeclaration } from "../../src/upgrade/rollout/declaration";
import { isOpen, type Meter, type ModelPlatform, type Sub, type Task } from "./platform";

/** One POST of the rollout, as the platform saw it: what is promised is held against these. */
export interface Posted {
  readonly task: Task;
  readonly wave: string;
  /** The plan's mark, under which it was POSTed. */
  readonly plan: string;
  readonly up: number;
}

/** Whether an earlier push of a version stands against another one now. */
export function objection(
  posts: readonly Posted[],
  platform: ModelPlatform,
  device: string,
  wave: string,
  declaration: RolloutDeclaration,
  countsToo: (foreign: Task) => boolean,
): string | undefined {
  const { version, maxAttempts, rerunAfter = -Infinity } = declaration;
  let attempts = 0;
  let last: Sub | undefined;
  for (const { task } of relevant(posts, platform, device, version, countsToo)) {
    const sub = task.subs.find(({ id }) => id === device);
    if (sub === undefined) continue;
    if (isOpen(sub)) return `${task.id} is still under way with it`;
    if (task.createdAt < rerunAfter) continue;
    // With both memories gone nobody can know.
    if (task.isPurged && !task.isSaved) continue;
    if (sub.state === "succeeded") return `${task.id} has succeeded on it`;
    if (sub.state === "stopped" && !sub.isStoppedByUs) return `somebody stopped ${task.id}`;
    // Of a record that was purged before it was read only an attempt is known.
    const isKnown = !(sub.isUnreached && task.isPurged);
    if (sub.state === "failed" && !(sub.isUnreached && isKnown)) attempts += 1;
    last = isKnown ? sub : undefined;
  }
  if (attempts >= maxAttempts) return `its ${attempts} attempts are used`;
  const isUnreached = last?.state === "failed" && last.isUnreached;
  if (isUnreached && wave !== "joiners") return "its last push never reached it";
  return undefined;
}

/** The rollout's pushes of a version to a device since another was last tried on it. */
function relevant(
  posts: readonly Posted[],
  platform: ModelPlatform,
  device: string,
  version: string,
  countsToo: (foreign: Task) => boolean,
): Posted[] {
  let own: Posted[] = [];
  const isTried = (task: Task): boolean =>
    task.subs.some(
      (sub) => sub.id === device && !(sub.state === "stopped" && sub.begunAt === undefined),
    );
  const foreign = platform.tasks_.filter(
    (task) => task.packageKind === "firmware" && !posts.some((post) => post.task === task),
  );
  for (const post of posts) {
    const { task } = post;
    if (!task.subs.some(({ id }) => id === device)) continue;
    if (task.version === version) own.push(post);
    else if (isTried(task)) own = [];
  }
  const moved = foreign.filter(
    (task) => countsToo(task) && task.version !== version && isTried(task),
  );
  const since = Math.max(-Infinity, ...moved.map(({ createdAt }) => createdAt));
  return own.filter(
    ({ task }) =>
      task.createdAt > since || task.subs.some((sub) => sub.id === device && isOpen(sub)),
  );
}

export interface Tally {
  succeeded: number;
  failed: number;
  unreached: number;
  open: number;
}

/** What came of a wave's pushes of a version, by the platform's own books. */
export function tallyOf(
  posts: readonly Posted[],
  platform: ModelPlatform,
  wave: string,
  declaration: RolloutDeclaration,
): Tally {
  const { version, maxAttempts, rerunAfter = -Infinity, deadlineSeconds } = declaration;
  const tally = { succeeded: 0, failed: 0, unreached: 0, open: 0 };
  const spared = platform.groups.get("spared") ?? new Set();
  const devices = new Map<string, { sub: Sub; task: Task; attempts: number }>();
  for (const { task, wave: name } of posts) {
    if (task.version !== version || name !== wave || task.createdAt < rerunAfter) continue;
    for (const sub of task.subs) {
      const before = devices.get(sub.id)?.attempts ?? 0;
      const isAttempt = sub.state === "failed" && !sub.isUnreached;
      devices.set(sub.id, { sub, task, attempts: before + (isAttempt ? 1 : 0) });
    }
  }
  for (const [id, { sub, task, attempts }] of devices) {
    const meter = platform.meters.get(id);
    if (declaration.exclude.devices.includes(id) || spared.has(id)) continue;
    const start = Math.max(task.createdAt, rerunAfter);
    const isLate = platform.now() >= start + deadlineSeconds * 1000;
    if (sub.state === "succeeded" || meter?.version === version) tally.succeeded += 1;
    else if (isOpen(sub)) tally.open += 1;
    else if (sub.state === "stopped" && !sub.isStoppedByUs) tally.failed += 1;
    else if (attempts >= maxAttempts) tally.failed += 1;
    else if (sub.isUnreached || isLate) tally.unreached += 1;
    else tally.open += 1;
  }
  return tally;
}

/** Whether a wave can do well no more, whatever its open devices do, and those that it has yet to push. */
export function isBad(
  { succeeded, failed, open }: Tally,
  wave: WaveDeclaration | undefined,
  rollout: RolloutDeclaration,
): boolean {
  const percent = wave?.minSuccessPercent ?? rollout.minSuccessPercent ?? 95;
  return failed > 0 && open === 0 && succeeded * 100 < percent * (succeeded + failed);
}

/** Whether it is in the fleet as the platform has it. */
export function isMember(
  meter: Meter,
  platform: ModelPlatform,
  declaration: RolloutDeclaration,
): boolean {
  const { id, exists } = meter;
  const isIn = (group: string): boolean => platform.groups.get(group)?.has(id) === true;
  return exists && isIn("meters") && !isIn("spared") && !declaration.exclude.devices.includes(id);
}
