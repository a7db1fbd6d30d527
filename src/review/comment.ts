import { count, listed } from "../upgrade/rollout/describe";
import { differenceOf } from "./difference";
import { type Block, strong, type Text } from "./document";
import { isRollout, isTask } from "../resource-kinds";
import { nameInUrn } from "../urn";
import { nameless, reviewRemovedRollout, reviewRollout, type RolloutReview } from "./rollout";
import type { Change, Run } from "./run";
import { driftOf, reviewCompletion, reviewRemoved, reviewTask, type TaskReview } from "./task";

/*
 * What a release manager reads of a run in half a minute. What must not be missed stands first: a comment
 * that is too long is cut from its end.
 */

const STACK = "pulumi:pulumi:Stack";

export function commentOf(run: Run): Block[] {
  const rollouts = run.changes.flatMap((change) => {
    const isThere = isRollout(change.kind) && change.operation !== undefined;
    return isThere && change.operation !== "delete" ? (reviewRollout(change, run) ?? []) : [];
  });
  const tasks = run.changes.flatMap((change) =>
    isTask(change.kind) ? (reviewTask(change) ?? []) : [],
  );
  const completions = run.changes.flatMap((change) =>
    change.kind?.kind === "UpgradeCompletion" ? maybe(reviewCompletion(change)) : [],
  );
  const drift = run.isRefresh ? run.changes.flatMap((change) => maybe(driftOf(change))) : [];
  return [
    { kind: "heading", text: [verdictOf(run, rollouts, tasks, drift.length > 0)] },
    list(failuresOf(run)),
    ...policiesOf(run),
    list(drift),
    ...rollouts.flatMap(({ blocks }) => blocks),
    list([...tasks.map(({ text }) => text), ...completions]),
    list(run.isRefresh ? [] : run.changes.flatMap((change) => removalOf(change))),
    list(warningsOf(run)),
    { kind: "paragraph", text: [countsOf(run)] },
    fold("All that changes", run.isRefresh ? [] : differenceOf(run)),
  ];
}

function verdictOf(
  run: Run,
  rollouts: readonly RolloutReview[],
  tasks: readonly TaskReview[],
  hasDrift: boolean,
): string {
  const { isPreview, isRefresh, hasSucceeded, changes, policies } = run;
  const isRefused = policies.some(({ isMandatory }) => isMandatory);
  const isBroken = changes.some(({ errors }) => errors.length > 0) || run.errors.length > 0;
  if (!hasSucceeded && isRefused && isPreview) return "❌ A policy refuses this merge";
  if (!hasSucceeded || isBroken) {
    if (isRefresh) return "❌ Whether the platform is as declared could not be found out";
    return isPreview
      ? "❌ The preview failed, so this merge cannot be applied"
      : "❌ The up failed";
  }
  if (isRefresh && !hasDrift) return "The platform is as declared";
  if (hasDrift) return "⚠️ The platform is not as declared";
  const worries = rollouts
    .map(({ worry, name }) => (worry === undefined ? "" : `; ${name} is ${worry}`))
    .join("");
  return `${isPreview ? pushesOf([...rollouts, ...tasks], changes) : "The up succeeded"}${worries}`;
}

function pushesOf(
  reviews: readonly Pick<TaskReview, "version" | "adds">[],
  changes: readonly Change[],
): string {
  const pushing = reviews.filter(({ adds }) => adds > 0);
  const adds = pushing.reduce((sum, one) => sum + one.adds, 0);
  const versions = [...new Set(pushing.flatMap(({ version }) => version ?? []))];
  const what = versions.length === 0 ? "a package" : listed(versions);
  const pushes = adds > 0 ? `pushes ${what} to at most ${count(adds, "device")}` : "pushes nothing";
  const removed = changes.flatMap(({ kind, operation, name }) =>
    operation === "delete" && kind !== undefined ? [name] : [],
  );
  if (removed.length > 0) return `This merge ${pushes}, and takes ${listed(removed)} away`;
  const isIdle = changes.every(({ operation }) => operation === "same");
  return isIdle ? "This merge changes nothing" : `This merge ${pushes}`;
}

/** What failed by name; where nothing has one, whatever there is to read. */
function failuresOf({ changes, errors, hasSucceeded, beside, policies }: Run): Text[] {
  const own = changes.flatMap(({ name, errors: said }) =>
    said.map((error): Text => [strong(name), `: ${nameless(error, name)}`]),
  );
  const isRefused = policies.some(({ isMandatory }) => isMandatory);
  if (own.length > 0 || hasSucceeded || isRefused) return own;
  const said = [...errors, ...beside].slice(0, 10);
  return said.length > 0
    ? said.map((line) => [line])
    : [["Pulumi ended before it told anything; the run's log says why."]];
}

/** Objections first, each once; without any, that there was a pack and that it has none. */
function policiesOf({ policies, packs }: Run): Block[] {
  const sorted = [...policies].sort((a, b) => Number(b.isMandatory) - Number(a.isMandatory));
  const items = new Map(
    sorted.map(({ urn = "", policy, isMandatory, message }) => {
      const name = nameInUrn(urn);
      const who = message.includes(name) || urn.includes(STACK) ? "" : `${name}: `;
      const text = `${who}${message} (${policy})`;
      return [text, [isMandatory ? "❌ " : "⚠️ ", text]] as const;
    }),
  );
  if (items.size > 0) return [list([...items.values()])];
  const names = Object.keys(packs);
  if (names.length === 0) return [];
  return [{ kind: "paragraph", text: [`No policy of ${listed(names)} objects.`] }];
}

function removalOf(change: Change): Text[] {
  if (change.operation !== "delete") return [];
  return isRollout(change.kind) ? [reviewRemovedRollout(change)] : maybe(reviewRemoved(change));
}

/** Each once, with the names of all that it is said of. */
function warningsOf({ changes }: Run): Text[] {
  const names = new Map<string, string[]>();
  for (const { name, type, warnings } of changes) {
    for (const warning of warnings) {
      const text = nameless(warning, name);
      const known = names.get(text) ?? [];
      names.set(text, type === STACK ? known : [...known, name]);
    }
  }
  return [...names].map(([text, of]) => {
    const who: Text = of.length === 0 ? [] : [strong(listed(of)), ": "];
    return ["⚠️ ", ...who, text];
  });
}

const COUNTED = ["create", "update", "replace", "delete", "same"] as const;

function countsOf({ counts, changes, isPreview, isRefresh }: Run): string {
  const own = changes.find(({ type }) => type === STACK)?.operation;
  const parts = COUNTED.flatMap((operation) => {
    const all = (counts[operation] ?? 0) - (own === operation ? 1 : 0);
    if (all <= 0) return [];
    return [operation === "same" ? `${all} unchanged` : `${all} to ${operation}`];
  });
  if (parts.length === 0 || isRefresh) return "";
  return `${isPreview ? "" : "Done: "}${parts.join(", ")}.`;
}

function list(items: readonly Text[]): Block {
  return { kind: "list", items };
}

function fold(title: string, lines: readonly string[]): Block {
  return lines.length === 0 ? list([]) : { kind: "fold", title, lines };
}

function maybe(text: Text | undefined): Text[] {
  return text === undefined ? [] : [text];
}
