/*
 * The wings, each loaded when somebody first asks for it: a process that serves one takes no time for
 * the other.
 */

/* eslint-disable @typescript-eslint/no-require-imports */
export type Northbound = typeof import("./northbound/provider.js");
export type Iotda = typeof import("./iotda/provider.js");
export const northbound = (): Northbound => require("./northbound/provider.js") as Northbound;
export const iotda = (): Iotda => require("./iotda/provider.js") as Iotda;
