import type { Behaviour } from "../behaviour";
import type { Groups } from "../groups";
import { SimulatorInputError } from "../reading";
import { Attempts } from "./attempts";
import type { DueQueue } from "./due-queue";
import type { Ids } from "./ids";
import {
  addSubTask,
  hasOpenSubTasks,
  isIotdaTaskFinished,
  isOpen,
  setStatus,
  type IotdaDevice,
  type IotdaSubTask,
  type IotdaTask,
  type IotdaTaskOrder,
  type IotdaTaskStatus,
  type StoredIotdaPackage,
} from "./model";

interface TaskSurroundings {
  readonly queue: DueQueue;
  readonly ids: Ids;
  readonly behaviour: () => Behaviour;
  readonly devicesOf: (projectId: string) => ReadonlyMap<string, IotdaDevice>;
  readonly groups: Groups<IotdaDevice>;
  readonly fileHash: (stored: StoredIotdaPackage) => string | undefined;
}

function outcome({ progress, isStopped }: IotdaTask): IotdaTaskStatus {
  if (isStopped || progress.stopped === progress.total) return "Stopped";
  if (progress.success === progress.total) return "Success";
  return progress.success === 0 ? "Fail" : "PartialSuccess";
}

/** The batch tasks and their way from `Initializing` to an end. */
export class Tasks {
  private all: IotdaTask[] = [];
  private readonly around: TaskSurroundings;
  private readonly attempts: Attempts;

  constructor(around: TaskSurroundings) {
    this.around = around;
    this.attempts = new Attempts({
      ...around,
      device: (task, target) => {
        const device = around.devicesOf(task.order.projectId).get(target);
        return device?.appId === task.order.appId ? device : undefined;
      },
      allEnded: (task, now) => {
        this.allEnded(task, now);
      },
    });
  }

  /** All tasks in the order of their creation. */
  list(): readonly IotdaTask[] {
    return this.all;
  }

  find(taskId: string): IotdaTask | undefined {
    return this.all.find((task) => task.taskId === taskId);
  }

  create(order: IotdaTaskOrder, now: number): IotdaTask {
    const task: IotdaTask = {
      taskId: this.around.ids.next(now),
      order,
      createdAt: now,
      status: "Initializing",
      statusDesc: undefined,
      endedAt: undefined,
      isStopped: false,
      progress: {
        ...{ total: 0, processing: 0, success: 0, fail: 0 },
        ...{ waitting: 0, fail_wait_retry: 0, stopped: 0, removed: 0 },
      },
      subTasks: [],
    };
    this.all.push(task);
    const { iotdaInitializingSeconds } = this.around.behaviour();
    this.around.queue.add(now + iotdaInitializingSeconds * 1000, (time) => {
      this.initialize(task, time);
    });
    return task;
  }

  /** Finds out the devices of a task that does not know them yet. */
  initialize(task: IotdaTask, now: number): void {
    if (task.status !== "Initializing") return;
    const { scheduledAt = now, groupIds } = task.order;
    const isLater = groupIds !== undefined && scheduledAt > now;
    const isResolvedLater = isLater && this.around.behaviour().iotdaGroupsResolved === "atStart";
    if (!isResolvedLater && !this.resolve(task, now)) return;
    task.status = "Waitting";
    if (scheduledAt <= now) this.beginIfRoom(task, now);
    else {
      this.around.queue.add(scheduledAt, (time) => {
        if (isIotdaTaskFinished(task) || (isResolvedLater && !this.resolve(task, time))) return;
        this.beginIfRoom(task, time);
      });
    }
  }

  /** Gives a task its devices; says whether there are any, and ends it where there are none. */
  private resolve(task: IotdaTask, now: number): boolean {
    const targets = this.targets(task.order);
    if ("found" in targets) {
      for (const target of targets.found) addSubTask(task, this.around.ids.next(now), target);
      return true;
    }
    task.statusDesc = targets.problem;
    this.close(task, "Fail", now);
    return false;
  }

  remove(task: IotdaTask): void {
    this.all = this.all.filter((each) => each !== task);
  }

  /** Forgets a task whatever its status, and what its devices do for it. */
  purge(task: IotdaTask, now: number): void {
    this.stop(task, task.subTasks, now);
    this.remove(task);
    // What is still planned for it passes over a task that has ended.
    this.close(task, "Stopped", now);
  }

  purgeOld(now: number): void {
    const { taskRetentionSeconds } = this.around.behaviour();
    if (taskRetentionSeconds === null) return;
    const oldest = now - taskRetentionSeconds * 1000;
    this.all = this.all.filter(({ endedAt }) => (endedAt ?? Infinity) > oldest);
  }

  /** Lets those tasks begin, the oldest first, that only waited for others to end. */
  beginWaiting(now: number): void {
    for (const task of this.all) this.beginIfRoom(task, now);
  }

  /** How many tasks of the space are worked on. */
  workedOn(appId: string): number {
    return this.all.filter(
      ({ order, status }) =>
        order.appId === appId && (status === "Processing" || status === "Stopping"),
    ).length;
  }

  /** Stops those of the sub-tasks that are open. */
  stop(task: IotdaTask, subTasks: readonly IotdaSubTask[], now: number): void {
    for (const subTask of subTasks) {
      if (isOpen(subTask)) this.attempts.end(task, subTask, "Stopped", now);
    }
  }

  /** Stops the whole task, whether or not it has begun. */
  stopAll(task: IotdaTask, now: number): void {
    this.initialize(task, now);
    if (isIotdaTaskFinished(task)) return;
    task.isStopped = true;
    if (hasOpenSubTasks(task)) this.stop(task, task.subTasks, now);
    else this.allEnded(task, now);
  }

  /** Runs sub-tasks again that have failed or were stopped. */
  retry(task: IotdaTask, subTasks: readonly IotdaSubTask[], now: number): void {
    if (subTasks.length === 0) return;
    for (const subTask of subTasks) {
      setStatus(task, subTask, "Waitting");
      subTask.attemptsMade = 0;
      subTask.error = undefined;
    }
    if (!isIotdaTaskFinished(task)) {
      for (const subTask of subTasks) this.attempts.plan(task, subTask, now);
      return;
    }
    task.endedAt = undefined;
    task.isStopped = false;
    task.status = "Waitting";
    this.beginIfRoom(task, now);
  }

  confirm(task: IotdaTask, subTasks: readonly IotdaSubTask[], now: number): void {
    for (const subTask of subTasks) {
      subTask.isConfirmed = true;
      if (task.status === "Processing") this.attempts.plan(task, subTask, now);
    }
  }

  /** Ends a task now: each device ends as it would have with time. */
  finish(task: IotdaTask, now: number): void {
    this.initialize(task, now);
    if (task.status === "Waitting" && task.subTasks.length === 0) this.resolve(task, now);
    for (const subTask of task.subTasks) this.attempts.finish(task, subTask, now);
  }

  /** Fails what goes on on a device that is deleted. */
  loseDevice({ data, appId }: IotdaDevice, now: number): void {
    for (const task of this.all) {
      if (isIotdaTaskFinished(task) || task.order.appId !== appId) continue;
      const lost = task.subTasks.filter(
        ({ target, status }) => target === data.deviceId && status === "Processing",
      );
      for (const subTask of lost) this.attempts.lose(task, subTask, now);
    }
  }

  /** The task with that id, for control. */
  expect(taskId: string): IotdaTask {
    const task = this.find(taskId);
    if (task === undefined) throw new SimulatorInputError(`There is no task ${taskId}.`);
    return task;
  }

  private targets(
    order: IotdaTaskOrder,
  ): { readonly found: Iterable<string> } | { readonly problem: string } {
    if (order.targets !== undefined) return { found: new Set(order.targets) };
    const found = new Set<string>();
    for (const id of order.groupIds ?? []) {
      const group = this.around.groups.byId(order.appId, id);
      if (group === undefined) return { problem: `The group ${id} does not exist.` };
      for (const { data } of group.members) found.add(data.deviceId);
    }
    return found.size === 0 ? { problem: "There is no device in the groups." } : { found };
  }

  private beginIfRoom(task: IotdaTask, now: number): void {
    if (task.status !== "Waitting") return;
    const { iotdaTasksAtOnce } = this.around.behaviour();
    const { appId, scheduledAt } = task.order;
    if (scheduledAt !== undefined && scheduledAt > now) return;
    if (this.workedOn(appId) >= (iotdaTasksAtOnce ?? Infinity)) return;
    task.status = "Processing";
    for (const subTask of task.subTasks) {
      if (subTask.status === "Waitting") this.attempts.plan(task, subTask, now);
    }
  }

  private allEnded(task: IotdaTask, now: number): void {
    const status = outcome(task);
    if (status !== "Stopped") {
      this.close(task, status, now);
      return;
    }
    task.status = "Stopping";
    const { iotdaStoppingSeconds } = this.around.behaviour();
    this.around.queue.add(now + iotdaStoppingSeconds * 1000, (time) => {
      if (task.status === "Stopping" && !hasOpenSubTasks(task)) this.close(task, "Stopped", time);
    });
  }

  private close(task: IotdaTask, status: IotdaTaskStatus, now: number): void {
    task.status = status;
    task.endedAt = now;
    this.beginWaiting(now);
  }
}
