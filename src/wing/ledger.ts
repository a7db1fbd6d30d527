import * as z from "zod/mini";

import { type Clock, systemClock } from "../clock";
import { folderOfRuns } from "./run-file";
import { createRunLog, type Writer } from "./run-log";
import { createSharedTurns } from "./shared-turns";

/** An object on the platform, and the resource that has it. */
export interface Entry {
  /** Whose ids these are: the account's key, and where kinds count their ids apart, the kind. */
  readonly account: string;
  readonly id: string;
  readonly urn: string | undefined;
  /** What is declared, in its normal form, digested. */
  readonly key?: string | undefined;
  readonly packageId?: string | undefined;
  /** Milliseconds since the epoch, by the platform's clock. */
  readonly createdAt?: number | undefined;
  /** What else its maker knows of it, as plain JSON and without secrets. */
  readonly record?: unknown;
}

/** What a resource has and is to be replaced in it. */
export interface Predecessor {
  readonly account: string;
  readonly id: string;
  /** Milliseconds since the epoch, by the platform's clock. */
  readonly createdAt: number | undefined;
  readonly packageId?: string | undefined;
  readonly targets?: unknown;
  readonly policy?: unknown;
  /** What changes was not known yet: it may turn out to be what the resource is to have. */
  readonly mayStay?: boolean | undefined;
}

/**
 * What a run made, took over, holds, replaces and deleted, as all provider processes of its phase
 * wrote it down (docs/decisions/ledger-of-a-run.md). What a process wrote counts while it lives.
 */
export interface Ledger {
  /** The program has a resource of that address: its `check` ran. */
  declare(urn: string): void;
  isDeclared(urn: string): boolean;
  /** The program's resource of that address is to be this, by its digested normal form. */
  wants(account: string, key: string, urn: string): void;
  /** The address of another resource of the program that is to be exactly this. */
  otherWanting(account: string, key: string, urn: string | undefined): string | undefined;

  made(entry: Entry): void;
  tookOver(entry: Entry): void;
  /** The resource keeps what is in its state. */
  holds(entry: Entry): void;
  /** The resource gets another in place of what is in its state, which it holds no longer. */
  replaces(urn: string, predecessor: Predecessor): void;
  deleted(account: string, id: string): void;

  /** What this run made and has not deleted since: a list that lags does not show it yet. */
  madeHere(account: string): readonly Entry[];
  /** Ids of what this run deleted and has not made again since: a list that lags still shows it. */
  deletedHere(account: string): ReadonlySet<string>;
  /** The address of another resource of the program that made it, took it over or holds it. */
  otherHolder(account: string, id: string, urn: string | undefined): string | undefined;
  /**
   * Whether the resource of that address must leave it alone when it goes: a create of this run made
   * it or took it over, whatever that one's address, or another resource of the program holds it.
   */
  isNeeded(account: string, id: string, urn: string | undefined): boolean;
  /** What the resource had before; `undefined`: it replaces nothing, or nobody told. */
  predecessorOf(urn: string | undefined): Predecessor | undefined;
  /** The address of the resource that is to have another in its place. */
  replacerOf(account: string, id: string): string | undefined;
  /** What all resources of this run had before, and are to have no longer. */
  predecessors(account: string): readonly Predecessor[];
  /** The package that an object of this run has, as far as its resources told. */
  packageOf(account: string, id: string): string | undefined;
  /** Whether it was in the state of a resource of this run, that holds it or replaces it. */
  wasInState(account: string, id: string): boolean;

  /** Runs what has the same key one after the other in all processes of the run, others side by side. */
  inTurn<Result>(key: string, work: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
}

export interface LedgerOptions {
  /** The engine's, which is one for all provider processes of a phase; without it nothing is shared. */
  readonly address: string | undefined;
  /** Told once, when the ledger cannot be shared. */
  readonly warn: (text: string) => void;
  readonly clock?: Clock;
  readonly folder?: string;
}

const entrySchema = z.object({
  account: z.string(),
  id: z.string(),
  urn: z.optional(z.string()),
  key: z.optional(z.string()),
  packageId: z.optional(z.string()),
  createdAt: z.optional(z.number()),
  record: z.optional(z.unknown()),
});
const predecessorSchema = z.object({
  account: z.string(),
  id: z.string(),
  createdAt: z.optional(z.number()),
  packageId: z.optional(z.string()),
  targets: z.optional(z.unknown()),
  policy: z.optional(z.unknown()),
  mayStay: z.optional(z.boolean()),
});
const had = z.object({ act: z.enum(["made", "tookOver", "holds"]), entry: entrySchema });
const replaced = z.object({
  act: z.literal("replaces"),
  urn: z.string(),
  predecessor: predecessorSchema,
});
const gone = z.object({ act: z.literal("deleted"), account: z.string(), id: z.string() });
const actSchema = z.discriminatedUnion("act", [
  had,
  replaced,
  gone,
  z.object({ act: z.literal("declares"), urn: z.string() }),
  z.object({ act: z.literal("wants"), account: z.string(), key: z.string(), urn: z.string() }),
  z.object({ act: z.enum(["claims", "ends"]), key: z.string(), claim: z.string() }),
]);
type Act = z.infer<typeof actSchema>;
type Had = z.infer<typeof had>;
type Replaced = z.infer<typeof replaced>;

type By<What> = What & { readonly writer: Writer };
type OfResource = By<Had> | By<Replaced>;
type OfObject = OfResource | By<z.infer<typeof gone>>;

export function createLedger(options: LedgerOptions): Ledger {
  const { address, warn, clock = systemClock, folder = folderOfRuns() } = options;
  const log = createRunLog<Act>({
    address,
    folder,
    clock,
    warn,
    parse: (what) => actSchema.safeParse(what).data,
    hear,
  });
  const turns = createSharedTurns(log, clock);

  // All in the order of the log, which is the same in all processes.
  const declarers = new Map<string, Set<Writer>>();
  const wanted = new Map<string, By<{ account: string; key: string }>>();
  const byAccount = new Map<string, Map<string, OfObject[]>>();
  const byResource = new Map<string, OfResource[]>();

  function hear(act: Act, writer: Writer): void {
    switch (act.act) {
      case "declares":
        getOr(declarers, act.urn, () => new Set()).add(writer);
        return;
      case "wants":
        wanted.set(act.urn, { account: act.account, key: act.key, writer });
        return;
      case "made":
      case "tookOver":
      case "holds": {
        const fact = { ...act, writer };
        noteObject(act.entry, fact);
        if (act.entry.urn !== undefined) getOr(byResource, act.entry.urn, () => []).push(fact);
        return;
      }
      case "replaces": {
        const fact = { ...act, writer };
        noteObject(act.predecessor, fact);
        getOr(byResource, act.urn, () => []).push(fact);
        return;
      }
      case "deleted":
        noteObject(act, { ...act, writer });
        return;
      case "claims":
      case "ends":
        turns.hear(act, writer);
        return;
    }
  }

  function noteObject({ account, id }: { account: string; id: string }, fact: OfObject): void {
    const ofAccount = getOr(byAccount, account, () => new Map<string, OfObject[]>());
    getOr(ofAccount, id, () => []).push(fact);
  }

  function factsOf(account: string, id: string): readonly OfObject[] | undefined {
    return byAccount.get(account)?.get(id);
  }

  /** The last that was told of what a resource has: it has one object at a time. */
  function latestOf(urn: string): OfResource | undefined {
    return byResource.get(urn)?.findLast(({ writer }) => writer.lives);
  }

  function has(urn: string, account: string, id: string): boolean {
    const latest = latestOf(urn);
    if (latest === undefined || latest.act === "replaces") return false;
    return latest.entry.account === account && latest.entry.id === id;
  }

  function isDeclared(urn: string): boolean {
    return [...(declarers.get(urn) ?? [])].some(({ lives }) => lives);
  }

  function otherHolder(account: string, id: string, urn: string | undefined): string | undefined {
    for (const fact of sinceDeleted(factsOf(account, id))) {
      if (fact.act === "replaces") continue;
      const holder = fact.entry.urn;
      if (holder === undefined || holder === urn) continue;
      if (isDeclared(holder) && has(holder, account, id)) return holder;
    }
    return undefined;
  }

  return {
    declare(urn) {
      if (declarers.get(urn)?.has(log.own) !== true) log.say({ act: "declares", urn });
    },
    isDeclared(urn) {
      log.catchUp();
      return isDeclared(urn);
    },
    made: (entry) => log.say({ act: "made", entry }),
    tookOver: (entry) => log.say({ act: "tookOver", entry }),
    holds(entry) {
      const latest = entry.urn === undefined ? undefined : latestOf(entry.urn);
      const isSaid =
        latest?.act === "holds" &&
        latest.writer === log.own &&
        latest.entry.account === entry.account &&
        latest.entry.id === entry.id;
      if (!isSaid) log.say({ act: "holds", entry });
    },
    replaces: (urn, predecessor) => log.say({ act: "replaces", urn, predecessor }),
    deleted: (account, id) => log.say({ act: "deleted", account, id }),

    madeHere(account) {
      log.catchUp();
      return [...(byAccount.get(account)?.values() ?? [])].flatMap((facts) => {
        const fact = sinceDeleted(facts).findLast(({ act }) => act === "made");
        return fact?.act === "made" ? [{ ...fact.entry, urn: fact.entry.urn }] : [];
      });
    },
    deletedHere(account) {
      log.catchUp();
      const deleted = new Set<string>();
      for (const [id, facts] of byAccount.get(account) ?? []) {
        // To hold it says nothing about that: the state may be older than the deletion.
        const latest = lastOf(facts, ["made", "tookOver", "deleted"]);
        if (latest?.act === "deleted") deleted.add(id);
      }
      return deleted;
    },
    otherHolder(account, id, urn) {
      log.catchUp();
      return otherHolder(account, id, urn);
    },
    isNeeded(account, id, urn) {
      log.catchUp();
      return (
        sinceDeleted(factsOf(account, id)).some(
          ({ act }) => act === "made" || act === "tookOver",
        ) || otherHolder(account, id, urn) !== undefined
      );
    },
    predecessorOf(urn) {
      log.catchUp();
      const facts = urn === undefined ? undefined : byResource.get(urn);
      const latest = lastOf(facts, ["replaces", "holds"]);
      if (latest?.act !== "replaces") return undefined;
      return { ...latest.predecessor, createdAt: latest.predecessor.createdAt };
    },
    replacerOf(account, id) {
      log.catchUp();
      const latest = lastOf(factsOf(account, id), ["replaces", "holds"]);
      return latest?.act === "replaces" ? latest.urn : undefined;
    },
    wasInState(account, id) {
      log.catchUp();
      return lastOf(factsOf(account, id), ["holds", "replaces"]) !== undefined;
    },

    wants(account, key, urn) {
      const said = wanted.get(urn);
      if (said?.account === account && said.key === key && said.writer === log.own) return;
      log.say({ act: "wants", account, key, urn });
    },
    otherWanting(account, key, urn) {
      log.catchUp();
      const others = [...wanted].filter(
        ([other, want]) =>
          other !== urn && want.account === account && want.key === key && want.writer.lives,
      );
      return others.map(([other]) => other).find(isDeclared);
    },
    predecessors(account) {
      log.catchUp();
      return [...byResource.values()]
        .flat()
        .filter((fact) => fact.act === "replaces" && fact.writer.lives)
        .flatMap((fact) => (fact.act === "replaces" ? [fact.predecessor] : []))
        .filter((predecessor) => predecessor.account === account)
        .map((predecessor) => ({ ...predecessor, createdAt: predecessor.createdAt }));
    },
    packageOf(account, id) {
      log.catchUp();
      return (factsOf(account, id) ?? [])
        .filter(({ writer }) => writer.lives)
        .map((fact) =>
          fact.act === "deleted"
            ? undefined
            : fact.act === "replaces"
              ? fact.predecessor.packageId
              : fact.entry.packageId,
        )
        .findLast((packageId) => packageId !== undefined);
    },

    inTurn: (key, work, signal) => turns.inTurn(key, work, signal),
  };
}

/** What counts of an object since it was last deleted. */
function sinceDeleted(facts: readonly OfObject[] = []): OfResource[] {
  const since: OfResource[] = [];
  for (const fact of facts) {
    if (!fact.writer.lives) continue;
    if (fact.act === "deleted") since.length = 0;
    else since.push(fact);
  }
  return since;
}

/** The last of these acts that counts. */
function lastOf<Fact extends OfObject>(
  facts: readonly Fact[] | undefined,
  acts: readonly Fact["act"][],
): Fact | undefined {
  return facts?.findLast(({ act, writer }) => writer.lives && acts.includes(act));
}

function getOr<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = create();
  map.set(key, made);
  return made;
}
