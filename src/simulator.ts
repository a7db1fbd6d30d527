/**
 * A simulator of the Huawei northbound v1.5.0 device-upgrade API, for tests and demonstrations.
 * The command `huawei-ota-simulator` starts the same from a shell.
 * @packageDocumentation
 */
export { startSimulator } from "./simulator/start";
export { SimulatorInputError } from "./simulator/reading";
export type { Simulator, SimulatorOptions, SimulatorTls } from "./simulator/handle";
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
export type { OperateType, SubTaskStatus, TaskStatus } from "./simulator/schedule";
export type { SubTaskReply, TaskReply } from "./simulator/wire";
export type { StatusCounts } from "./simulator/world";
