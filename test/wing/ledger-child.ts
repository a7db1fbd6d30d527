import { createInterface } from "node:readline";

import { createLedger, type Ledger } from "../../src/wing/ledger";

/*
 * A provider process, as far as the ledger goes: it does what it is told on its input, a line of JSON
 * each, and answers with one.
 */

export interface Command {
  readonly number: number;
  readonly method: keyof Ledger | "enter" | "leave";
  readonly given: readonly unknown[];
}

export interface Answer {
  readonly number: number;
  readonly result?: unknown;
}

if (require.main === module) {
  const [folder = "", address = ""] = process.argv.slice(2);
  const ledger = createLedger({
    folder,
    address,
    warn: (text) => process.stderr.write(`${text}\n`),
  });
  const inside = new Map<string, () => void>();

  createInterface({ input: process.stdin }).on("line", (line) => {
    const { number, method, given } = JSON.parse(line) as Command;
    const answer = (result: unknown): void => {
      process.stdout.write(`${JSON.stringify({ number, result } satisfies Answer)}\n`);
    };
    const [key] = given as [string];
    if (method === "enter") {
      void ledger.inTurn(key, () => {
        answer("inside");
        return new Promise<void>((leave) => inside.set(key, leave));
      });
    } else if (method === "leave") {
      inside.get(key)?.();
      answer("left");
    } else {
      const acts = ledger as unknown as Record<string, (...given: readonly unknown[]) => unknown>;
      const result = acts[method]?.(...given);
      answer(result instanceof Set ? [...(result as Set<unknown>)] : result);
    }
  });
}
