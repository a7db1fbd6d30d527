import { dynamicDoor } from "./dynamic-door";
import type { WriteLine } from "./engine-log";

/** What a process has of its engine, by the door through which the engine came in. */
export interface Door {
  /** Calls back when the engine says that the operation is cancelled. */
  readonly hearCancel: (heard: () => void) => void;
  /** The way to the engine's log; `undefined` where the SDK has none. */
  readonly openLog: (address: string) => WriteLine | undefined;
}

let entered: Door = dynamicDoor;

/** Called before anything else is, by a process that is no dynamic provider. */
export function enterBy(door: Door): void {
  entered = door;
}

export function currentDoor(): Door {
  return entered;
}
