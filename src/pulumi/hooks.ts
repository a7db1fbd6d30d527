import type * as pulumi from "@pulumi/pulumi";

import { messageOf, OtaError } from "../errors";
import { keepSecretFields, withoutSecrets } from "../known-secrets";
import { cancelSignal } from "./cancellation";
import { assertEngineAlive } from "./engine-link";
import { createReport, linesHaveArrived, type Report } from "./report";

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
 * Turns a kind into what the engine's provider process calls. The keys `__provider`, `__urn`,
 * `__secrets`, `__retained` and `__preview` belong to this file and to dynamic-resource.ts; no kind sees them.
 *
 * @param isState - tells a state of this kind from the bare arguments of a `.get`; by default by the
 * account, which every state of ours has
 * @param run - what kinds that serve one operation have in common; by default the process's
 */
export function toResourceProvider<Inputs extends object, State extends object>(
  kind: Kind<Inputs, State>,
  isState: (properties: Properties) => boolean = hasAccount,
  run: Run = thisRun,
): pulumi.dynamic.ResourceProvider {
  let config: ConfigReader = { get: () => undefined };
  const contextOf = (hidden: Hidden): HookContext =>
    contextFor({ urn: urnOf(hidden), run, config, isRetained: hidden.__retained === true });

  return {
    // The SDK hands this object out before it has awaited configure: nothing here may wait or throw.
    configure: (request) => {
      config = request.config;
      cancelSignal();
      return Promise.resolve();
    },

    check: async (olds: Properties | undefined, news: Properties) => {
      const { __preview, ...lasting } = news;
      const [own, hidden] = split(lasting);
      const [old] = split(olds ?? {});
      const known = Object.keys(old).length === 0 ? undefined : old;
      // Nothing else calls a check.
      run.isProgramRun = true;
      const context = { ...contextOf(hidden), isPreview: __preview === true };
      try {
        const { inputs, failures } = await kind.check(own, known, context);
        // In the form that is compared and sent from here on.
        keepSecretFields(inputs, secretNamesIn(hidden));
        return {
          inputs: clean({ ...inputs, ...hidden }),
          failures: failures.map(({ path, reason }) => ({
            property: "",
            reason: withoutSecrets(path === "" ? reason : `${path} ${reason}`),
          })),
        };
      } catch (error) {
        return {
          inputs: clean({ ...own, ...hidden }),
          failures: [{ property: "", reason: withoutSecrets(messageOf(error)) }],
        };
      } finally {
        await linesHaveArrived();
      }
    },

    diff: async (id, olds: Properties, news: Properties) => {
      const [state] = split(olds);
      const [inputs, hidden] = split(news);
      const difference = await told(() => kind.diff(id, state, inputs, contextOf(hidden)));
      // What is left to do is for the next `up`; in a refresh it would be taken for drift.
      const isForLater = difference.kind === "unfinished" && !run.isProgramRun && "__urn" in hidden;
      return toDiffResult(isForLater ? { kind: "same" } : difference);
    },

    create: async (properties: Properties) => {
      const [inputs, hidden] = split(properties);
      const { id, state } = await told(
        () => kind.create(inputs as Inputs, contextOf(hidden)),
        hidden,
      );
      return { id, outs: clean({ ...state, ...hidden }) };
    },

    read: async (id, properties: Properties = {}) => {
      const [own, hidden] = split(properties);
      const state = isState(own) ? own : undefined;
      const found = await told(() => kind.read(id, state, contextOf(hidden)));
      if (found === undefined) return { id: "", props: {} };
      return {
        id,
        props: clean({ ...found.state, ...hidden }),
        ...(found.inputs === undefined ? {} : { inputs: clean({ ...found.inputs, ...hidden }) }),
      };
    },

    update: async (id, olds: Properties, news: Properties) => {
      const [state] = split(olds);
      const [inputs, hidden] = split(news);
      const outs = await told(
        () => kind.update(id, state, inputs as Inputs, contextOf(hidden)),
        hidden,
      );
      return { outs: clean({ ...outs, ...hidden }) };
    },

    delete: async (id, properties: Properties) => {
      const [state, hidden] = split(properties);
      await told(() => kind.delete(id, state, contextOf(hidden)));
    },
  };
}

/** The provider of a kind that is loaded by the first call. */
export function lazily<Inputs extends object, State extends object>(
  load: () => Kind<Inputs, State>,
): Required<pulumi.dynamic.ResourceProvider> {
  let provider: Required<pulumi.dynamic.ResourceProvider> | undefined;
  const loaded = (): Required<pulumi.dynamic.ResourceProvider> =>
    (provider ??= toResourceProvider(load()) as Required<pulumi.dynamic.ResourceProvider>);
  return {
    configure: (...given) => loaded().configure(...given),
    check: (...given) => loaded().check(...given),
    diff: (...given) => loaded().diff(...given),
    create: (...given) => loaded().create(...given),
    read: (...given) => loaded().read(...given),
    update: (...given) => loaded().update(...given),
    delete: (...given) => loaded().delete(...given),
  };
}

interface Hidden {
  readonly __urn?: unknown;
  readonly __secrets?: unknown;
  readonly __retained?: unknown;
  readonly __provider?: unknown;
}

/** The engine tells a dynamic provider values and not which are secret: that is what the program told. */
function split(properties: Properties): [Properties, Hidden] {
  const { __urn, __secrets, __retained, __provider, ...own } = properties;
  const hidden = {
    ...(__urn === undefined ? {} : { __urn }),
    ...(__secrets === undefined ? {} : { __secrets }),
    ...(__retained === undefined ? {} : { __retained }),
    __provider,
  };
  keepSecretFields(own, secretNamesIn(hidden));
  return [own, hidden];
}

function secretNamesIn({ __secrets }: Hidden): string[] {
  return Array.isArray(__secrets) ? __secrets.filter((name) => typeof name === "string") : [];
}

/** Known, or nothing: the engine would take any other text for the address of a row. */
function urnOf({ __urn }: Hidden): string | undefined {
  return typeof __urn === "string" && __urn.startsWith("urn:") ? __urn : undefined;
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

function toDiffResult(difference: Difference): pulumi.dynamic.DiffResult {
  switch (difference.kind) {
    case "same":
      return { changes: false };
    case "changed":
      return {
        replaces: [...(difference.replaces ?? [])],
        ...(difference.deleteBeforeReplace === true ? { deleteBeforeReplace: true } : {}),
      };
    case "unfinished":
      return { changes: true };
    case "replace":
      return { changes: true, replaces: [difference.because] };
  }
}

/** Errors in the form that the engine prints well: one sentence, no stack of ours, no secret. */
async function told<Result>(work: () => Promise<Result>, hidden?: Hidden): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PartialFailure && hidden !== undefined) {
      throw Object.assign(plainError(error.message), {
        id: error.id,
        properties: clean({ ...error.state, ...hidden }),
        reasons: error.reasons.map((reason) => withoutSecrets(reason)),
      });
    }
    if (error instanceof OtaError) throw plainError(error.message);
    if (error instanceof Error) {
      error.message = withoutSecrets(error.message);
      error.stack = withoutSecrets(error.stack ?? "");
    }
    throw error;
  } finally {
    await linesHaveArrived();
  }
}

// The SDK prints text and stack of an error beside the stack, besides what the engine prints beside
// the resource: one sentence, once, is enough.
function plainError(message: string): Error {
  const error = new Error(withoutSecrets(message));
  error.stack = "its reason stands beside it";
  return Object.assign(error, { toString: () => "A resource failed" });
}

/**
 * What may cross to the engine: JSON, and no `undefined` anywhere, which would lose the resource.
 * Made by JSON itself, so that what cannot be told fails here.
 */
export function clean(value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}
