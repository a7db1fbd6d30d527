"use strict";

/** @typedef {"login" | "list" | "get" | "POST" | "DELETE"} CallKind */

/** @type {readonly CallKind[]} */
const CALL_KINDS = ["login", "list", "get", "POST", "DELETE"];

/**
 * What the platform was asked, by kind, from its own books.
 * @param {readonly import("../../src/simulator").RequestRecord[]} requests
 * @returns {Record<CallKind, number>}
 */
function countCalls(requests) {
  const counts = { login: 0, list: 0, get: 0, POST: 0, DELETE: 0 };
  for (const request of requests) counts[kindOf(request)] += 1;
  return counts;
}

/**
 * @param {import("../../src/simulator").RequestRecord} request
 * @returns {CallKind}
 */
function kindOf({ method, path }) {
  if (path.includes("/sec/") || path.startsWith("/v3/")) return "login";
  if (method === "GET")
    return /\/(category|operations|packages|batchtasks)$/.test(path) ? "list" : "get";
  return method === "DELETE" ? "DELETE" : "POST";
}

module.exports = { CALL_KINDS, countCalls };
