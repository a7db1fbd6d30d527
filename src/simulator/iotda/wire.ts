import { basicTime } from "../basic-time";
import type { Behaviour } from "../behaviour";
import type { CheckedIotdaSpace } from "./data";
import type {
  IotdaDetailStatus,
  IotdaSubTask,
  IotdaTask,
  IotdaTaskProgress,
  IotdaTaskStatus,
  StoredIotdaPackage,
} from "./model";

/** A package as the platform tells it; lists leave `file_location` out. */
export interface IotdaPackageReply {
  /** Identifies the package; 24 hex digits. */
  readonly package_id: string;
  /** The resource space. */
  readonly app_id: string;
  /** What is in it. */
  readonly package_type: string;
  /** The product it is for. */
  readonly product_id: string;
  /** That product's name. */
  readonly product_name: string | undefined;
  /** The module, for a `modulePackage`. */
  readonly module_name: string | undefined;
  /** The version that a device reports after the upgrade. */
  readonly version: string;
  /** The versions that can be upgraded with it; absent: any. */
  readonly support_source_versions: readonly string[] | undefined;
  /** Free text. */
  readonly description: string | undefined;
  /** Free text for the device. */
  readonly custom_info: string | undefined;
  /** When it was made, `yyyyMMdd'T'HHmmss'Z'` in UTC. */
  readonly create_time: string;
  /** Where the file is. */
  readonly file_location?: {
    /** Its place in OBS. */
    readonly obs_location: Readonly<Record<string, unknown>>;
  };
}

export function listedPackageReply(
  { packageId, appId, createdAt, data }: StoredIotdaPackage,
  space: CheckedIotdaSpace | undefined,
): IotdaPackageReply {
  const product = space?.products.find((each) => each.productId === data.productId);
  return {
    package_id: packageId,
    app_id: appId,
    package_type: data.packageType,
    product_id: data.productId,
    product_name: product?.name ?? product?.productId,
    module_name: data.moduleName,
    version: data.version,
    support_source_versions: data.supportSourceVersions,
    description: data.description,
    custom_info: data.customInfo,
    create_time: basicTime(createdAt),
  };
}

export function packageReply(
  stored: StoredIotdaPackage,
  space: CheckedIotdaSpace | undefined,
): IotdaPackageReply {
  const { region, bucket, key, sign } = stored.data;
  const location = {
    region_name: region,
    bucket_name: bucket,
    object_key: key,
    sign_method: "SHA256",
    sign,
  };
  return { ...listedPackageReply(stored, space), file_location: { obs_location: location } };
}

/** A batch task as the platform tells it. */
export interface IotdaTaskReply {
  /** Identifies the task; 24 hex digits. */
  readonly task_id: string;
  /** The name that its maker gave it. */
  readonly task_name: string;
  /** What it does. */
  readonly task_type: string;
  /** `GATEWAY`, or absent. */
  readonly task_mode: string | undefined;
  /** Whether sub-tasks wait until they are confirmed. */
  readonly need_confirm: boolean | undefined;
  /** What its maker wants the devices to be told. */
  readonly task_ext_info: unknown;
  /** The devices, if they were named. */
  readonly targets: readonly string[] | undefined;
  /** The groups, if they were named. */
  readonly targets_filter:
    | {
        /** Their ids. */
        readonly group_ids: readonly string[];
      }
    | undefined;
  /** The packages. */
  readonly document: Readonly<Record<string, unknown>>;
  /** When it runs and how often it retries. */
  readonly task_policy: unknown;
  /** Where it is. */
  readonly status: IotdaTaskStatus;
  /** Why the whole task failed. */
  readonly status_desc: string | undefined;
  /** How many sub-tasks are in which status. */
  readonly task_progress: Readonly<IotdaTaskProgress>;
  /** When it was made, `yyyyMMdd'T'HHmmss'Z'` in UTC. */
  readonly create_time: string;
}

export function taskReply(task: IotdaTask, { iotdaDocumentEcho }: Behaviour): IotdaTaskReply {
  const { order } = task;
  const ids = order.packages.map(({ packageId }) => packageId);
  return {
    task_id: task.taskId,
    task_name: order.name,
    task_type: order.type,
    task_mode: order.mode,
    need_confirm: order.needConfirm,
    task_ext_info: order.extInfo,
    targets: order.targets,
    targets_filter: order.groupIds === undefined ? undefined : { group_ids: order.groupIds },
    document: iotdaDocumentEcho === "package_id" ? { package_id: ids[0] } : { package_ids: ids },
    task_policy: order.policy,
    status: task.status,
    status_desc: task.statusDesc,
    task_progress: { ...task.progress },
    create_time: basicTime(task.createdAt),
  };
}

/** A device's part of a task as the platform tells it. */
export interface IotdaTaskDetailReply {
  /** The device. */
  readonly target: string;
  /** Where its upgrade is. */
  readonly status: IotdaDetailStatus;
  /** What came of it. */
  readonly output: string | undefined;
  /** Why it failed. */
  readonly error:
    | {
        /** The platform's code for it. */
        readonly error_code: string;
        /** It in words. */
        readonly error_msg: string;
      }
    | undefined;
}

export function detailReply({ target, status, output, error }: IotdaSubTask): IotdaTaskDetailReply {
  return {
    target,
    status,
    output,
    error: error && { error_code: error.code, error_msg: error.message },
  };
}
