import { CancelledError, messageOf } from "../errors";
import { cancelSignal } from "../pulumi/cancellation";
import {
  asOfRun,
  clean,
  type ConfigReader,
  contextFor,
  type Difference,
  type Failure,
  hasAccount,
  type HookContext,
  PartialFailure,
  type Properties,
  type Run,
  thisRun,
} from "../pulumi/kind";
import { loaderOf } from "../pulumi/loader";
import { linesHaveArrived } from "../pulumi/report";
import { containsUnknown, UNKNOWN } from "../pulumi/unknown";
import { nameInUrn } from "../urn";
import type { PluginKind } from "./kinds";

/** One request about one resource. */
export interface ResourceRequest {
  readonly kind: PluginKind;
  readonly urn: string;
  readonly config: ConfigReader;
  /** Seconds that the program's `customTimeouts` give it; 0: as many as it takes. */
  readonly timeoutSeconds?: number;
  /** By default what this process has seen of its operation. */
  readonly run?: PluginRun;
}

/** The engine tells `create` and `update` of a preview, and nothing else; we remember. */
export interface PluginRun extends Run {
  isPreview?: boolean;
}

const processRun: PluginRun = thisRun;

export async function check(
  request: ResourceRequest,
  news: Properties,
  olds: Properties,
): Promise<{ readonly inputs: Properties; readonly failures: readonly Failure[] }> {
  const { kind, run = processRun } = request;
  // Nothing else calls a check.
  run.isProgramRun = true;
  const old = ownOf(olds);
  const given = ownOf(withoutNulls(news));
  try {
    const declared = await kind.inputsOf(given, nameInUrn(request.urn));
    // Nobody tells of one before it makes something, and what is unknown gives it away.
    const isPreview = run.isPreview === true || containsUnknown(declared) || undefined;
    const { inputs, failures } = await kind
      .load()
      .check(declared, Object.keys(old).length === 0 ? undefined : old, {
        ...contextOf(request),
        isPreview,
      });
    return { inputs: clean(inputs), failures };
  } catch (error) {
    return { inputs: clean(given), failures: [{ path: "", reason: messageOf(error) }] };
  } finally {
    await linesHaveArrived();
  }
}

export async function diff(
  request: ResourceRequest,
  id: string,
  olds: Properties,
  news: Properties,
): Promise<Difference> {
  const { kind, run = processRun } = request;
  const state = stateOf(olds);
  const difference = await heard(() =>
    kind.load().diff(id, state, ownOf(news), contextOf(request)),
  );
  return asOfRun(difference, run);
}

export async function create(
  request: ResourceRequest,
  inputs: Properties,
): Promise<{ readonly id: string; readonly outputs: Properties }> {
  const { kind } = request;
  const { id, state } = await inTime(
    request,
    (context) => kind.load().create(ownOf(inputs), context),
    (made) => made,
  );
  return { id, outputs: outputsOf(kind, id, state) };
}

/** What a preview knows of what an `up` would make: `check` has looked already. */
export function foretold(
  { kind, run = processRun }: ResourceRequest,
  names: readonly string[],
  inputs: Properties,
  old?: { readonly id: string; readonly outputs: Properties },
): { readonly id: string; readonly outputs: Properties } {
  run.isPreview = true;
  const open = Object.fromEntries(names.map((name) => [name, UNKNOWN]));
  const kept = old === undefined ? {} : { account: old.outputs["account"] };
  const outputs = { ...open, ...kept, ...ownOf(inputs) };
  const derived = kind.derived(old?.id ?? UNKNOWN, outputs);
  return { id: old?.id ?? "", outputs: clean({ ...outputs, ...derived }) };
}

/** `undefined` when the object is gone. */
export async function read(
  request: ResourceRequest,
  id: string,
  properties: Properties,
): Promise<{ readonly outputs: Properties; readonly inputs?: Properties } | undefined> {
  const { kind } = request;
  const state = stateOf(properties);
  const found = await heard(() =>
    kind.load().read(id, hasAccount(state) ? state : undefined, contextOf(request)),
  );
  if (found === undefined) return undefined;
  const outputs = outputsOf(kind, id, found.state);
  return found.inputs === undefined ? { outputs } : { outputs, inputs: clean(found.inputs) };
}

export async function update(
  request: ResourceRequest,
  id: string,
  olds: Properties,
  news: Properties,
): Promise<Properties> {
  const { kind } = request;
  const state = await inTime(
    request,
    (context) => kind.load().update(id, stateOf(olds), ownOf(news), context),
    (updated) => ({ id, state: updated }),
  );
  return outputsOf(kind, id, state);
}

export async function remove(
  request: ResourceRequest,
  id: string,
  properties: Properties,
): Promise<void> {
  const { kind } = request;
  await heard(() => kind.load().delete(id, stateOf(properties), contextOf(request)));
}

/**
 * The state as the engine keeps it: what the hooks give, what programs of other languages make of it,
 * and what the dynamic door looks for, so that a stack may move between the doors.
 */
export function outputsOf(kind: PluginKind, id: string, state: object): Properties {
  const own = ownOf(state as Properties);
  return clean({ ...own, ...kind.derived(id, own), __provider: loaderOf(kind.name) });
}

/** What is the hooks' own: what only the doors know is left out. */
function ownOf(properties: Properties): Properties {
  const { __urn, __provider, __secrets, __retained, __preview, ...own } = properties;
  return own;
}

/** What other languages make of a state is made anew. */
function stateOf(outputs: Properties): Properties {
  const { ref, gate, ...state } = ownOf(outputs);
  return state;
}

/** In other languages what is left out may be there as nothing. */
function withoutNulls(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null));
}

function contextOf({ urn, config, run = processRun }: ResourceRequest): HookContext {
  return contextFor({ urn, run, config });
}

async function heard<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } finally {
    await linesHaveArrived();
  }
}

/**
 * With `customTimeouts` what still waits when the time is over ends as after a Ctrl-C. The engine,
 * which knows of that and not of this, is told that the operation did not come to its end.
 */
async function inTime<Result>(
  { timeoutSeconds = 0, urn, config, run = processRun }: ResourceRequest,
  work: (context: HookContext) => Promise<Result>,
  reached: (result: Result) => { readonly id: string; readonly state: object },
): Promise<Result> {
  if (timeoutSeconds <= 0) return heard(() => work(contextFor({ urn, run, config })));
  const patience = new AbortController();
  const sentence = `The ${String(timeoutSeconds)} s of customTimeouts are over; the next \`pulumi up\` goes on.`;
  const timer = setTimeout(() => {
    patience.abort(new CancelledError(sentence));
  }, timeoutSeconds * 1_000);
  const signal = AbortSignal.any([cancelSignal(), patience.signal]);
  try {
    const result = await heard(() => work(contextFor({ urn, run, config, signal })));
    if (!patience.signal.aborted || cancelSignal().aborted) return result;
    const { id, state } = reached(result);
    throw new PartialFailure(id, state, [sentence]);
  } finally {
    clearTimeout(timer);
  }
}
