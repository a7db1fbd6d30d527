import { setMaxListeners } from "node:events";
import { createRequire } from "node:module";
import { connect } from "node:net";

import { CancelledError } from "../errors";

/** Modules of the SDK that runs this process, which need not be the copy that we were built with. */
export const requireFromRunningSdk = createRequire(require.main?.filename ?? __filename);

/** The engine's address, which it gives its plugins as their last argument. */
export function engineAddress(): string | undefined {
  const last = process.argv.at(-1);
  return last !== undefined && /^[\w.:[\]-]+:\d+$/.test(last) ? last : undefined;
}

const CONNECT_MILLISECONDS = 2_000;

/**
 * Throws when the engine that started this process no longer listens: its command was killed, and
 * what is done now would be in nobody's state. The parent process tells nothing, for it is a shell
 * that outlives the engine. Without an address (not a provider process) nothing is known.
 */
export async function assertEngineAlive(address = engineAddress()): Promise<void> {
  if (address === undefined) return;
  const split = address.lastIndexOf(":");
  const alive = await new Promise<boolean>((resolve) => {
    const socket = connect({
      host: address.slice(0, split),
      port: Number(address.slice(split + 1)),
      timeout: CONNECT_MILLISECONDS,
    });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", end(true)).on("error", end(false)).on("timeout", end(false));
  });
  if (!alive) {
    throw new CancelledError(
      "The Pulumi engine that asked for this is gone, so nothing more was sent. The next `pulumi up` searches for what exists before it creates.",
    );
  }
}

let cancellation: AbortController | undefined;

/**
 * Aborted when the engine was told to stop (the first Ctrl-C).
 *
 * The SDK answers the engine's Cancel call and tells nobody. Its request is an `Empty` message, and
 * no other call that reaches a running provider has one (report.ts reads the engine's Empty replies
 * by itself), so hearing it is hearing Cancel. Where a future SDK works otherwise nothing is heard and waits end at their timeout.
 */
export function cancelSignal(): AbortSignal {
  if (cancellation !== undefined) return cancellation.signal;
  const controller = new AbortController();
  // A hundred operations wait on it, which is no leak; Node's warning would end up on their rows.
  setMaxListeners(0, controller.signal);
  cancellation = controller;
  try {
    const { Empty } = requireFromRunningSdk("google-protobuf/google/protobuf/empty_pb.js") as {
      Empty: { deserializeBinary: (bytes: Uint8Array) => unknown };
    };
    const deserialize = Empty.deserializeBinary.bind(Empty);
    Empty.deserializeBinary = (bytes) => {
      controller.abort();
      return deserialize(bytes);
    };
  } catch {
    // Nothing is heard; see above.
  }
  return controller.signal;
}
