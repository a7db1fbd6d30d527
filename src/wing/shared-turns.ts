import { createHash, randomUUID } from "node:crypto";

import type { Clock } from "../clock";
import { CancelledError, OtaError } from "../errors";
import { createTurns } from "../upgrade/turns";
import type { RunLog, Writer } from "./run-log";

/** What a process says of a turn: it wants it, in the order in which that is heard, or is done. */
export interface TurnAct {
  readonly act: "claims" | "ends";
  readonly key: string;
  readonly claim: string;
}

export interface SharedTurns {
  hear(act: TurnAct, writer: Writer): void;
  inTurn<Result>(key: string, work: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
}

interface Claim {
  readonly claim: string;
  readonly writer: Writer;
}

const POLL_MILLISECONDS = 75;
/** Longer than the longest create takes: its pauses make a quarter of an hour at most. */
const PATIENCE_MILLISECONDS = 30 * 60_000;

/** Turns among all processes that share a log: the first claim whose writer lives has its turn. */
export function createSharedTurns(
  log: Pick<RunLog<TurnAct>, "say" | "catchUp">,
  clock: Clock,
): SharedTurns {
  const inTurnHere = createTurns();
  const claims = new Map<string, Claim[]>();

  async function untilFirst(key: string, claim: string, signal?: AbortSignal): Promise<void> {
    let before: Claim | undefined;
    let since = clock.elapsed();
    while (log.catchUp()) {
      const first = claims.get(key)?.find(({ writer }) => writer.lives);
      if (first === undefined || first.claim === claim) return;
      if (signal?.aborted === true) {
        throw new CancelledError(
          "The operation was cancelled while another provider process of this run worked on the same; nothing was sent.",
        );
      }
      if (first !== before) since = clock.elapsed();
      before = first;
      if (clock.elapsed() - since >= PATIENCE_MILLISECONDS) {
        throw new OtaError(
          `Another provider process of this run (${first.writer.mark.pid}) has worked on the same for half an hour and is not done, so nothing was sent. Run \`pulumi up\` once more when this one is over: it searches before it creates.`,
        );
      }
      await clock.sleep(POLL_MILLISECONDS, signal);
    }
  }

  return {
    hear({ act, key, claim }, writer) {
      const others = (claims.get(key) ?? []).filter((one) => one.claim !== claim);
      const left = act === "claims" ? [...others, { claim, writer }] : others;
      if (left.length === 0) claims.delete(key);
      else claims.set(key, left);
    },

    inTurn(name, work, signal) {
      // Names hold whatever is declared, which is long and nobody's to read.
      const key = createHash("sha256").update(name).digest("hex");
      return inTurnHere(key, async () => {
        const claim = randomUUID();
        log.say({ act: "claims", key, claim });
        try {
          await untilFirst(key, claim, signal);
          return await work();
        } finally {
          log.say({ act: "ends", key, claim });
        }
      });
    },
  };
}
