/**
 * Why a device's part of a task fails: the words of the manual's tables "Failure causes reported by
 * the platform" and "by the device", the same for both generations.
 * @see https://support.huaweicloud.com/usermanual-iothub/iot_01_0027.html
 */
export const manualReasons = {
  offline: "Device Abnormal is not online",
  conflict: "Task Conflict",
  onlineTimeout: "Waiting for the device online timeout",
  resultTimeout: "Wait for the device to report upgrade result timeout",
  versionTimeout: "Waiting for report device firmware version timeout",
  cellTimeout: "Waiting for report cellId timeout",
  checkTimeout: "Updating timeout and query device version for check timeout",
  downloadTimeout: "Waiting for device downloaded package timeout",
  startTimeout: "Waiting for device start to update timeout",
  downloadStartTimeout: "Waiting for device start download package timeout",
  noStorage: "Not enough storage for the new firmware package",
  noMemory: "Out of memory during downloading process",
  connectionLost: "Connection lost during downloading process",
  integrity: "Integrity check failure for new downloaded package",
  unsupportedPackage: "Unsupported package type",
  invalidUri: "Invalid URI",
  general: "Firmware update failed",
} as const;

export type ManualReason = keyof typeof manualReasons;

/** The words behind the name of a reason; any other text is a reason of its own. */
export function reasonText(reason: string): string {
  return Object.hasOwn(manualReasons, reason) ? manualReasons[reason as ManualReason] : reason;
}

/** What a device may never report, each with the reason that the platform then gives. */
export const silences = {
  version: "versionTimeout",
  cell: "cellTimeout",
  download: "downloadTimeout",
  result: "resultTimeout",
} as const satisfies Record<string, ManualReason>;
