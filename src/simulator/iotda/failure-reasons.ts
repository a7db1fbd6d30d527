import { manualReasons } from "../failure-reasons";

// Two codes are documented; `IOTDA.999xxx` are INVENTED.
const codes = {
  offline: "IOTDA.014016",
  conflict: "IOTDA.999101",
  onlineTimeout: "IOTDA.999102",
  versionTimeout: "IOTDA.999103",
  downloadTimeout: "IOTDA.999104",
  resultTimeout: "IOTDA.999105",
  checkTimeout: "IOTDA.999106",
  integrity: "IOTDA.999107",
  unsupportedPackage: "IOTDA.999108",
  noStorage: "IOTDA.999109",
  noMemory: "IOTDA.999110",
  connectionLost: "IOTDA.999111",
  invalidUri: "IOTDA.999112",
  general: "IOTDA.999113",
  cellTimeout: "IOTDA.999116",
  startTimeout: "IOTDA.999117",
  downloadStartTimeout: "IOTDA.999118",
} as const satisfies Record<keyof typeof manualReasons, string>;

// What the manual does not list. The texts are INVENTED but for the first, which has its code.
const others = {
  notSubscribed: { code: "IOTDA.014112", message: "The device has not subscribed to the topic." },
  deviceNotFound: { code: "IOTDA.999114", message: "The device does not exist." },
  sourceVersion: {
    code: "IOTDA.999115",
    message: "The package does not support the version that the device runs.",
  },
} as const;

export type FailureReason = keyof typeof manualReasons | keyof typeof others;

export const failureReasonNames = [...Object.keys(codes), ...Object.keys(others)];

function isManual(reason: string): reason is keyof typeof manualReasons {
  return Object.hasOwn(manualReasons, reason);
}

function isOther(reason: string): reason is keyof typeof others {
  return Object.hasOwn(others, reason);
}

/** The code and the words of a reason by its name; a text of the data's own is a general failure. */
export function failureOf(reason: string): { readonly code: string; readonly message: string } {
  if (isManual(reason)) return { code: codes[reason], message: manualReasons[reason] };
  return isOther(reason) ? others[reason] : { code: codes.general, message: reason };
}
