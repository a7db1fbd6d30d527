import { OtaError } from "../errors";
import { cancelSignal } from "./cancellation";
import { assertEngineAlive } from "./engine-link";
import { createReport, type Report } from "./report";

export type Properties = Readonly<Record<string, unknown>>;

/** What is wrong with one input. */
export interface Failure {
  /** `policy.retryTimes`; empty for the resource as a whole. */
  readonly path: string;
  /** What is wrong, as a sentence that the path begins: `is 9; it must be from 1 to 5 (123028).` */
  readonly reason: string;
}

/** How what is declared differs from what there is. */
export type Difference =
  | { readonly kind: "same" }
  /** Inputs differ; the engine finds out which, and replaces when one of these does. */
  | {
      readonly kind: "changed";
      readonly replaces?: readonly string[];
      /** Whether the old object must be gone before the new one is made. Default: false. */
      readonly deleteBeforeReplace?: boolean;
    }
  /** The inputs are equal and yet there is something to do. */
  | { readonly kind: "unfinished" }
  /** The inputs may be equal, and the object must be made anew all the same. */
  | { readonly kind: "replace"; readonly because: string };

/** What every hook is given. */
export interface HookContext {
  readonly urn: string | undefined;
  /** Whether a program runs: a refresh or a destroy reads, diffs and deletes without one. */
  readonly isProgramRun: boolean;
  /**
   * Whether this `check` is that of a preview, which may answer with what is not known; `undefined`
   * where nobody tells.
   */
  readonly isPreview: boolean | undefined;
  /** Whether the engine calls no `delete`, whatever is replaced or destroyed. Default: false. */
  readonly isRetained?: boolean;
  /** Beside the resource. */
  readonly report: Report;
  /** Beside the stack, for what holds for all resources: said once. */
  readonly stackReport: Report;
  /** Aborted when the engine was told to stop, or is gone. */
  readonly signal: AbortSignal;
  /** Settings as the engine gave them; see the wing's settings. */
  readonly config: ConfigReader;
  /** Throws when the engine is gone; called before anything on the platform is changed. */
  readonly beforeMutation: () => Promise<void>;
}

export interface ConfigReader {
  get(key: string): string | undefined;
}

/** One kind of resource: all its behaviour, in its own types. */
export interface Kind<Inputs extends object, State extends object> {
  /** `old` are the inputs of the state, `undefined` for a new resource. Must not throw. */
  check(
    news: Properties,
    old: Properties | undefined,
    context: HookContext,
  ): Promise<{ readonly inputs: Properties; readonly failures: readonly Failure[] }>;
  diff(
    id: string,
    state: Properties,
    inputs: Properties,
    context: HookContext,
  ): Promise<Difference>;
  create(
    inputs: Inputs,
    context: HookContext,
  ): Promise<{ readonly id: string; readonly state: State }>;
  /**
   * `undefined`: the object is gone. `state` is `undefined` when somebody asks for an id. Without
   * `inputs` the engine keeps those that it has; with them it takes these for what is declared.
   */
  read(
    id: string,
    state: Properties | undefined,
    context: HookContext,
  ): Promise<{ readonly state: State; readonly inputs?: Inputs | undefined } | undefined>;
  update(id: string, state: Properties, inputs: Inputs, context: HookContext): Promise<State>;
  delete(id: string, state: Properties, context: HookContext): Promise<void>;
}

/**
 * The object exists, and yet the operation did not come to its end: the engine keeps the id and the
 * state, and calls `update` in the next `up`.
 */
export class PartialFailure extends OtaError {
  override readonly name = "PartialFailure";
  readonly id: string;
  readonly state: object;
  readonly reasons: readonly string[];

  constructor(id: string, state: object, reasons: readonly string[]) {
    super(reasons.join("\n"));
    this.id = id;
    this.state = state;
    this.reasons = reasons;
  }
}

/** What this process has seen of its operation, whatever the kind. */
export interface Run {
  isProgramRun: boolean;
}

export const thisRun: Run = { isProgramRun: false };

/** Tells a state of ours, every one of which has its account, from bare arguments. */
export function hasAccount({ account }: Properties): boolean {
  return typeof account === "string";
}

/**
 * What is left to do is for the next `up`: outside a program's run, as in a refresh, it would be taken
 * for drift.
 */
export function asOfRun(difference: Difference, { isProgramRun }: Run): Difference {
  return difference.kind === "unfinished" && !isProgramRun ? { kind: "same" } : difference;
}

/** What a hook is given, through whichever door the engine came in. */
export function contextFor({
  urn,
  run,
  config,
  isPreview = false,
  isRetained = false,
  signal = cancelSignal(),
}: {
  readonly urn: string | undefined;
  readonly run: Run;
  readonly config: ConfigReader;
  readonly isPreview?: boolean;
  readonly isRetained?: boolean;
  readonly signal?: AbortSignal;
}): HookContext {
  return {
    urn,
    isProgramRun: run.isProgramRun,
    isPreview,
    isRetained,
    report: createReport(urn),
    stackReport: createReport(undefined),
    signal,
    config,
    beforeMutation: async () => {
      signal.throwIfAborted();
      await assertEngineAlive();
    },
  };
}

/**
 * What may cross to the engine: JSON, and no `undefined` anywhere, which would lose the resource.
 * Made by JSON itself, so that what cannot be told fails here.
 */
export function clean(value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}
