import type { Books, Simulator } from "../../src/simulator";
import { iotda } from "../engine/behaviours/iotda";
import { northbound } from "../engine/behaviours/northbound";
import type { Wing } from "../engine/behaviours/wing";
import { IOTDA } from "../engine/world";
import { type Declaration, type Kind, KINDS, type Task, VERSIONS } from "./program";

/** A task as the platform has it. */
export interface PlatformTask extends Declaration {
  readonly isOver: boolean;
  readonly isStopped: boolean;
}

/** A call that made a task. */
export interface Push extends Declaration {
  readonly id: string;
  readonly sequence: number;
}

/** What a walk must know of a wing beside what the behaviours know. */
export interface WalkWing extends Wing {
  /** Uploads the packages that programs name by their numbers. */
  readonly stock: (simulator: Simulator) => void;
  /** The arguments of a task in the program; `instant` spells a second of the walk. */
  readonly argumentsOf: (
    task: Task,
    instant: (second: number) => string,
  ) => Readonly<Record<string, unknown>>;
  readonly pushes: (books: Books) => readonly Push[];
  readonly tasksById: (books: Books) => ReadonlyMap<string, PlatformTask>;
}

const METERS = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };
const ALL_VERSIONS = [...Array(VERSIONS).keys()];
const PACKAGES = KINDS.flatMap((kind, at) =>
  // 24 hexadecimal digits, which the other platform takes as well.
  ALL_VERSIONS.map((version) => ({
    kind,
    version,
    id: `698dc5a4a1b2c3d4e5f0${String(at)}00${String(version)}`,
  })),
);

function packageOf(declaration: Declaration): string {
  const found = PACKAGES.find(
    ({ kind, version }) => kind === declaration.kind && version === declaration.version,
  );
  return found?.id ?? "";
}

/** What a body says, in the numbers of programs. */
function declarationIn(packageId: unknown, devices: unknown, retries: unknown): Declaration {
  const found = PACKAGES.find(({ id }) => id === packageId);
  if (found === undefined) throw new Error(`A task pushes ${JSON.stringify(packageId)}.`);
  return {
    kind: found.kind,
    version: found.version,
    devices: (devices as string[]).map((device) => Number(device.slice(-3))),
    retries: typeof retries === "number" ? retries : 0,
  };
}

function packageTypeOf(kind: Kind): "firmwarePackage" | "softwarePackage" {
  return kind === "Firmware" ? "firmwarePackage" : "softwarePackage";
}

function madeTasks(
  { requests }: Books,
  read: (body: Readonly<Record<string, unknown>>) => Declaration,
): Push[] {
  return requests.flatMap(({ createdTask, sequence, body }) =>
    createdTask === null
      ? []
      : [{ id: createdTask, sequence, ...read(body as Record<string, unknown>) }],
  );
}

function northboundDeclaration(told: Readonly<Record<string, unknown>>): Declaration {
  const { fileId, targets, policy } = told as {
    fileId?: unknown;
    targets?: { devices?: unknown };
    policy?: { retryTimes?: unknown } | null;
  };
  return declarationIn(fileId, targets?.devices, policy?.retryTimes);
}

function iotdaDeclaration(told: Readonly<Record<string, unknown>>): Declaration {
  const { document, targets, task_policy } = told as {
    document?: { package_ids?: unknown[] };
    targets?: unknown;
    task_policy?: { retry_count?: unknown } | null;
  };
  return declarationIn(document?.package_ids?.[0], targets, task_policy?.retry_count);
}

export const wings: readonly WalkWing[] = [
  {
    ...northbound,
    stock: (simulator) => {
      for (const { id, kind, version } of PACKAGES) {
        const fileType = packageTypeOf(kind);
        simulator.putPackage(
          { fileId: id, fileType, version: `W${version}`, ...METERS },
          "waterworks",
        );
      }
    },
    argumentsOf: (task, instant) => {
      const { devices, retries, spelling, rerunAfter } = task;
      const defaults =
        spelling === "with defaults" ? { executeType: "now", retryType: retries > 0 } : {};
      const policy = {
        ...defaults,
        ...(retries > 0 ? { retryType: true, retryTimes: retries } : {}),
      };
      return {
        fileId: packageOf(task),
        targets: {
          devices: devices.map(northbound.device),
          ...(spelling === "with attributes" ? METERS : {}),
          ...(spelling === "with defaults" ? { deviceGroups: [] } : {}),
        },
        ...(Object.keys(policy).length === 0 ? {} : { policy }),
        ...(rerunAfter === undefined ? {} : { rerunAfter: instant(rerunAfter) }),
      };
    },
    pushes: (books) => madeTasks(books, northboundDeclaration),
    tasksById: ({ tasks }) =>
      new Map(
        tasks.map(({ operationId, status, ...told }) => [
          operationId,
          {
            ...northboundDeclaration(told),
            isOver: !["wait", "processing"].includes(status),
            isStopped: status === "stop",
          },
        ]),
      ),
  },
  {
    ...iotda,
    stock: (simulator) => {
      for (const { id, kind, version } of PACKAGES) {
        simulator.putIotdaPackage(
          {
            packageId: id,
            packageType: packageTypeOf(kind),
            version: `W${version}`,
            productId: "water-meter-nbm1",
            region: IOTDA.region,
            bucket: "waterworks-firmware",
            key: "nbm1/1.4.bin",
          },
          "waterworks",
        );
      }
    },
    argumentsOf: (task, instant) => {
      const { devices, retries, spelling, rerunAfter, isKept } = task;
      return {
        packageId: packageOf(task),
        appId: "waterworks",
        targets: { devices: devices.map(iotda.device) },
        ...(spelling === "with defaults"
          ? {
              needConfirm: false,
              confirmed: false,
              taskExtInfo: {},
              taskPolicy: {},
              onDelete: "stop",
            }
          : {}),
        ...(spelling === "with attributes" ? { taskName: "walk" } : {}),
        ...(retries > 0 ? { taskPolicy: { retryCount: retries, retryInterval: 5 } } : {}),
        ...(rerunAfter === undefined ? {} : { rerunAfter: instant(rerunAfter) }),
        ...(isKept ? { onDelete: "keep" } : {}),
      };
    },
    pushes: (books) => madeTasks(books, iotdaDeclaration),
    tasksById: ({ iotda: books }) =>
      new Map(
        (books?.tasks ?? []).map(({ task_id, status, document, targets, task_policy }) => [
          task_id,
          {
            ...iotdaDeclaration({ document, targets, task_policy }),
            isOver: ["Success", "Fail", "PartialSuccess", "Stopped"].includes(status),
            isStopped: status === "Stopped" || status === "Stopping",
          },
        ]),
      ),
  },
];
