import { iotda } from "./iotda";
import { northbound } from "./northbound";
import type { Wing } from "./wing";

/** All wings of the library. */
export const wings: readonly Wing[] = [northbound, iotda];
