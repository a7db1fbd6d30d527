import type { HttpReply, Send } from "../../src/http/endpoint";
import { ConnectionError } from "../../src/http/send";
import { parseInstant } from "../../src/instant";
import type { Properties } from "../../src/pulumi/kind";
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
import type { Kinds } from "./small-engine";

/** A wing on a platform of its own, in words that are the same for every wing. */
export interface World {
  readonly clock: ManualClock;
  /** What a task that says so is, too, when it does not. */
  readonly defaults: Properties;
  readonly wish: WishOfWorld | undefined;
  /** Whether packages are made, or found. */
  readonly canMake: boolean;
  /** Whether the platform can stop and delete a task. */
  readonly canStop: boolean;
  /** Whether a create names its task, and so may be sent again. */
  readonly repeatsCreates: boolean;
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
  /** How often the platform was told to make a task. */
  creates(): number;
  loseReplyToCreate(): void;
  /** A task is not found by its id for so long after it was made, though it is listed. */
  hideFirst(seconds: number): void;
  /** Its devices are upgraded, but for those that fail, and those that are asleep and hold it up. */
  finish(taskId: string, but?: ButFor): Promise<void>;
  /** Somebody stops it on the platform. */
  stop(taskId: string): void;
  isStopped(taskId: string): boolean;
  /** The platform purges its record. */
  purge(taskId: string): void;
}

export interface ButFor {
  readonly failed?: readonly string[];
  readonly asleep?: readonly string[];
}

export interface WishOfWorld {
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
    canMake: false,
    canStop: false,
    repeatsCreates: false,
    open() {
      const applications = platform.applications();
      return {
        package: northboundPackage(applications),
        task: northboundTask("firmware", applications),
        completion: northboundCompletion(applications),
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
    creates: () => platform.sent.filter(isCreate).length,
    loseReplyToCreate() {
      platform.loses = isCreate;
    },
    hideFirst(seconds) {
      platform.script = ({ method, path }) => {
        const id = path.split("/operations/")[1]?.split("/")[0];
        const task = platform.tasks.find(({ operationId }) => operationId === id);
        if (method !== "GET" || task === undefined) return undefined;
        const madeAt = parseInstant(String(task["createTime"])) ?? 0;
        return platform.clock.now() < madeAt + seconds * 1000
          ? aReply(404, { error_code: "123009", error_desc: "No." })
          : undefined;
      };
    },
    finish(id, { failed = [], asleep = [] } = {}) {
      const { targets } = platform.tasks.find(({ operationId }) => operationId === id) ?? {};
      const { length: total } = (targets as { devices: string[] }).devices;
      const [fail, processing] = [failed.length, asleep.length];
      const staResult = { total, success: total - fail - processing, fail, processing };
      const status = processing > 0 ? "processing" : fail > 0 ? "failed" : "success";
      change(id, { status, staResult });
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
  let hiddenSeconds = 0;
  const change = (id: string, how: Row): void => {
    platform.tasks = changed(platform.tasks, "task_id", id, how);
  };
  const isCreate = ({ method, path }: { method: string; path: string }): boolean =>
    method === "POST" && path.endsWith("/batchtasks");
  const isHidden = ({ method, path }: { method: string; path: string }): boolean => {
    const named = path.split("/batchtasks/")[1]?.split("?")[0];
    const { create_time: madeAt } = platform.tasks.find(({ task_id }) => task_id === named) ?? {};
    const seenFrom = (parseInstant(String(madeAt)) ?? 0) + hiddenSeconds * 1000;
    return method === "GET" && platform.clock.now() < seenFrom;
  };
  platform.script = (request) => {
    if (isHidden(request)) return aReply(404, { error_code: "IOTDA.000013", error_msg: "No." });
    const [id = "", what] = request.path.split("/").slice(-2);
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
    canMake: true,
    canStop: true,
    repeatsCreates: false,
    open() {
      const projects = projectsOf(platform.project());
      return {
        package: iotdaPackage(projects),
        task: iotdaTask("firmware", projects),
        completion: iotdaCompletion(projects),
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
        obsLocation: { regionName: "region-1", bucketName: "meters", objectKey: `${version}.bin` },
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
    creates: () => platform.sent.filter(isCreate).length,
    loseReplyToCreate() {
      platform.loses = isCreate;
    },
    hideFirst(seconds) {
      hiddenSeconds = seconds;
    },
    finish(id, { failed = [], asleep = [] } = {}) {
      const { targets } = platform.tasks.find(({ task_id }) => task_id === id) ?? {};
      const { length: total } = targets as string[];
      const [fail, processing] = [failed.length, asleep.length];
      const end = fail === 0 ? "Success" : fail === total ? "Fail" : "PartialSuccess";
      const task_progress = { total, success: total - fail - processing, fail, processing };
      change(id, { status: processing > 0 ? "Processing" : end, task_progress });
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
  const { clock } = platform;
  const sent: string[] = [];
  let script: (call: string) => HttpReply | Error | undefined = () => undefined;
  const send: Send = async (request) => {
    const call = `${request.method} ${request.path}`;
    sent.push(call);
    const scripted = script(call);
    if (scripted !== undefined && !(scripted instanceof Error)) return scripted;
    const reply = await platform.send(request);
    if (scripted instanceof Error) throw scripted;
    return reply;
  };
  const isCreate = (call: string): boolean => /^PUT .jobs.[^/]+$/.test(call);
  const isWish = (call: string): boolean => call.endsWith("/prioritised");
  return {
    clock,
    defaults: { prioritised: false },
    wish: {
      task: {},
      inputs: { prioritised: true },
      asked: () => sent.filter(isWish).length,
      refuse(isRefused) {
        script = (call) => (isRefused && isWish(call) ? aReply(400, "NotNow") : undefined);
      },
    },
    canMake: true,
    canStop: true,
    repeatsCreates: true,
    open() {
      const ledger = createLedger({ address: undefined, warn: () => undefined, clock });
      const environment = { HUAWEI_OTA_TOY_FLEET: "meters" };
      const fleets = createFleets(environment, { clock, send, ledger });
      return {
        package: toyPackage(fleets),
        task: toyTask(fleets),
        completion: toyCompletion(fleets),
      };
    },
    upload(imageId, version) {
      platform.put(`/images/${imageId}`, JSON.stringify({ imageId, version, checksum: imageId }));
    },
    withdraw: (id) => void platform.objects.delete(`/images/${id}`),
    task: (imageId, devices, more = {}) => ({ imageId, devices, ...more }),
    completion: (jobId, more = {}) => ({ jobId, ...more }),
    packageOf: (version) => ({ version, checksum: version }),
    pushes: () => platform.pushes,
    creates: () => sent.filter(isCreate).length,
    tasks: () =>
      [...platform.objects.keys()]
        .filter((path) => path.startsWith("/jobs/"))
        .map((path) => path.replace("/jobs/", "")),
    loseReplyToCreate() {
      let isLost = false;
      script = (call) => {
        if (isLost || !isCreate(call)) return undefined;
        isLost = true;
        return new ConnectionError("the connection was lost", true, true);
      };
    },
    hideFirst(seconds) {
      script = (call) => {
        const { madeAt = 0 } = platform.objects.get(call.replace("GET ", "")) ?? {};
        return call.startsWith("GET /jobs/") && clock.now() < madeAt + seconds * 1000
          ? aReply(404, "NotFound")
          : undefined;
      };
    },
    async finish(_id, { failed = [], asleep = [] } = {}) {
      for (const device of failed) platform.fates.set(device, "FAILED");
      for (const device of asleep) platform.fates.set(device, "IN_PROGRESS");
      await clock.advance(60_000);
    },
    stop(id) {
      platform.objects.get(`/jobs/${id}`)?.told.add("canceled");
    },
    isStopped: (id) => platform.objects.get(`/jobs/${id}`)?.told.has("canceled") === true,
    purge: (id) => void platform.objects.delete(`/jobs/${id}`),
  };
}

export const WORLDS: readonly (readonly [string, () => World])[] = [
  ["northbound", openNorthbound],
  ["iotda", openIotda],
  ["the toy", openToy],
];
