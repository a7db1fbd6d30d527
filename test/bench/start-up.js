"use strict";

const { spawn } = require("node:child_process");
const { createRequire } = require("node:module");
const { createServer } = require("node:net");
const { ResourceProviderClient } = require("@pulumi/pulumi/proto/provider_grpc_pb");
const { CheckRequest, ConfigureRequest } = require("@pulumi/pulumi/proto/provider_pb");

/** @type {(name: string) => unknown} */
const requireFromSdk = createRequire(require.resolve("@pulumi/pulumi"));
const { credentials } = /** @type {typeof import("@grpc/grpc-js")} */ (
  requireFromSdk("@grpc/grpc-js")
);
const { Struct } = /** @type {typeof import("google-protobuf/google/protobuf/struct_pb")} */ (
  requireFromSdk("google-protobuf/google/protobuf/struct_pb")
);

/** @typedef {import("@pulumi/pulumi/proto/provider_pb").CheckResponse} CheckResponse */

/**
 * Starts a provider process as the engine does and asks it to check one new resource.
 * @param {object} options
 * @param {string} options.directory a project's
 * @param {NodeJS.ProcessEnv} options.environment
 * @param {string} options.loader the resource's `__provider`
 * @param {Record<string, unknown>} options.inputs
 * @returns {Promise<{ port: number, firstCheck: number }>} seconds from the start until it says its
 *   port, and from there until the reply
 */
async function timeStartUp({ directory, environment, loader, inputs }) {
  const engine = createServer();
  await new Promise((resolve) => engine.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = /** @type {import("node:net").AddressInfo} */ (engine.address());
  const script = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");

  const started = performance.now();
  const child = spawn(process.execPath, [script, `127.0.0.1:${address.port}`], {
    cwd: directory,
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const port = await firstLine(child.stdout);
    const listening = performance.now();
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    await answer((done) => {
      client.configure(new ConfigureRequest().setArgs(Struct.fromJavaScript({})), done);
    });
    const request = new CheckRequest()
      .setUrn("urn:pulumi:dev::bench::pulumi-nodejs:dynamic/bench::first")
      .setOlds(Struct.fromJavaScript({}))
      .setNews(Struct.fromJavaScript({ ...inputs, __provider: loader }));
    /** @type {CheckResponse} */
    const reply = await answer((done) => {
      client.check(request, done);
    });
    const checked = performance.now();
    client.close();
    const [failure] = reply.getFailuresList();
    if (failure !== undefined) throw new Error(`The first check failed: ${failure.getReason()}`);
    return { port: (listening - started) / 1000, firstCheck: (checked - listening) / 1000 };
  } finally {
    child.kill();
    engine.close();
  }
}

/**
 * @param {import("node:stream").Readable} stream
 * @returns {Promise<string>}
 */
function firstLine(stream) {
  return new Promise((resolve, reject) => {
    let text = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk) => {
      text += String(chunk);
      const end = text.indexOf("\n");
      if (end >= 0) resolve(text.slice(0, end));
    });
    stream.on("end", () => reject(new Error("The provider process ended without a port.")));
  });
}

/**
 * @template Reply
 * @param {(done: (error: Error | null, reply: Reply) => void) => void} call
 * @returns {Promise<Reply>}
 */
function answer(call) {
  return new Promise((resolve, reject) => {
    call((error, reply) => {
      if (error === null) resolve(reply);
      else reject(error);
    });
  });
}

module.exports = { timeStartUp };
