import { kindOf, type ResourceKind } from "../resource-kinds";
import { nameInUrn, typeInUrn } from "../urn";
import { type EngineEvent, readEvents } from "./events";

type Properties = Readonly<Record<string, unknown>>;

export interface Resource {
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** What a run does to one resource, and what is said of it. */
export interface Change {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Absent for the resources of others. */
  readonly kind: ResourceKind | undefined;
  /** The engine's word; absent for what was refused before there was a step. */
  readonly operation: Operation | undefined;
  readonly before: Resource | undefined;
  readonly after: Resource | undefined;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

const OPERATIONS = ["replace", "create", "update", "delete", "same"] as const;

export type Operation = (typeof OPERATIONS)[number];

/** What one rule of a policy pack says of one resource, or of the stack. */
export interface PolicyResult {
  readonly urn: string | undefined;
  readonly pack: string;
  readonly policy: string;
  readonly isMandatory: boolean;
  readonly message: string;
}

/** A preview, an `up` or a refresh, as its events tell it. */
export interface Run {
  readonly isPreview: boolean;
  /** Whether it only compares the state with the platform. */
  readonly isRefresh: boolean;
  /** Whether its last event says that it ended well. */
  readonly hasSucceeded: boolean;
  readonly changes: readonly Change[];
  /** How many resources meet which operation. */
  readonly counts: Readonly<Record<string, number>>;
  readonly policies: readonly PolicyResult[];
  /** Packs that ran, with their versions. */
  readonly packs: Readonly<Record<string, string>>;
  /** Errors of no resource. */
  readonly errors: readonly string[];
  /** Lines of the input that are no events. */
  readonly beside: readonly string[];
  /** When its last event came, milliseconds since the epoch. */
  readonly at: number | undefined;
}

interface Gathered {
  type: string;
  operation: Operation | undefined;
  before: Resource | undefined;
  after: Resource | undefined;
  readonly errors: Set<string>;
  readonly warnings: Set<string>;
  readonly infos: Set<string>;
}

export function readRun(text: string): Run {
  const { events, beside } = readEvents(text);
  const gathered = new Map<string, Gathered>();
  const errors = new Set<string>();
  for (const event of events) {
    gatherStep(event, gathered);
    gatherWords(event, gathered, errors);
  }
  const changes = [...gathered].map(([urn, one]) => ({
    ...one,
    urn,
    name: nameInUrn(urn),
    kind: kindOf(one.type),
    errors: [...one.errors],
    warnings: [...one.warnings],
    infos: [...one.infos],
  }));
  const summary = events.findLast(({ summaryEvent }) => summaryEvent !== undefined)?.summaryEvent;
  const begun = events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata.op ?? []);
  const isTold = changes.some((change) => change.errors.length > 0);
  return {
    isPreview: summary?.isPreview ?? true,
    isRefresh: begun.length > 0 && begun.every((operation) => operation === "refresh"),
    hasSucceeded: summary?.result === "succeeded",
    changes,
    counts: summary?.resourceChanges ?? {},
    policies: events.flatMap(({ policyEvent }) => (policyEvent ? [policyIn(policyEvent)] : [])),
    packs: summary?.PolicyPacks ?? {},
    // Beside the error of a resource the stack's own only says that there was one.
    errors: isTold ? [] : [...errors],
    beside,
    at: events.length === 0 ? undefined : (events.at(-1)?.timestamp ?? 0) * 1000,
  };
}

function gatherStep(event: EngineEvent, gathered: Map<string, Gathered>): void {
  const { resourcePreEvent, resOutputsEvent, resOpFailedEvent } = event;
  const metadata = (resourcePreEvent ?? resOutputsEvent ?? resOpFailedEvent)?.metadata;
  const operation = metadata && operationOf(metadata.op);
  if (metadata === undefined || operation === undefined) return;
  const one = entryOf(metadata.urn, gathered);
  one.type = metadata.type;
  one.before ??= metadata.old ?? undefined;
  one.after = metadata.new ?? one.after;
  // Of an object that goes and its successor the successor counts.
  const rank = (word: Operation): number => OPERATIONS.indexOf(word);
  if (one.operation === undefined || rank(operation) < rank(one.operation)) {
    one.operation = operation;
  }
}

/** The three steps of a replacement are one; what only clears up an old object is none. */
function operationOf(word: string): Operation | undefined {
  if (word === "create-replacement") return "replace";
  return OPERATIONS.find((operation) => operation === word);
}

function gatherWords(
  { diagnosticEvent: said }: EngineEvent,
  gathered: Map<string, Gathered>,
  errors: Set<string>,
): void {
  if (said === undefined || said.ephemeral === true) return;
  const text = plain(said.message);
  if (said.urn === undefined || said.urn === "") {
    if (said.severity === "error") errors.add(text);
    return;
  }
  const one = entryOf(said.urn, gathered);
  if (said.severity === "info") one.infos.add(text);
  if (said.severity === "warning") one.warnings.add(text);
  if (said.severity === "error") {
    const refused = `${one.type} resource '${nameInUrn(said.urn)}' has a problem: `;
    for (const error of errorsIn(text)) {
      one.errors.add(error.startsWith(refused) ? error.slice(refused.length) : error);
    }
  }
}

/** An error of several reasons is a list, each with an asterisk. */
function errorsIn(text: string): string[] {
  const [, ...reasons] = text.split(/\n\s*\* /);
  return reasons.length === 0 ? [text] : reasons.map((reason) => reason.trim());
}

function entryOf(urn: string, gathered: Map<string, Gathered>): Gathered {
  const known = gathered.get(urn);
  if (known !== undefined) return known;
  const words = {
    errors: new Set<string>(),
    warnings: new Set<string>(),
    infos: new Set<string>(),
  };
  const one = {
    type: typeInUrn(urn),
    operation: undefined,
    before: undefined,
    after: undefined,
    ...words,
  };
  gathered.set(urn, one);
  return one;
}

function policyIn(event: NonNullable<EngineEvent["policyEvent"]>): PolicyResult {
  return {
    urn: event.resourceUrn === "" ? undefined : event.resourceUrn,
    pack: event.policyPackName,
    policy: event.policyName,
    isMandatory: event.enforcementLevel === "mandatory",
    message: objectionIn(plain(event.message)),
  };
}

/** The engine puts the rule's description in front, on a line of its own. */
function objectionIn(message: string): string {
  const [description, ...objection] = message.split("\n");
  return objection.length === 0 ? (description ?? "") : objection.join("\n");
}

/** Without the engine's marks and a terminal's for colours. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- what makes a terminal change its colour begins with one
  return text.replaceAll(/<\{%.*?%\}>|\u001B\[[\d;]*m/g, "").trim();
}
