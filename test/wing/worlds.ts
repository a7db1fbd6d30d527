import type { Properties } from "../../src/pulumi/hooks";
import { upgradeCompletionKind as iotdaCompletion } from "../../src/iotda/upgrade-completion/hooks";
import { upgradeTaskKind as iotdaTask } from "../../src/iotda/upgrade-task/hooks";
import { versionPackageKind as iotdaPackage } from "../../src/iotda/version-package/hooks";
import { upgradeCompletionKind as northboundCompletion } from "../../src/northbound/upgrade-completion/hooks";
import { upgradeTaskKind as northboundTask } from "../../src/northbound/upgrade-task/hooks";
import { versionPackageKind as northboundPackage } from "../../src/northbound/version-package/hooks";
import { createLedger } from "../../src/wing/ledger";
import { aReply } from "../http/requests";
import { projectsOf } from "../iotda/hook-context";
import { bodyOf, PACKAGE, ScriptedPlatform as IotdaPlatform } from "../iotda/scripted-platform";
import type { ManualClock } from "../manual-clock";
import {
  basic,
  FIRMWARE_14,
  ScriptedPlatform as NorthboundPlatform,
} from "../northbound/scripted-platform";
import { createFleets } from "../toy-wing/api/fleet";
import { ToyPlatform } from "../toy-wing/platform";
import { upgradeCompletionKind as toyCompletion } from "../toy-wing/upgrade-completion/hooks";
import { upgradeTaskKind as toyTask } from "../toy-wing/upgrade-task/hooks";
import { versionPackageKind as toyPackage } from "../toy-wing/version-package/hooks";
import type { AnyKind, Kinds } from "./small-engine";

/** A wing on a platform of its own, in words that are the same for every wing. */
export interface World {
  readonly clock: ManualClock;
  /** What a task that says so is, too, when it does not. */
  readonly defaults: Properties;
  readonly wish: WishOfWorld | undefined;
  /** Whether the platform can stop and delete a task. */
  readonly canStop: boolean;
  /** The kinds of a new provider process. */
  open(): Kinds;
  /** Somebody puts a package on the platform. */
  upload(packageId: string, version: string): void;
  withdraw(packageId: string): void;
  task(packageId: string, devices: readonly string[], more?: Properties): Properties;
  completion(taskId: unknown, more?: Properties): Properties;
  packageOf(version: string): Properties;
  /** Every push that the platform was told of: `PACKAGE to DEVICE`. */
  pushes(): readonly string[];
  /** The ids of the tasks that the platform has, those that are over or stopped, too. */
  tasks(): readonly string[];
  loseRepliesToCreates(isLost: boolean): void;
  /** The task comes to its end; these devices fail. */
  finish(taskId: string, failed?: readonly string[]): Promise<void>;
  /** Somebody stops it on the platform. */
  stop(taskId: string): void;
  isStopped(taskId: string): boolean;
  /** The platform purges its record. */
  purge(taskId: string): void;
}

interface WishOfWorld {
  /** A task of which it can be asked. */
  readonly task: Properties;
  readonly inputs: Properties;
  /** How often the platform was asked to fulfil it. */
  asked(): number;
  refuse(isRefused: boolean): void;
}

type Row = Readonly<Record<string, unknown>>;

function changed(rows: readonly Row[], idField: string, id: string, change: Row): Row[] {
  return rows.map((row) => (row[idField] === id ? { ...row, ...change } : row));
}

function openNorthbound(): World {
  const platform = new NorthboundPlatform();
  platform.packages = [];
  const change = (id: string, how: Row): void => {
    platform.tasks = changed(platform.tasks, "operationId", id, how);
  };
  const isCreate = ({ method, path }: { method: string; path: string }): boolean =>
    method === "POST" && path.endsWith("Upgrade");
  return {
    clock: platform.clock,
    defaults: { policy: { executeType: "now", retryType: false } },
    wish: undefined,
    canStop: false,
    open() {
      const applications = platform.applications();
      return {
        package: northboundPackage(applications) as AnyKind,
        task: northboundTask("firmware", applications) as AnyKind,
        completion: northboundCompletion(applications) as AnyKind,
      };
    },
    upload(fileId, version) {
      platform.packages.push({ ...FIRMWARE_14, fileId, version });
    },
    withdraw(id) {
      platform.packages = platform.packages.filter(({ fileId }) => fileId !== id);
    },
    task: (fileId, devices, more = {}) => ({ fileId, targets: { devices }, ...more }),
    completion: (operationId, more = {}) => ({ operationId, ...more }),
    packageOf: (version) => ({ fileType: "firmwarePackage", version }),
    pushes: () =>
      platform.sent.filter(isCreate).flatMap(({ body = "" }) => {
        const { fileId, targets } = JSON.parse(body) as {
          fileId: string;
          targets: { devices: string[] };
        };
        return targets.devices.map((device) => `${fileId} to ${device}`);
      }),
    tasks: () => platform.tasks.map(({ operationId }) => String(operationId)),
    loseRepliesToCreates(isLost) {
      platform.loses = (request) => isLost && isCreate(request);
    },
    finish(id, failed = []) {
      const { targets } = platform.tasks.find(({ operationId }) => operationId === id) ?? {};
      const { devices } = targets as { devices: string[] };
      const [total, fail] = [devices.length, failed.length];
      const staResult = { total, success: total - fail, fail };
      change(id, { status: fail > 0 ? "failed" : "success", staResult });
      return Promise.resolve();
    },
    stop(id) {
      change(id, { status: "stop", stopTime: basic(platform.clock.now()) });
    },
    isStopped: (id) =>
      platform.tasks.some(({ operationId, status }) => operationId === id && status === "stop"),
    purge(id) {
      platform.tasks = platform.tasks.filter(({ operationId }) => operationId !== id);
    },
  };
}

function openIotda(): World {
  const platform = new IotdaPlatform();
  platform.packages = [];
  let isRefused = false;
  let asked = 0;
  const change = (id: string, how: Row): void => {
    platform.tasks = changed(platform.tasks, "task_id", id, how);
  };
  const isCreate = ({ method, path }: { method: string; path: string }): boolean =>
    method === "POST" && path.endsWith("/batchtasks");
  platform.script = ({ path }) => {
    const [id = "", what] = path.split("/").slice(-2);
    if (what === "stop") change(id, { status: "Stopped" });
    if (what !== "confirm") return undefined;
    asked += 1;
    return isRefused ? aReply(400, { error_code: "IOTDA.1", error_msg: "Not now." }) : undefined;
  };
  return {
    clock: platform.clock,
    defaults: { needConfirm: false },
    wish: {
      task: { needConfirm: true },
      inputs: { confirmed: true },
      asked: () => asked,
      refuse(whether) {
        isRefused = whether;
      },
    },
    canStop: true,
    open() {
      const projects = projectsOf(platform.project());
      return {
        package: iotdaPackage(projects) as AnyKind,
        task: iotdaTask("firmware", projects) as AnyKind,
        completion: iotdaCompletion(projects) as AnyKind,
      };
    },
    upload(packageId, version) {
      platform.packages.unshift({ ...PACKAGE, package_id: packageId, version });
    },
    withdraw(id) {
      platform.packages = platform.packages.filter(({ package_id }) => package_id !== id);
    },
    task: (packageId, devices, more = {}) => ({ packageId, targets: { devices }, ...more }),
    completion: (taskId, more = {}) => ({ taskId, ...more }),
    packageOf: (version) => ({
      appId: "app-1",
      packageType: "firmwarePackage",
      productId: "NBM1",
      version,
      fileLocation: {
        obsLocation: { regionName: "region-1", bucketName: "meters", objectKey: version },
      },
    }),
    pushes: () =>
      platform.sent.filter(isCreate).flatMap((request) => {
        const { document, targets } = bodyOf(request) as {
          document: { package_id?: string; package_ids?: string[] };
          targets: string[];
        };
        const id = document.package_id ?? document.package_ids?.join() ?? "";
        return targets.map((device) => `${id} to ${device}`);
      }),
    tasks: () => platform.tasks.map(({ task_id }) => String(task_id)),
    loseRepliesToCreates(isLost) {
      platform.loses = (request) => isLost && isCreate(request);
    },
    finish(id, failed = []) {
      const { targets } = platform.tasks.find(({ task_id }) => task_id === id) ?? {};
      const [total, fail] = [(targets as string[]).length, failed.length];
      const status = fail === 0 ? "Success" : fail === total ? "Fail" : "PartialSuccess";
      change(id, { status, task_progress: { total, success: total - fail, fail } });
      platform.details = { Fail: failed };
      return Promise.resolve();
    },
    stop(id) {
      change(id, { status: "Stopped" });
    },
    isStopped: (id) =>
      platform.tasks.some(({ task_id, status }) => task_id === id && status === "Stopped"),
    purge(id) {
      platform.tasks = platform.tasks.filter(({ task_id }) => task_id !== id);
    },
  };
}

function openToy(): World {
  const platform = new ToyPlatform();
  const { clock, send } = platform;
  return {
    clock,
    defaults: { thingsPerMinute: 100 },
    wish: {
      task: {},
      inputs: { prioritised: true },
      asked: () => platform.hurried,
      refuse(whether) {
        platform.refusesToHurry = whether;
      },
    },
    canStop: true,
    open() {
      const ledger = createLedger({ address: undefined, warn: () => undefined, clock });
      const environment = { HUAWEI_OTA_TOY_FLEET: "meters" };
      const fleets = createFleets(environment, { clock, send, ledger });
      return {
        package: toyPackage(fleets) as AnyKind,
        task: toyTask(fleets) as AnyKind,
        completion: toyCompletion(fleets) as AnyKind,
      };
    },
    upload(imageId, version) {
      platform.images.set(imageId, { imageId, model: "NBM1", version, checksum: imageId });
    },
    withdraw: (id) => void platform.images.delete(id),
    task: (imageId, things, more = {}) => ({ imageId, things, ...more }),
    completion: (jobId, more = {}) => ({ jobId, ...more }),
    packageOf: (version) => ({ model: "NBM1", version, checksum: version }),
    pushes: () => platform.pushes,
    tasks: () => [...platform.jobs.keys()],
    loseRepliesToCreates(isLost) {
      platform.loses = ({ method, path }) =>
        isLost && method === "PUT" && /^\/jobs\/[^/]+$/.test(path);
    },
    async finish(_id, failed = []) {
      for (const thing of failed) platform.failing.add(thing);
      await clock.advance(60_000);
    },
    stop(id) {
      platform.cancel(id);
    },
    isStopped: (id) => platform.jobs.get(id)?.canceled === true,
    purge: (id) => void platform.jobs.delete(id),
  };
}

export const WORLDS: readonly (readonly [string, () => World])[] = [
  ["northbound", openNorthbound],
  ["iotda", openIotda],
  ["the toy", openToy],
];
