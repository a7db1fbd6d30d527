import {
  choice,
  countOrNull,
  flag,
  number,
  numberOrNull,
  type BehaviourRule,
} from "../behaviour-rule";

/** The switches that only the IoTDA v5 part of the platform knows. */
export interface IotdaBehaviour {
  /**
   * Whether the address is that of a private instance, which takes derived signatures
   * (V11-HMAC-SHA256) and answers plain ones with 401 IOTDA.000002. Default false.
   */
  readonly iotdaPrivateHost: boolean;
  /**
   * What the date of a signature is compared with: the simulated clock or that of this computer,
   * whichever is nearer, or the simulated clock alone. Default `either`.
   */
  readonly iotdaSignatureClock: "either" | "simulated";
  /** Life of an IAM token in seconds. Default 86400. */
  readonly iotdaTokenLifeSeconds: number;
  /** What a call with a token that does not work is answered. Default `APIGW.0301`. */
  readonly iotdaBadToken: "APIGW.0301" | "IOTDA.000002" | "IOTDA.000004";
  /** Whether calls must name one of the project's instances. Default false. */
  readonly iotdaInstanceIdRequired: boolean;
  /** Calls a minute for each project. Default 3000. */
  readonly iotdaCallsPerMinute: number | null;
  /** What a call above the quota is answered. Default `IOTDA.021101`. */
  readonly iotdaThrottleAnswer:
    "IOTDA.021101" | "IOTDA.021102" | "APIGW.0308" | "APIGW.0308+Retry-After";
  /** Seconds a new task stays `Initializing`. Default 1. */
  readonly iotdaInitializingSeconds: number;
  /** Seconds a stopped task stays `Stopping`. Default 1. */
  readonly iotdaStoppingSeconds: number;
  /** Whether an offline device is waited for, or fails at once. Default `waits`. */
  readonly iotdaOfflineDevice: "waits" | "fails";
  /** Seconds a device is waited for until it comes online. Default 90000. */
  readonly iotdaOnlineTimeoutSeconds: number;
  /** Seconds a device has to report its version. Default 180. */
  readonly iotdaVersionTimeoutSeconds: number;
  /** Seconds a device has to download the package. Default 86400. */
  readonly iotdaDownloadTimeoutSeconds: number;
  /** Seconds a device has to report how the upgrade ended. Default 1800. */
  readonly iotdaResultTimeoutSeconds: number;
  /** How many tasks of a resource space are worked on at once. Default 10. */
  readonly iotdaTasksAtOnce: number | null;
  /** Whether tasks beyond that wait or are refused. Default `wait`. */
  readonly iotdaTasksAboveLimit: "wait" | "refused";
  /** A second package of a product, type and version. Default `accepted`. */
  readonly iotdaDuplicatePackage: "accepted" | "refused";
  /** A package whose OBS object is not there. Default `refused`. */
  readonly iotdaMissingObject: "refused" | "accepted";
  /** A package whose `sign` is not that of its object. Default `accepted`: devices notice it. */
  readonly iotdaWrongSign: "accepted" | "refused";
  /** Whether a package that an unfinished task uses may be deleted. Default `allowed`. */
  readonly iotdaDeletePackageInUse: "allowed" | "refused";
  /** The status that refuses to delete an unfinished task. Default 400. */
  readonly iotdaDeleteUnfinishedTask: 400 | 403;
  /** A package in a task of another type. Default `refused`. */
  readonly iotdaWrongPackageType: "refused" | "failedSubTask";
  /** Target devices that do not exist. Default `failedSubTask`. */
  readonly iotdaUnknownDevice: "failedSubTask" | "refused";
  /** How a task's `document` comes back. Default `package_ids`. */
  readonly iotdaDocumentEcho: "package_ids" | "package_id";
  /** The `marker` of an empty page. Default `absent`. */
  readonly iotdaEmptyPageMarker: "absent" | "asked" | "null";
  /** The seconds of the `Retry-After` that goes with APIGW.0308. Default 60. */
  readonly iotdaRetryAfterSeconds: number;
  /** When a task's groups become devices: soon after the POST, or when it begins. Default `atCreation`. */
  readonly iotdaGroupsResolved: "atCreation" | "atStart";
  /** The edition; the basic one has neither the search of devices nor the groups of a device. */
  readonly iotdaEdition: "standard" | "basic";
  /** Searches of devices a second for each account. Default 1. */
  readonly iotdaSearchesPerSecond: number | null;
  /** Seconds until the search finds a new device. Default 0. */
  readonly iotdaSearchLagSeconds: number;
  /** Whether there is any product that is named. Default false: those that the data lists. */
  readonly iotdaAnyProduct: boolean;
  /** Whether a `!=` in a search finds devices that have no value there. Default `withValue`: it does not. */
  readonly iotdaSearchUnequal: "withValue" | "all";
}

export const iotdaBehaviourRules: {
  readonly [Name in keyof IotdaBehaviour]: BehaviourRule<IotdaBehaviour[Name]>;
} = {
  iotdaPrivateHost: flag(false),
  iotdaSignatureClock: choice("either", "simulated"),
  iotdaTokenLifeSeconds: number(86_400),
  iotdaBadToken: choice("APIGW.0301", "IOTDA.000002", "IOTDA.000004"),
  iotdaInstanceIdRequired: flag(false),
  iotdaCallsPerMinute: countOrNull(3000),
  iotdaThrottleAnswer: choice(
    "IOTDA.021101",
    "IOTDA.021102",
    "APIGW.0308",
    "APIGW.0308+Retry-After",
  ),
  iotdaInitializingSeconds: number(1),
  iotdaStoppingSeconds: number(1),
  iotdaOfflineDevice: choice("waits", "fails"),
  iotdaOnlineTimeoutSeconds: number(90_000),
  iotdaVersionTimeoutSeconds: number(180),
  iotdaDownloadTimeoutSeconds: number(86_400),
  iotdaResultTimeoutSeconds: number(1800),
  iotdaTasksAtOnce: numberOrNull(10),
  iotdaTasksAboveLimit: choice("wait", "refused"),
  iotdaDuplicatePackage: choice("accepted", "refused"),
  iotdaMissingObject: choice("refused", "accepted"),
  iotdaWrongSign: choice("accepted", "refused"),
  iotdaDeletePackageInUse: choice("allowed", "refused"),
  iotdaDeleteUnfinishedTask: choice(400, 403),
  iotdaWrongPackageType: choice("refused", "failedSubTask"),
  iotdaUnknownDevice: choice("failedSubTask", "refused"),
  iotdaDocumentEcho: choice("package_ids", "package_id"),
  iotdaEmptyPageMarker: choice("absent", "asked", "null"),
  iotdaRetryAfterSeconds: number(60),
  iotdaGroupsResolved: choice("atCreation", "atStart"),
  iotdaEdition: choice("standard", "basic"),
  iotdaSearchesPerSecond: countOrNull(1),
  iotdaSearchLagSeconds: number(0),
  iotdaAnyProduct: flag(false),
  iotdaSearchUnequal: choice("withValue", "all"),
};
