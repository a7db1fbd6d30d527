import { setMaxListeners } from "node:events";

import { CancelledError } from "../errors";
import { currentDoor } from "./door";
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
    currentDoor().hearCancel(() => {
      controller.abort(
        new CancelledError("The operation was cancelled, so nothing more was sent."),
      );
    });
    endWith(engine, controller);
  }
  return controller.signal;
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
