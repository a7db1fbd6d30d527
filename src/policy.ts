export { upgradeRules } from "./policy/rules";
export type {
  DevicesOptions,
  MaxDevicesOptions,
  PackageHashOptions,
  RolloutLimitsOptions,
  UpgradeRuleOptions,
  VersionsOptions,
} from "./policy/options";
