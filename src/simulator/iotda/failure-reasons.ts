/**
 * Why a device's part of a task fails. The vendor's manual lists the reasons in other words, and
 * codes only for `offline` and `notSubscribed`; `IOTDA.999xxx` are INVENTED.
 */
export const failureReasons = {
  offline: { code: "IOTDA.014016", message: "The device is not online." },
  notSubscribed: { code: "IOTDA.014112", message: "The device has not subscribed to the topic." },
  conflict: {
    code: "IOTDA.999101",
    message: "The task conflicts with another upgrade that is running on the device.",
  },
  onlineTimeout: {
    code: "IOTDA.999102",
    message: "Timed out while waiting for the device to come online.",
  },
  versionTimeout: {
    code: "IOTDA.999103",
    message: "Timed out while waiting for the device to report its version.",
  },
  downloadTimeout: {
    code: "IOTDA.999104",
    message: "Timed out while waiting for the device to finish the download.",
  },
  resultTimeout: {
    code: "IOTDA.999105",
    message: "Timed out while waiting for the device to report the upgrade result.",
  },
  checkTimeout: {
    code: "IOTDA.999106",
    message: "Timed out while updating and then checking the version.",
  },
  integrity: { code: "IOTDA.999107", message: "The integrity check of the package failed." },
  unsupportedPackage: {
    code: "IOTDA.999108",
    message: "The device does not support this type of package.",
  },
  noStorage: { code: "IOTDA.999109", message: "The device has not enough storage." },
  noMemory: { code: "IOTDA.999110", message: "The device ran out of memory." },
  connectionLost: {
    code: "IOTDA.999111",
    message: "The connection was lost during the download.",
  },
  invalidUri: { code: "IOTDA.999112", message: "The URI of the package is invalid." },
  general: { code: "IOTDA.999113", message: "The update of the device failed." },
  deviceNotFound: { code: "IOTDA.999114", message: "The device does not exist." },
  sourceVersion: {
    code: "IOTDA.999115",
    message: "The package does not support the version that the device runs.",
  },
} as const;

export type FailureReason = keyof typeof failureReasons;

export const failureReasonNames = Object.keys(failureReasons) as readonly FailureReason[];
