export { renderReport, upgradeReport, type UpgradeReportOptions } from "./report/make";
export type {
  ReportedBehind,
  ReportedDevice,
  ReportedFailure,
  ReportedUpgrade,
  ReportedWave,
  UpgradeReport,
} from "./report/report";
