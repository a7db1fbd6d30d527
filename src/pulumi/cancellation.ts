import { setMaxListeners } from "node:events";
import { createServer, type Http2Server, type IncomingHttpHeaders } from "node:http2";

import { CancelledError } from "../errors";
import { engineAddress, engineGone, isEngineGone } from "./engine-link";

let cancellation: AbortController | undefined;

/**
 * Aborted when the engine was told to stop (the first Ctrl-C), or is gone. Its reason is the sentence
 * to say. In a process that no engine started nothing aborts it.
 */
export function cancelSignal(): AbortSignal {
  if (cancellation !== undefined) return cancellation.signal;
  const controller = new AbortController();
  // A hundred operations wait on it, which is no leak; Node's warning would end up on their rows.
  setMaxListeners(0, controller.signal);
  cancellation = controller;
  const engine = engineAddress();
  if (engine !== undefined) {
    hearCancel(() => {
      controller.abort(
        new CancelledError("The operation was cancelled, so nothing more was sent."),
      );
    });
    endWith(engine, controller);
  }
  return controller.signal;
}

const CANCEL = "/pulumirpc.ResourceProvider/Cancel";

/**
 * The SDK answers the engine's Cancel call and tells nobody. The call is heard by its name, where
 * Node hands each call to the server that the SDK started (docs/decisions/hearing-cancel.md).
 */
function hearCancel(heard: () => void): void {
  const servers = Object.getPrototypeOf(createServer()) as {
    emit: (this: Http2Server, ...given: unknown[]) => boolean;
  };
  const { emit } = servers;
  servers.emit = function (...given) {
    const [event, , headers] = given as [unknown, unknown, IncomingHttpHeaders | undefined];
    if (event === "stream" && headers?.[":path"] === CANCEL) heard();
    return emit.apply(this, given);
  };
}

const WATCH_MILLISECONDS = 2_000;
/** For the reply to what was sent before, which the audit log should have. */
const LAST_MILLISECONDS = 3_000;

/**
 * Ends this process soon after its engine, whether something runs in it or not: nobody else would,
 * and nobody hears what it has to say.
 */
function endWith(engine: string, controller: AbortController): void {
  const look = async (): Promise<void> => {
    if (!(await isEngineGone(engine))) {
      watch();
      return;
    }
    controller.abort(engineGone());
    setTimeout(() => process.exit(1), LAST_MILLISECONDS);
  };
  const watch = (): void => {
    setTimeout(() => void look(), WATCH_MILLISECONDS).unref();
  };
  watch();
}
