import type { Book } from "./book";
import { BACK, type RolloutDeclaration } from "./declaration";
import type { Survey } from "./survey";

/** After `rerunAfter` waves that have somebody to push are open again; who has no wave gets the last one. */
export function reopen(book: Book, { waves }: RolloutDeclaration, survey: Survey): void {
  const last = waves.at(-1)?.name ?? "";
  const names = new Set([BACK, ...waves.map(({ name }) => name)]);
  const isDue = (name: string): boolean => name === "toPush" || name === "busy";
  const wasThrough = book.isThrough || book.waves.some(({ name }) => name === last);
  for (const device of survey.devices.values()) {
    if (!isDue(device.standing.name)) continue;
    const entry = book.entries.get(device.key);
    if (entry?.wave !== undefined && !names.has(entry.wave)) entry.wave = last;
  }
  if (wasThrough) takeLate(book, last, survey);
  const due = new Set<string>();
  for (const { key, standing } of survey.devices.values()) {
    const wave = book.entries.get(key)?.wave;
    if (wave !== undefined && isDue(standing.name)) due.add(wave);
  }
  book.waves = book.waves.filter(({ name, overAt }) => overAt === undefined || !due.has(name));
  if (due.size > 0) book.isThrough = false;
  survey.renew();
}

/** Whom no wave has taken, and none would. */
function takeLate(book: Book, last: string, survey: Survey): void {
  for (const { key, standing, facts } of [...survey.untaken()]) {
    if (standing.name !== "toPush" && standing.name !== "busy") continue;
    const entry = book.entries.get(key);
    const from = facts?.version;
    const fresh = { wasOnline: false, result: "none", attempts: 0, postedAt: 0 } as const;
    book.entries.set(key, { ...fresh, ...entry, wave: last, from, ranIt: false, left: "no" });
  }
}
