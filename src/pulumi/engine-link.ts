import { connect } from "node:net";

import { type Clock, systemClock } from "../clock";
import { CancelledError } from "../errors";

let attached: string | undefined;

/** For an engine that finds this process instead of starting it. */
export function attachTo(address: string): void {
  attached = address;
}

/** The engine's address, which it gives its plugins as their last argument. */
export function engineAddress(): string | undefined {
  const last = attached ?? process.argv.at(-1);
  return last !== undefined && /^[\w.:[\]-]+:\d+$/.test(last) ? last : undefined;
}

/** A computer that is busy may miss one knock; nobody misses three. */
const KNOCKS = 3;
const BETWEEN_KNOCKS_MILLISECONDS = 250;
const CONNECT_MILLISECONDS = 2_000;

/**
 * Whether the engine that started this process no longer listens: its command was killed, or what
 * read its output went away. The parent process tells nothing, for it is a shell that outlives the
 * engine.
 */
export async function isEngineGone(address: string, clock: Clock = systemClock): Promise<boolean> {
  for (let knocks = 0; knocks < KNOCKS; knocks += 1) {
    if (knocks > 0) await clock.sleep(BETWEEN_KNOCKS_MILLISECONDS);
    if (await accepts(address)) return false;
  }
  return true;
}

function accepts(address: string): Promise<boolean> {
  const split = address.lastIndexOf(":");
  return new Promise((resolve) => {
    const socket = connect({
      host: address.slice(0, split).replace(/^\[(.*)\]$/, "$1"),
      port: Number(address.slice(split + 1)),
      timeout: CONNECT_MILLISECONDS,
    });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", end(true)).on("error", end(false)).on("timeout", end(false));
  });
}

/** What is done for an engine that is gone would be in nobody's state. */
export function engineGone(): CancelledError {
  return new CancelledError(
    "The Pulumi engine that asked for this is gone, so nothing more was sent. The next `pulumi up` searches for what exists before it creates.",
  );
}

/** Throws when the engine is gone. Without an address (not a provider process) nothing is known. */
export async function assertEngineAlive(address = engineAddress()): Promise<void> {
  if (address !== undefined && (await isEngineGone(address))) throw engineGone();
}
