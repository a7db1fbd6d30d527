"use strict";

const { spawn } = require("node:child_process");
const fs = require("node:fs");
const { createRequire } = require("node:module");
const { createServer } = require("node:net");
const { ResourceProviderClient } = require("@pulumi/pulumi/proto/provider_grpc_pb");
const {
  CheckRequest,
  ConfigureRequest,
  CreateRequest,
} = require("@pulumi/pulumi/proto/provider_pb");

/** @type {(name: string) => unknown} */
const requireFromSdk = createRequire(require.resolve("@pulumi/pulumi"));
const { credentials } = /** @type {typeof import("@grpc/grpc-js")} */ (
  requireFromSdk("@grpc/grpc-js")
);
const { Struct } = /** @type {typeof import("google-protobuf/google/protobuf/struct_pb")} */ (
  requireFromSdk("google-protobuf/google/protobuf/struct_pb")
);

/** @typedef {import("@pulumi/pulumi/proto/provider_pb").CheckResponse} CheckResponse */
/** @typedef {import("./stack.js").Cost} Cost */
/** @typedef {Record<"port" | "firstCheck" | "firstCall", Cost>} StartUp */

/**
 * Starts a provider process as the engine does, and asks it to check a wait, for which no provider
 * calls its platform; then to check and make one new resource, for which ours does.
 * @param {object} options
 * @param {string} options.directory a project's
 * @param {NodeJS.ProcessEnv} options.environment
 * @param {string} options.loader the resource's `__provider`
 * @param {{ loader: string, inputs: Record<string, unknown> }} options.wait a resource of the same wing
 * @param {Record<string, unknown>} options.inputs
 * @returns {Promise<StartUp>} from the start until it says its port, from there until the reply to the
 *   check, and from there until it is made
 */
async function timeStartUp({ directory, environment, loader, inputs, wait }) {
  const script = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");
  const command = [process.execPath, script];
  return await withProvider({ directory, environment, command }, async (child, startedAt) => {
    let before = { seconds: startedAt, cpuSeconds: 0 };
    const port = await firstLine(child.stdout);
    /** @returns {Cost} since it was last asked for */
    const lap = () => {
      const now = { seconds: performance.now() / 1000, cpuSeconds: cpuSecondsOf(child.pid ?? 0) };
      const cost = {
        seconds: now.seconds - before.seconds,
        cpuSeconds: now.cpuSeconds - before.cpuSeconds,
      };
      before = now;
      return cost;
    };
    const listening = lap();
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    await answer((done) => {
      client.configure(new ConfigureRequest().setArgs(Struct.fromJavaScript({})), done);
    });
    const urn = "urn:pulumi:dev::bench::pulumi-nodejs:dynamic/bench::first";
    const check = async (
      /** @type {import("google-protobuf/google/protobuf/struct_pb").Struct} */ news,
    ) => {
      const request = new CheckRequest()
        .setUrn(urn)
        .setOlds(Struct.fromJavaScript({}))
        .setNews(news);
      /** @type {CheckResponse} */
      const reply = await answer((done) => {
        client.check(request, done);
      });
      const [failure] = reply.getFailuresList();
      if (failure !== undefined) throw new Error(`A check failed: ${failure.getReason()}`);
      return reply.getInputs();
    };
    await check(Struct.fromJavaScript({ ...wait.inputs, __provider: wait.loader }));
    const firstCheck = lap();
    const checked = await check(Struct.fromJavaScript({ ...inputs, __provider: loader }));
    await answer((done) => {
      client.create(new CreateRequest().setUrn(urn).setProperties(checked), done);
    });
    const firstCall = lap();
    client.close();
    return { port: listening, firstCheck, firstCall };
  });
}

/**
 * Starts a provider process as the engine does.
 * @param {ProviderCommand} options
 * @returns {Promise<number>} its seconds of CPU until it says its port
 */
async function timePort(options) {
  return await withProvider(options, async (child) => {
    await firstLine(child.stdout);
    return cpuSecondsOf(child.pid ?? 0);
  });
}

/** @typedef {{ directory: string, environment: NodeJS.ProcessEnv, command: readonly string[] }} ProviderCommand */

/**
 * A provider process for as long as the work takes, with somebody who listens where it takes its engine
 * to be.
 * @template Result
 * @param {ProviderCommand} options
 * @param {(child: import("node:child_process").ChildProcessByStdio<null, import("node:stream").Readable, null>, startedAt: number) => Promise<Result>} work
 *   is told when it was started, in seconds
 * @returns {Promise<Result>}
 */
async function withProvider({ directory, environment, command: [program = "", ...args] }, work) {
  const engine = createServer();
  await new Promise((resolve) => engine.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (engine.address());
  const startedAt = performance.now() / 1000;
  const child = spawn(program, [...args, `127.0.0.1:${port}`], {
    cwd: directory,
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    return await work(child, startedAt);
  } finally {
    child.kill();
    engine.close();
  }
}

/**
 * Of all its threads that still run; ticks of a hundredth of a second would be too coarse.
 * @param {number} pid
 */
function cpuSecondsOf(pid) {
  try {
    const nanoseconds = fs
      .readdirSync(`/proc/${pid}/task`)
      .map((task) => fs.readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
    return nanoseconds.reduce((sum, text) => sum + Number(text), 0) / 1e9;
  } catch {
    return Number.NaN;
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

module.exports = { timePort, timeStartUp };
