import { type Clock, systemClock } from "../clock";
import {
  type Act,
  actSchema,
  type By,
  type Entry,
  getOr,
  type Known,
  lastOf,
  type OfObject,
  type OfResource,
  type Predecessor,
  sinceDeleted,
} from "./ledger-facts";
import { folderOfRuns } from "./run-file";
import { createRunLog, type Writer } from "./run-log";
import { createSharedTurns } from "./shared-turns";

/**
 * What a run made, took over, holds, replaces and deleted, as all provider processes of its phase
 * wrote it down (docs/decisions/ledger-of-a-run.md). What a process wrote counts while it lives.
 */
export interface Ledger {
  /** The program has a resource of that address: its `check` ran. */
  declare(urn: string): void;
  isDeclared(urn: string): boolean;
  /** How many resources the engine has told of so far. */
  declaredSoFar(): number;
  /** The program's resource of that address is to be this, by its digested normal form. */
  wants(account: string, key: string, urn: string): void;
  /** The address of another resource of the program that is to be exactly this. */
  otherWanting(account: string, key: string, urn: string | undefined): string | undefined;
  /** The same, of one that has nothing yet: the search of its create is still to come. */
  otherAwaiting(account: string, key: string, urn: string | undefined): string | undefined;

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
   * it or took it over, whatever that one's address, or a resource of the program holds it. That may
   * be the very resource: what a failed run left to be deleted is told by its address, too.
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
  /** What is known of an object that this run has not deleted. */
  known(account: string, id: string): Known | undefined;
  /** All that is known to be exactly this. */
  alike(account: string, key: string): readonly Known[];
  /** All that is known to be for these targets. */
  forTargets(account: string, targets: string): readonly Known[];

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
  /** Ids of an account by a digest that may be of many objects. */
  const byDigest = new Map<string, Set<string>>();

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

  function noteObject(object: Pick<Entry, "account" | "id" | Digest>, fact: OfObject): void {
    const { account, id } = object;
    const ofAccount = getOr(byAccount, account, () => new Map<string, OfObject[]>());
    getOr(ofAccount, id, () => []).push(fact);
    for (const digest of ["key", "targets"] as const) {
      const value = object[digest];
      if (value !== undefined) getOr(byDigest, `${account} ${digest} ${value}`, newSet).add(id);
    }
  }

  function known(account: string, id: string): Known | undefined {
    const facts = factsOf(account, id);
    if (lastOf(facts, ["made", "tookOver", "deleted"])?.act === "deleted") return undefined;
    let told: Known | undefined;
    for (const fact of sinceDeleted(facts)) {
      const { act } = fact;
      const said = act === "replaces" ? { ...fact.predecessor, urn: fact.urn } : fact.entry;
      const wasInState = told?.wasInState === true || act === "holds" || act === "replaces";
      told = { ...told, ...definedIn(said), urn: said.urn ?? told?.urn, wasInState };
    }
    return told;
  }

  function having(account: string, digest: Digest, value: string): readonly Known[] {
    const ids = [...(byDigest.get(`${account} ${digest} ${value}`) ?? [])];
    return ids
      .map((id) => known(account, id))
      .filter((one) => one !== undefined)
      .filter((one) => one[digest] === value);
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

  function othersWanting(account: string, key: string, urn: string | undefined): string[] {
    return [...wanted]
      .filter(
        ([other, want]) =>
          other !== urn && want.account === account && want.key === key && want.writer.lives,
      )
      .map(([other]) => other)
      .filter(isDeclared);
  }

  return {
    declare(urn) {
      if (declarers.get(urn)?.has(log.own) !== true) log.say({ act: "declares", urn });
    },
    isDeclared(urn) {
      log.catchUp();
      return isDeclared(urn);
    },
    declaredSoFar() {
      log.catchUp();
      return declarers.size;
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
        ) ||
        otherHolder(account, id, urn) !== undefined ||
        (urn !== undefined && isDeclared(urn) && has(urn, account, id))
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
    known(account, id) {
      log.catchUp();
      return known(account, id);
    },
    alike(account, key) {
      log.catchUp();
      return having(account, "key", key);
    },
    forTargets(account, targets) {
      log.catchUp();
      return having(account, "targets", targets);
    },

    wants(account, key, urn) {
      const said = wanted.get(urn);
      if (said?.account === account && said.key === key && said.writer === log.own) return;
      log.say({ act: "wants", account, key, urn });
    },
    otherWanting(account, key, urn) {
      log.catchUp();
      return othersWanting(account, key, urn)[0];
    },
    otherAwaiting(account, key, urn) {
      log.catchUp();
      return othersWanting(account, key, urn).find((other) => {
        const latest = latestOf(other);
        return latest === undefined || latest.act === "replaces";
      });
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

type Digest = "key" | "targets";

const newSet = (): Set<string> => new Set();

function definedIn<Fields extends object>(fields: Fields): Fields {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Fields;
}
