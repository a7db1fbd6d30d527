/**
 * A simulator of the two generations of the Huawei IoT platform, for tests and demonstrations: the
 * northbound v1.5.0 device-upgrade API and the IoTDA v5 calls for packages and batch tasks.
 * The command `huawei-ota-simulator` starts the same from a shell.
 * @packageDocumentation
 */
export { startSimulator } from "./simulator/start";
export { SimulatorInputError } from "./simulator/reading";
export type {
  BooksOptions,
  IotdaPart,
  Simulator,
  SimulatorControl,
  SimulatorOptions,
  SimulatorTls,
  UntilOptions,
} from "./simulator/handle";
export type { PlatformPart } from "./simulator/generation";
export type { GroupData } from "./simulator/groups";
export type { FleetData } from "./simulator/fleet";
export type { SimulatorClock, SimulatorClockOptions } from "./simulator/clock";
export type { Behaviour } from "./simulator/behaviour";
export type { ApplicationData, DeviceData, PackageData, SimulatorData } from "./simulator/data";
export type { Fault, FaultKind, FaultOptions } from "./simulator/faults";
export type {
  BookedDevice,
  BookedPackage,
  BookedTask,
  Books,
  RequestCounts,
  RequestRecord,
} from "./simulator/books";
export type {
  Watched,
  WatchedKind,
  WatchedPackage,
  WatchedSection,
  WatchedSpace,
  WatchedTask,
  WatchOptions,
} from "./simulator/watch";
export type { IotdaBehaviour } from "./simulator/iotda/behaviour";
export type { BookedIotdaDevice, BookedIotdaTask, IotdaBooks } from "./simulator/iotda/books";
export type {
  IotdaAccessKeyData,
  IotdaData,
  IotdaDeviceData,
  IotdaInstanceData,
  IotdaObjectData,
  IotdaPackageData,
  IotdaProductData,
  IotdaProjectData,
  IotdaSpaceData,
  IotdaUserData,
} from "./simulator/iotda/data";
export type {
  IotdaDetailStatus,
  IotdaTaskProgress,
  IotdaTaskStatus,
} from "./simulator/iotda/model";
export type {
  IotdaPackageReply,
  IotdaTaskDetailReply,
  IotdaTaskReply,
} from "./simulator/iotda/wire";
export type { OperateType, SubTaskStatus, TaskStatus } from "./simulator/northbound/schedule";
export type { SubTaskReply, TaskReply } from "./simulator/northbound/wire";
export type { StatusCounts } from "./simulator/northbound/world";
