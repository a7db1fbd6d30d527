import { PlatformError } from "../../errors";
import type { HowFresh } from "../../http/endpoint";
import type { PlatformCall } from "../../wing/platform-call";
import { isGone } from "./faults";

export const ANEW: HowFresh = { maxAgeSeconds: 0 };

/** Makes one call in the project, whose id it puts in. */
export type Ask = <Reply>(call: PlatformCall<Reply>, how?: HowFresh) => Promise<Reply>;

/** `undefined` when the platform says that there is no such object. */
export async function orGone<Reply>(look: () => Promise<Reply>): Promise<Reply | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof PlatformError && isGone(error.status, error.code)) return undefined;
    throw error;
  }
}
