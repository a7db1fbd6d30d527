import {
  choice,
  flag,
  number,
  numberOrNull,
  countOrNull,
  type Accepts,
  type BehaviourRule,
} from "./behaviour-rule";
import { iotdaBehaviourRules, type IotdaBehaviour } from "./iotda/behaviour";
import {
  readBoolean,
  readChoice,
  readNumber,
  readObject,
  SimulatorInputError,
  type JsonObject,
} from "./reading";

/**
 * How this deployment of the platform behaves: speeds, limits, and a switch for each point that
 * the vendor's pages leave open. A number written as `null` is switched off.
 */
export interface Behaviour extends IotdaBehaviour {
  /** Seconds a sub-task stays `wait` once nothing holds it back. Default 1. */
  readonly waitSeconds: number;
  /** Seconds an upgrade takes on a device that does not say otherwise. Default 4. */
  readonly upgradeSeconds: number;
  /** Seconds after which a device that does not answer is given up. Default 600. */
  readonly deviceTimeoutSeconds: number;
  /** Seconds between a failed attempt and its retry. Default 0. */
  readonly retryDelaySeconds: number;
  /** Retry each device as it fails, or all that failed once the others are done. Default `atOnce`. */
  readonly retryRound: "atOnce" | "afterTheOthers";
  /** How many devices with the same `cell` upgrade at once. Default 10. */
  readonly devicesAtOncePerCell: number | null;
  /** Life of an access token in seconds. Default 3600. */
  readonly tokenLifeSeconds: number;
  /** Life of a refresh token in seconds. Default 86400. */
  readonly refreshTokenLifeSeconds: number;
  /** Whether a login ends the application's earlier tokens. Default true. */
  readonly newLoginEndsOldToken: boolean;
  /** Whether a refresh ends the application's earlier access token. Default true. */
  readonly refreshEndsOldToken: boolean;
  /** The spelling of `tokenType` in replies. Default `bearer`. */
  readonly tokenType: "bearer" | "Bearer ";
  /** Whether `expiresIn` is sent as a text. Default false. */
  readonly expiresInAsText: boolean;
  /** What a call without `app_key` is answered: 403 1010005 or 401 100025. Default `1010005`. */
  readonly missingAppKey: "1010005" | "100025";
  /** Calls a minute for each application. Default 100. */
  readonly callsPerMinute: number | null;
  /** Whether the quota counts the last 60 s or the running clock minute. Default `sliding`. */
  readonly quotaWindow: "sliding" | "fixed";
  /** Whether login, refresh and logout count. Default false. */
  readonly loginsCount: boolean;
  /** Whether calls refused by throttling or for their token count. Default false. */
  readonly refusedCallsCount: boolean;
  /** The wording of 1010009, 1010005 and 123002: the REST pages' or the Java page's. Default `rest`. */
  readonly errorTexts: "rest" | "java";
  /** Whether errors come with HTTP status 200, as some older northbound calls do. Default false. */
  readonly errorsAsOk: boolean;
  /** Seconds until the list of tasks shows a new one. Default 0. */
  readonly listLagSeconds: number;
  /** Seconds after its end until a task's record is purged. Default never (`null`). */
  readonly taskRetentionSeconds: number | null;
  /** What the list of tasks calls its total. Default `totalCount`. */
  readonly totalName: "totalCount" | "totalSize";
  /** What an absent `pageNo` means. Default `firstPage`. */
  readonly pageNoAbsent: "firstPage" | "noPaging";
  /** A page past the end is an empty 200 or a 400 123029. Default `empty`. */
  readonly pagePastEnd: "empty" | "123029";
  /** The order of lists. Default `oldestFirst`. */
  readonly listOrder: "oldestFirst" | "newestFirst" | "byId";
  /** A window of exactly 300 s. Default `123034`. */
  readonly windowOf300Seconds: "123034" | "accepted";
  /** A policy without executeType: refused, or read as `now`. Default `123025`. */
  readonly executeTypeMissing: "123025" | "now";
  /** A body without `targets`. Default `120015`. */
  readonly targetsMissing: "120015" | "123022";
  /** An empty or null list in `targets`: as if absent, or a malformed request. Default `absent`. */
  readonly emptyTargetList: "absent" | "120015";
  /** A software package in a firmware task, or the reverse. Default `123016`. */
  readonly wrongFileType: "123016" | "120015" | "accepted";
  /** What 123016 compares with the package. Default `both`. */
  readonly mismatchCompares: "both" | "devices" | "request";
  /** Unknown devices and groups: refuse the task, or let the unknown devices fail. Default `123002`. */
  readonly unknownTargets: "123002" | "failedSubTask";
  /** A task for groups that hold no device. Default `123002`. */
  readonly emptyGroups: "123002" | "accepted";
  /** retryTimes out of range while retryType is not true. Default `123028`. */
  readonly retryTimesWithoutRetry: "123028" | "accepted";
  /** startTime or endTime with an executeType other than custom. Default `accepted`. */
  readonly timesWithoutCustom: "accepted" | "123026";
  /** Which ids are well formed: `[A-Za-z0-9_.-]{1,256}`, or any text up to 256. Default `plain`. */
  readonly idFormat: "plain" | "any";
  /** The status of a task of which some devices failed and some did not. Default `failed`. */
  readonly mixedResult: "failed" | "success";
  /** Where staResult counts a sub-task that timed out. Default `timeout`. */
  readonly timeoutCountedAs: "timeout" | "fail";
  /** How `targets` and `policy` are echoed. Default `asSent`. */
  readonly echo: "asSent" | "withDefaults" | "withNulls";
  /** Whether times that have not come yet are absent or null. Default `absent`. */
  readonly emptyTimes: "absent" | "null";
  /** Whether a package that an unfinished task uses may be deleted. Default `allowed`. */
  readonly deletePackageInUse: "allowed" | "120015";
  /** The status of a successful delete. Default 200. */
  readonly deleteStatus: 200 | 204;
  /** Seconds until a new task or package is found by its id. Default 0. */
  readonly getLagSeconds: number;
  /** Whether each device that a task names is there, of the package's kind. Default false. */
  readonly anyDevice: boolean;
  /** Devices of another kind in the groups of a task: 123016, or passed over. Default `123016`. */
  readonly otherKindInGroups: "123016" | "passedOver";
  /** How the kinds of devices, packages and requests are compared. Default `exact`. */
  readonly kindMatch: "exact" | "ignoringCase";
  /** The spelling of the node type that is not known. Default `UNKNOW`. */
  readonly unknownNodeType: "UNKNOW" | "UNKNOWN";
  /** A device that another task upgrades: it waits, or fails with `Task Conflict`. Default `waits`. */
  readonly busyDevice: "waits" | "fails";
  /** How many devices a page of the device list has that does not say. Default 25. */
  readonly devicePageSize: 25 | 1;
  /** Which groups the `name` of a group list finds. Default `exact`. */
  readonly groupNameMatch: "exact" | "contains";
  /** How a group's counters are sent. Default `number`. */
  readonly groupCounters: "number" | "text";
  /** What is answered for the members of an unknown group. Default `empty`. */
  readonly unknownGroupMembers: "empty" | "100603";
  /** The parameter that names another application for the members of a group. Default `accessAppId`. */
  readonly groupMembersApplication: "accessAppId" | "appId";
  /** How a device that never connected is shown and found. Default `INACTIVE`. */
  readonly inactiveStatus: "INACTIVE" | "OFFLINE";
  /** The version of a device that never reported it. Default `absent`. */
  readonly unreportedVersion: "absent" | "empty" | "null";
}

/** One rule for each switch; the first of several choices is the default. */
export const behaviourRules: {
  readonly [Name in keyof Behaviour]: BehaviourRule<Behaviour[Name]>;
} = {
  waitSeconds: number(1),
  upgradeSeconds: number(4),
  deviceTimeoutSeconds: number(600),
  retryDelaySeconds: number(0),
  retryRound: choice("atOnce", "afterTheOthers"),
  devicesAtOncePerCell: numberOrNull(10),
  tokenLifeSeconds: number(3600),
  refreshTokenLifeSeconds: number(86_400),
  newLoginEndsOldToken: flag(true),
  refreshEndsOldToken: flag(true),
  tokenType: choice("bearer", "Bearer "),
  expiresInAsText: flag(false),
  missingAppKey: choice("1010005", "100025"),
  callsPerMinute: countOrNull(100),
  quotaWindow: choice("sliding", "fixed"),
  loginsCount: flag(false),
  refusedCallsCount: flag(false),
  errorTexts: choice("rest", "java"),
  errorsAsOk: flag(false),
  listLagSeconds: number(0),
  taskRetentionSeconds: numberOrNull(null),
  totalName: choice("totalCount", "totalSize"),
  pageNoAbsent: choice("firstPage", "noPaging"),
  pagePastEnd: choice("empty", "123029"),
  listOrder: choice("oldestFirst", "newestFirst", "byId"),
  windowOf300Seconds: choice("123034", "accepted"),
  executeTypeMissing: choice("123025", "now"),
  targetsMissing: choice("120015", "123022"),
  emptyTargetList: choice("absent", "120015"),
  wrongFileType: choice("123016", "120015", "accepted"),
  mismatchCompares: choice("both", "devices", "request"),
  unknownTargets: choice("123002", "failedSubTask"),
  emptyGroups: choice("123002", "accepted"),
  retryTimesWithoutRetry: choice("123028", "accepted"),
  timesWithoutCustom: choice("accepted", "123026"),
  idFormat: choice("plain", "any"),
  mixedResult: choice("failed", "success"),
  timeoutCountedAs: choice("timeout", "fail"),
  echo: choice("asSent", "withDefaults", "withNulls"),
  emptyTimes: choice("absent", "null"),
  deletePackageInUse: choice("allowed", "120015"),
  deleteStatus: choice(200, 204),
  getLagSeconds: number(0),
  anyDevice: flag(false),
  otherKindInGroups: choice("123016", "passedOver"),
  kindMatch: choice("exact", "ignoringCase"),
  unknownNodeType: choice("UNKNOW", "UNKNOWN"),
  busyDevice: choice("waits", "fails"),
  devicePageSize: choice(25, 1),
  groupNameMatch: choice("exact", "contains"),
  groupCounters: choice("number", "text"),
  unknownGroupMembers: choice("empty", "100603"),
  groupMembersApplication: choice("accessAppId", "appId"),
  inactiveStatus: choice("INACTIVE", "OFFLINE"),
  unreportedVersion: choice("absent", "empty", "null"),
  ...iotdaBehaviourRules,
};

export const behaviourNames = Object.keys(behaviourRules) as readonly (keyof Behaviour)[];

export const defaultBehaviour: Behaviour = Object.fromEntries(
  behaviourNames.map((name) => [name, behaviourRules[name].initial]),
) as unknown as Behaviour;

// Ten years in seconds: the ends of what lasts so long are still dates.
const largestNumber = 315_360_000;

function readSwitchNumber(value: unknown, where: string, least = 0): number {
  const given = readNumber(value, where, least);
  if (given > largestNumber) {
    throw new SimulatorInputError(`${where} must be a number of at most ${String(largestNumber)}.`);
  }
  return given;
}

function readSwitch(accepts: Accepts<unknown>, value: unknown, where: string): unknown {
  if (accepts === "boolean") return readBoolean(value, where);
  if ((accepts === "number or null" || accepts === "count or null") && value === null) return null;
  if (accepts === "count or null") return readSwitchNumber(value, where, 1);
  if (accepts === "number" || accepts === "number or null") return readSwitchNumber(value, where);
  return readChoice(value, where, accepts as readonly (string | number)[]);
}

/** Checks switches that come from a data file, the command line or a control call. */
export function readBehaviour(value: unknown, where: string): Partial<Behaviour> {
  const source: JsonObject = readObject(value, where, behaviourNames);
  const read: Partial<Record<keyof Behaviour, unknown>> = {};
  for (const name of behaviourNames) {
    const given = source[name];
    if (given === undefined) continue;
    read[name] = readSwitch(behaviourRules[name].accepts, given, `${where}.${name}`);
  }
  return read as Partial<Behaviour>;
}

/** What a command line flag says in words, as the value a data file would hold. */
export function parseSwitch(name: keyof Behaviour, text: string, where: string): unknown {
  const { accepts } = behaviourRules[name];
  if (typeof accepts !== "string") {
    return accepts.find((each) => String(each) === text) ?? text;
  }
  if (accepts === "boolean") return text === "true" ? true : text === "false" ? false : text;
  if (accepts !== "number" && text === "off") return null;
  if (text.trim() === "" || Number.isNaN(Number(text))) {
    throw new SimulatorInputError(`${where} must be a number, not "${text}".`);
  }
  return Number(text);
}
