"use strict";

const pulumi = require("@pulumi/pulumi");

/** Opened as this library opens its own, so that nothing but the library's work differs. */
const LOADER = `exports.handler = () => require("module").createRequire(process.cwd() + "/_")("bare/provider");`;

/** The bare cost of the engine: a resource of any inputs, and a provider that does nothing. */
class Bare extends pulumi.CustomResource {
  /**
   * @param {string} name
   * @param {Record<string, unknown>} args
   */
  constructor(name, args) {
    super("pulumi-nodejs:dynamic/bench:Bare", name, { ...args, __provider: LOADER });
  }
}

module.exports = { Bare };
