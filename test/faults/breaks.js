"use strict";

/**
 * The ways in which the world can break at one call.
 * @typedef {object} Break
 * @property {string} name
 * @property {Omit<import("../../src/simulator").FaultOptions, "method" | "path">} fault
 * @property {Act} [act] what happens while the call is held
 * @property {boolean} [hasLedger] whether the run can write down what it makes; default `true`
 * @property {"any" | "mutating"} on the calls that it is tried at
 * @property {boolean} [losesReply] whether no process is left that knows of the call
 * @property {boolean} [isHopeless] whether nothing is there by which the next command could know
 *
 * @typedef {"interrupt" | "interrupt twice" | "kill the provider" | "kill the engine"
 *   | "kill the engine alone" | "shut the gate" | LedgerAct} Act
 *
 * @typedef {"cut the ledger" | "take the ledger away" | "add a dead run to the ledger"} LedgerAct
 */

/** @type {readonly Break[]} */
const breaks = [
  {
    name: "connection refused",
    fault: { kind: "hold", takesEffect: false },
    act: "shut the gate",
    on: "any",
  },
  { name: "connection lost before the effect", fault: { kind: "drop" }, on: "any" },
  {
    name: "connection lost after the effect",
    fault: { kind: "drop", takesEffect: true },
    on: "mutating",
  },
  { name: "reply cut in the middle", fault: { kind: "cutReply" }, on: "any" },
  { name: "reply that is no JSON", fault: { kind: "notJson" }, on: "any" },
  { name: "500 before the effect", fault: { kind: "serverError" }, on: "any" },
  {
    name: "500 after the effect",
    fault: { kind: "serverError", takesEffect: true },
    on: "mutating",
  },
  { name: "throttled", fault: { kind: "throttle" }, on: "any" },
  { name: "404 of a proxy", fault: { kind: "proxyNotFound" }, on: "any" },
  { name: "token ended", fault: { kind: "tokenExpired" }, on: "mutating" },
  { name: "token taken by another login", fault: { kind: "tokenTaken" }, on: "mutating" },
  {
    name: "executed, and the reply too late",
    fault: { kind: "slowReply", seconds: 4 },
    on: "mutating",
  },
  { name: "Ctrl-C", fault: { kind: "hold" }, act: "interrupt", on: "any" },
  {
    name: "Ctrl-C twice",
    fault: { kind: "hold" },
    act: "interrupt twice",
    on: "mutating",
    losesReply: true,
  },
  {
    name: "provider process killed",
    fault: { kind: "hold" },
    act: "kill the provider",
    on: "mutating",
    losesReply: true,
  },
  {
    name: "engine killed",
    fault: { kind: "hold" },
    act: "kill the engine",
    on: "mutating",
    losesReply: true,
  },
  {
    name: "engine killed, its provider still at work",
    fault: { kind: "hold" },
    act: "kill the engine alone",
    on: "mutating",
    losesReply: true,
  },
  { name: "ledger cut", fault: { kind: "hold" }, act: "cut the ledger", on: "mutating" },
  {
    name: "ledger taken away",
    fault: { kind: "hold" },
    act: "take the ledger away",
    on: "mutating",
  },
  {
    name: "ledger with lines of a run that is dead",
    fault: { kind: "hold" },
    act: "add a dead run to the ledger",
    on: "mutating",
  },
  {
    name: "reply lost, and no ledger can be written",
    fault: { kind: "drop", takesEffect: true },
    hasLedger: false,
    on: "mutating",
  },
  {
    name: "engine killed before the effect",
    fault: { kind: "hold", takesEffect: false },
    act: "kill the engine",
    on: "mutating",
  },
];

/**
 * Where lists lag, a command that runs before the list shows what a lost call has made has nothing to
 * know it by: these are tried too, and what they tell is no surprise.
 * @type {readonly Break[]}
 */
const withinTheLag = breaks
  .filter(({ losesReply }) => losesReply === true)
  .map((broken) => ({
    ...broken,
    name: `${broken.name}, next command within the lag`,
    isHopeless: true,
  }));

module.exports = { breaks, withinTheLag };
