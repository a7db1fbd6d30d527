import {
  readBoolean,
  readChoice,
  readNumber,
  readObject,
  readOptional,
  readText,
  SimulatorInputError,
  withoutAbsent,
} from "./reading";
import { SPOILT_PAGES } from "./spoilt-page";

/**
 * What goes wrong with a call:
 * - `throttle`: 403 1010009, whatever the quota says;
 * - `serverError`: a 5xx in the platform's own words;
 * - `slowReply`: the reply comes late, by `seconds` of real time;
 * - `drop`: the connection ends without a reply;
 * - `cutReply`: the reply breaks off in the middle of its body;
 * - `notJson`: 200 with an HTML page instead of the reply;
 * - `shortPage`: a page of a list lacks the second half of its entries, and tells the same total;
 * - `noList`: a page of a list tells its total, and no list;
 * - `emptyObject`: `{}` in place of a page of a list;
 * - `proxyNotFound`: 404 with an HTML page, as a proxy sends it;
 * - `tokenExpired`: the application's access token ends just before the call;
 * - `tokenTaken`: another client logs in just before the call, which ends access and refresh token;
 * - `hold`: the reply waits until it is released or the client goes away.
 */
export type FaultKind =
  | "throttle"
  | "serverError"
  | "slowReply"
  | "drop"
  | "cutReply"
  | "notJson"
  | "shortPage"
  | "noList"
  | "emptyObject"
  | "proxyNotFound"
  | "tokenExpired"
  | "tokenTaken"
  | "hold";

const faultKinds: readonly FaultKind[] = [
  "throttle",
  "serverError",
  "slowReply",
  "drop",
  "cutReply",
  "notJson",
  ...SPOILT_PAGES,
  "proxyNotFound",
  "tokenExpired",
  "tokenTaken",
  "hold",
];

/** A fault to inject into the next calls that match. */
export interface FaultOptions {
  /** What goes wrong. */
  readonly kind: FaultKind;
  /** The HTTP method of the calls it is for. Default: any. */
  readonly method?: string;
  /**
   * The path of the calls it is for, without the query. `*` stands for one segment, `**` for
   * anything. Default: any path.
   */
  readonly path?: string;
  /** How many matching calls it is for. Default 1. */
  readonly times?: number;
  /** How many matching calls pass unharmed before. Default 0. */
  readonly after?: number;
  /** For `serverError`: the status. Default 500. */
  readonly status?: number;
  /** For `slowReply`: the delay in seconds of real time. Default 1. */
  readonly seconds?: number;
  /**
   * For `serverError`, `drop`, `slowReply`, `cutReply`, `notJson` and `hold`: whether the platform
   * carries out the call. Default: false for `serverError` and `drop`, true for the others.
   */
  readonly takesEffect?: boolean;
  /** For `drop` without TLS: whether the connection is reset, in place of ended. Default false. */
  readonly reset?: boolean;
}

/** A fault that waits for its calls. */
export interface Fault extends FaultOptions {
  /** Numbered from 1 in the order they were added. */
  readonly id: number;
  /** How many calls it is still for. */
  readonly remaining: number;
}

interface PendingFault {
  readonly id: number;
  readonly options: FaultOptions;
  readonly pattern: RegExp;
  skip: number;
  remaining: number;
}

const keys = [
  "kind",
  "method",
  "path",
  "times",
  "after",
  "status",
  "seconds",
  "takesEffect",
  "reset",
];

/** The options that only some kinds have a use for, each with those kinds. */
const kindsOf: Readonly<Record<string, readonly FaultKind[]>> = {
  status: ["serverError"],
  seconds: ["slowReply"],
  reset: ["drop"],
  takesEffect: ["serverError", "drop", "slowReply", "cutReply", "notJson", "hold"],
};

/** Checks a fault that comes from outside. */
export function readFault(value: unknown, where: string): FaultOptions {
  const source = readObject(value, where, keys);
  const atLeastOne = (given: unknown, at: string): number => readNumber(given, at, 1);
  const kind = readChoice(source["kind"], `${where}.kind`, faultKinds);
  for (const [option, kinds] of Object.entries(kindsOf)) {
    if (source[option] === undefined || kinds.includes(kind)) continue;
    throw new SimulatorInputError(
      `${where}.${option} has no use for ${kind}; it is for ${kinds.join(", ")}.`,
    );
  }
  return withoutAbsent({
    kind,
    method: readOptional(source, "method", where, readText),
    path: readOptional(source, "path", where, readText),
    times: readOptional(source, "times", where, atLeastOne),
    after: readOptional(source, "after", where, readNumber),
    status: readOptional(source, "status", where, readServerStatus),
    seconds: readOptional(source, "seconds", where, readNumber),
    takesEffect: readOptional(source, "takesEffect", where, readBoolean),
    reset: readOptional(source, "reset", where, readBoolean),
  });
}

function readServerStatus(value: unknown, where: string): number {
  const status = readNumber(value, where);
  if (!Number.isInteger(status) || status < 500 || status > 599) {
    throw new SimulatorInputError(`${where} must be a status from 500 to 599.`);
  }
  return status;
}

function pathPattern(path: string | undefined): RegExp {
  if (path === undefined) return /^/;
  const parts = path.split(/(\*\*|\*)/).map((part) => {
    if (part === "**") return ".*";
    return part === "*" ? "[^/]*" : part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`);
}

/** Whether the platform carries out a call that this fault meets. */
export function takesEffect({ kind, takesEffect: told }: FaultOptions): boolean {
  if ((SPOILT_PAGES as readonly string[]).includes(kind)) return true;
  if (kind === "throttle" || kind === "proxyNotFound") return false;
  if (kind === "tokenExpired" || kind === "tokenTaken") return true;
  return told ?? (kind !== "serverError" && kind !== "drop");
}

/** The faults that wait for their calls; of several that match a call, the oldest meets it. */
export class Faults {
  private pending: PendingFault[] = [];
  private lastId = 0;

  add(options: FaultOptions): Fault {
    this.lastId += 1;
    const fault: PendingFault = {
      id: this.lastId,
      options,
      pattern: pathPattern(options.path),
      skip: options.after ?? 0,
      remaining: options.times ?? 1,
    };
    this.pending.push(fault);
    return { ...options, id: fault.id, remaining: fault.remaining };
  }

  list(): readonly Fault[] {
    return this.pending.map(({ id, options, remaining }) => ({ ...options, id, remaining }));
  }

  clear(): void {
    this.pending = [];
  }

  /** The fault that this call meets, counted off. */
  take(method: string, path: string): FaultOptions | undefined {
    for (const fault of this.pending) {
      const wanted = fault.options.method;
      if (wanted !== undefined && wanted.toUpperCase() !== method) continue;
      if (!fault.pattern.test(path)) continue;
      if (fault.skip > 0) {
        fault.skip -= 1;
        continue;
      }
      fault.remaining -= 1;
      this.pending = this.pending.filter((each) => each.remaining > 0);
      return fault.options;
    }
    return undefined;
  }
}
