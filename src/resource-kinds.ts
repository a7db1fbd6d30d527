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

/** The name at the end of a URN. */
export function nameIn(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}
