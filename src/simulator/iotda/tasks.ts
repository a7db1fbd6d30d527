import type { ApiReply } from "../api";
import { isInProject, isTooNew, jsonBody, namedSpace, perhapsJsonBody, type Call } from "./call";
import { invalid, invented, Refusal } from "./error-codes";
import {
  deviceIdText,
  optionalChoice,
  optionalText,
  optionalTexts,
  queryFields,
  requiredChoice,
} from "./fields";
import {
  isIotdaTaskFinished,
  isOpen,
  type IotdaSubTask,
  type IotdaTask,
  type IotdaTaskStatus,
} from "./model";
import { pageOf } from "./paging";
import { readTaskOrder, taskTypes } from "./task-rules";
import { detailReply, taskReply } from "./wire";

const statuses = [
  ...["Initializing", "Waitting", "Processing", "Success", "Fail", "PartialSuccess"],
  ...["Stopped", "Stopping"],
];
const detailStatuses = [
  ...["Waitting", "Processing", "Success", "Fail", "FailWaitRetry", "Stopped", "Removed"],
];

export function createTask(call: Call): ApiReply {
  const order = readTaskOrder(call, jsonBody(call));
  const task = call.world.createTask(order);
  return { status: 201, body: taskReply(task, call.world.behaviour), createdTask: task.taskId };
}

export function listTasks(call: Call): ApiReply {
  const { world, request } = call;
  const query = queryFields(request.query);
  const type = requiredChoice(query, "task_type", taskTypes);
  const status = optionalChoice(query, "status", statuses);
  const space = namedSpace(call, query);
  const listedUntil = request.now - world.behaviour.listLagSeconds * 1000;
  const found = world.tasks
    .list()
    .filter(
      (task) =>
        isInProject(call, task.order) &&
        task.createdAt <= listedUntil &&
        task.order.type === type &&
        (status === undefined || task.status === status) &&
        (space === undefined || task.order.appId === space.appId),
    );
  const { items, page } = pageOf(request.query, found, (task) => task.taskId, world.behaviour);
  const batchtasks = items.map((task) => taskReply(task, world.behaviour));
  return { status: 200, body: { batchtasks, page } };
}

function findTask(call: Call): IotdaTask {
  const { world, id } = call;
  if (!/^[a-f0-9]{1,24}$/.test(id)) throw invalid("task_id is malformed.");
  const task = world.tasks.find(id);
  if (task === undefined || !isInProject(call, task.order) || isTooNew(call, task)) {
    throw new Refusal(invented.taskNotFound, `The task ${id} does not exist.`);
  }
  return task;
}

export function showTask(call: Call): ApiReply {
  const { world, request } = call;
  const task = findTask(call);
  const query = queryFields(request.query);
  const status = optionalChoice(query, "task_detail_status", detailStatuses);
  const target = optionalText(query, "target", deviceIdText);
  const found = task.subTasks.filter(
    (each) =>
      (status === undefined || each.status === status) &&
      (target === undefined || each.target === target),
  );
  const { items, page } = pageOf(request.query, found, (each) => each.id, world.behaviour);
  const batchtask = taskReply(task, world.behaviour);
  return { status: 200, body: { batchtask, task_details: items.map(detailReply), page } };
}

export function deleteTask(call: Call): ApiReply {
  const { world } = call;
  const task = findTask(call);
  if (!isIotdaTaskFinished(task)) {
    throw new Refusal(
      invented.taskNotFinished,
      `The task ${task.taskId} is ${task.status}; only finished tasks can be deleted.`,
      world.behaviour.iotdaDeleteUnfinishedTask,
    );
  }
  world.tasks.remove(task);
  return { status: 204 };
}

interface Action {
  readonly name: string;
  /** Statuses of tasks that the platform refuses it for. */
  readonly refusedIn: readonly IotdaTaskStatus[];
  /** Whether it is for module upgrades, too. */
  readonly takesModules: boolean;
  readonly appliesTo: (subTask: IotdaSubTask) => boolean;
  readonly act: (call: Call, task: IotdaTask, subTasks: readonly IotdaSubTask[]) => void;
  readonly actOnAll?: (call: Call, task: IotdaTask) => void;
}

interface TargetResult {
  readonly target: string;
  readonly status: "success" | "failure";
  readonly error_code?: string;
  readonly error_msg?: string;
}

function failed(action: Action, target: string, subTask: IotdaSubTask | undefined): TargetResult {
  return subTask === undefined
    ? {
        target,
        status: "failure",
        error_code: invented.deviceNotFound,
        error_msg: `The device ${target} is not in the task.`,
      }
    : {
        target,
        status: "failure",
        error_code: invented.taskStatusForbids,
        error_msg: `The sub-task is ${subTask.status}; it takes no ${action.name}.`,
      };
}

function succeeded({ target }: IotdaSubTask): TargetResult {
  return { target, status: "success" };
}

function carryOut(call: Call, action: Action): ApiReply {
  const task = findTask(call);
  const targets = optionalTexts(perhapsJsonBody(call), "targets", 100, deviceIdText);
  if (task.order.type === "moduleUpgrade" && !action.takesModules) {
    throw invalid(`${action.name} is only for firmware and software upgrades.`);
  }
  if (action.refusedIn.includes(task.status)) {
    throw new Refusal(
      invented.taskStatusForbids,
      `The task ${task.taskId} is ${task.status}; it takes no ${action.name}.`,
    );
  }
  // A task that is still Initializing has to know its devices from now on.
  call.world.tasks.initialize(task, call.request.now);
  if (targets === undefined || targets.length === 0) {
    const before = task.subTasks.filter(action.appliesTo);
    if (action.actOnAll === undefined) action.act(call, task, before);
    else action.actOnAll(call, task);
    call.world.at(call.request.now);
    return { status: 200, body: { targets: before.map(succeeded) } };
  }
  const wanted = new Set(targets);
  const found = new Map(
    task.subTasks.filter(({ target }) => wanted.has(target)).map((each) => [each.target, each]),
  );
  const chosen = [...found.values()].filter(action.appliesTo);
  const results = [...wanted].map((target) => {
    const subTask = found.get(target);
    return subTask !== undefined && chosen.includes(subTask)
      ? succeeded(subTask)
      : failed(action, target, subTask);
  });
  action.act(call, task, chosen);
  call.world.at(call.request.now);
  return { status: 200, body: { targets: results } };
}

const ended: readonly IotdaTaskStatus[] = ["Success", "Fail", "PartialSuccess", "Stopped"];

export function retryTask(call: Call): ApiReply {
  return carryOut(call, {
    name: "retry",
    refusedIn: ["Success", "Stopped", "Stopping", "Waitting", "Initializing"],
    takesModules: false,
    appliesTo: ({ status }) => ["Fail", "FailWaitRetry", "Stopped"].includes(status),
    act: ({ world, request }, task, subTasks) => {
      world.tasks.retry(task, subTasks, request.now);
    },
  });
}

export function stopTask(call: Call): ApiReply {
  return carryOut(call, {
    name: "stop",
    refusedIn: [...ended, "Stopping"],
    takesModules: false,
    appliesTo: isOpen,
    act: ({ world, request }, task, subTasks) => {
      world.tasks.stop(task, subTasks, request.now);
    },
    actOnAll: ({ world, request }, task) => {
      world.tasks.stopAll(task, request.now);
    },
  });
}

export function confirmTask(call: Call): ApiReply {
  return carryOut(call, {
    name: "confirmation",
    refusedIn: [...ended, "Stopping"],
    takesModules: true,
    appliesTo: ({ status, isConfirmed }) => status === "Waitting" && !isConfirmed,
    act: ({ world, request }, task, subTasks) => {
      world.tasks.confirm(task, subTasks, request.now);
    },
  });
}
