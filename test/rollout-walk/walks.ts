import { type History, historyOf, type Step } from "./history";
import { Play } from "./play";

export interface Fall {
  readonly seed: number;
  readonly message: string;
  readonly steps: readonly Step[];
  readonly story: readonly string[];
}

/** Why a history breaks a promise; `undefined` where it breaks none. */
async function fallOf(history: History): Promise<string | undefined> {
  try {
    await new Play(history).run(history.steps);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Plays the history of a seed; where it breaks a promise, the shortest one that breaks one of the same kind. */
export async function walk(seed: number): Promise<Fall | undefined> {
  const history = historyOf(seed);
  const message = await fallOf(history);
  if (message === undefined) return undefined;
  const short = await shrink(history, kindOf(message));
  const play = new Play(short, true);
  const last = await play.run(short.steps).then(
    () => message,
    (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)),
  );
  return { seed, message: last, steps: short.steps, story: play.story };
}

/** A promise without the names in it. */
function kindOf(message: string): string {
  return message.replaceAll(/\b[dt]?\d+\b/g, "#").slice(0, 40);
}

async function shrink(history: History, kind: string): Promise<History> {
  let best = history;
  for (let size = Math.ceil(best.steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from + size <= best.steps.length;) {
      const steps = [...best.steps.slice(0, from), ...best.steps.slice(from + size)];
      const shorter = { ...best, steps };
      const message = await fallOf(shorter);
      if (message !== undefined && kindOf(message) === kind) best = shorter;
      else from += size;
    }
  }
  for (const simpler of [{ devices: 3 }, { devices: 5 }, { lagSeconds: 0 }]) {
    const message = await fallOf({ ...best, ...simpler });
    if (message !== undefined && kindOf(message) === kind) {
      best = { ...best, ...simpler };
      break;
    }
  }
  return best;
}
