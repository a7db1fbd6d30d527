/** What a resource is, by its type in the engine: `northbound:FirmwareRollout`. */
export interface ResourceKind {
  readonly wing: "northbound" | "iotda";
  readonly kind:
    | "VersionPackage"
    | "FirmwareUpgradeTask"
    | "SoftwareUpgradeTask"
    | "ModuleUpgradeTask"
    | "UpgradeCompletion"
    | "FirmwareRollout"
    | "SoftwareRollout";
}

const TYPE =
  /(?:^huawei-ota:|\/huawei-ota\/)(northbound|iotda):(VersionPackage|FirmwareUpgradeTask|SoftwareUpgradeTask|ModuleUpgradeTask|UpgradeCompletion|FirmwareRollout|SoftwareRollout)$/;

/** `undefined` for the resources of others. */
export function kindOf(type: string): ResourceKind | undefined {
  const [, wing, kind] = TYPE.exec(type) ?? [];
  return wing === undefined || kind === undefined ? undefined : ({ wing, kind } as ResourceKind);
}

export function isTask(kind: ResourceKind | undefined): boolean {
  return kind?.kind.endsWith("UpgradeTask") === true;
}

export function isRollout(kind: ResourceKind | undefined): boolean {
  return kind?.kind.endsWith("Rollout") === true;
}

/** The type that a kind has through the plugin: `northbound.VersionPackage` -> `huawei-ota:northbound:VersionPackage` */
export function pluginTypeOf(kind: string): string {
  return `huawei-ota:${kind.replace(".", ":")}`;
}
