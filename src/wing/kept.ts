import type { Clock } from "../clock";
import type { Age } from "../upgrade/fleet";

/** Answers that all who ask the same within some time share; one that failed is asked for again. */
export interface Kept<Answer> {
  get(what: string, age: Age, ask: () => Promise<Answer>): Promise<Answer>;
  /** What was answered, or is being asked, where it is young enough. */
  peek(what: string, age: Age): Promise<Answer> | undefined;
  /** How many young ones there are. */
  size(): number;
}

interface Entry<Answer> {
  readonly askedAt: number;
  readonly answer: Promise<Answer>;
}

export function createKept<Answer>(clock: Clock, seconds: number): Kept<Answer> {
  const entries = new Map<string, Entry<Answer>>();

  function isYoung({ askedAt }: Entry<Answer>, { maxAgeSeconds = seconds }: Age): boolean {
    return clock.elapsed() - askedAt < Math.min(maxAgeSeconds, seconds) * 1_000;
  }

  function peek(what: string, age: Age): Promise<Answer> | undefined {
    const entry = entries.get(what);
    return entry !== undefined && isYoung(entry, age) ? entry.answer : undefined;
  }

  return {
    peek,
    get(what, age, ask) {
      const known = peek(what, age);
      if (known !== undefined) return known;
      for (const [key, entry] of entries) if (!isYoung(entry, {})) entries.delete(key);
      const answer = ask();
      entries.set(what, { askedAt: clock.elapsed(), answer });
      answer.catch(() => {
        if (entries.get(what)?.answer === answer) entries.delete(what);
      });
      return answer;
    },
    size: () => [...entries.values()].filter((entry) => isYoung(entry, {})).length,
  };
}
