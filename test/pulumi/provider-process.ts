import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { transformFileSync } from "@swc/core";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { typeOf } from "../../src/pulumi/dynamic-resource";
import { loaderOf } from "../../src/pulumi/loader";

/*
 * The SDK's own provider process, started and spoken to as the engine does, with the library loaded
 * through the text that stands in the states.
 */

const ROOT = resolve(__dirname, "../..");

export type Fields = Readonly<Record<string, unknown>>;

/** Compiles the library as it is now into a folder where a program would find it. */
export function installLibrary(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "provider-process-"));
  const modules = join(folder, "node_modules");
  const library = join(modules, "pulumi-huawei-ota");
  mkdirSync(library, { recursive: true });
  for (const name of ["@pulumi", "undici", "zod"]) {
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
  cpSync(join(ROOT, "package.json"), join(library, "package.json"));
  for (const file of readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const target = join(library, "dist", file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    const { code } = transformFileSync(join(ROOT, "src", file), {
      swcrc: false,
      jsc: { parser: { syntax: "typescript" }, target: "es2023" },
      module: { type: "commonjs" },
    });
    writeFileSync(target, code);
  }
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true });
    },
  };
}

export interface Line {
  readonly severity: number;
  readonly message: string;
  readonly urn: string;
  readonly ephemeral: boolean;
}

/** What an engine is to a provider: somebody who listens. */
export class FakeEngine {
  readonly lines: Line[] = [];
  address = "";
  private readonly server = new grpc.Server();
  private readonly listeners = new Set<() => void>();

  async start(): Promise<void> {
    this.server.addService(EngineService, {
      log: (call: { request: LogRequest }, callback: (error: null, reply: Empty) => void) => {
        const { request } = call;
        this.lines.push({
          severity: request.getSeverity(),
          message: request.getMessage(),
          urn: request.getUrn(),
          ephemeral: request.getEphemeral(),
        });
        callback(null, new Empty());
        for (const listener of this.listeners) listener();
      },
    });
    const port = await new Promise<number>((done, fail) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      this.server.bindAsync("127.0.0.1:0", credentials, (error, bound) => {
        if (error === null) done(bound);
        else fail(error);
      });
    });
    this.address = `127.0.0.1:${String(port)}`;
  }

  /** The first line like this, on any row or a certain one; it may still be to come. */
  line(text: string, urn?: string): Promise<Line> {
    return new Promise((done) => {
      const look = (): void => {
        const found = this.lines.find(
          (one) => one.message.includes(text) && one.urn === (urn ?? one.urn),
        );
        if (found === undefined) return;
        this.listeners.delete(look);
        done(found);
      };
      this.listeners.add(look);
      look();
    });
  }

  stop(): void {
    this.server.forceShutdown();
  }
}

/** A create or update that left something behind. */
export class PartialFailure extends Error {
  readonly id: string;
  readonly properties: Fields;
  readonly reasons: readonly string[];

  constructor(message: string, detail: messages.ErrorResourceInitFailed) {
    super(message);
    this.id = detail.getId();
    this.properties = fieldsOf(detail.getProperties());
    this.reasons = detail.getReasonsList();
  }
}

export interface Outcome {
  readonly id: string;
  readonly properties: Fields;
}

export function struct(fields: Fields): Struct {
  return Struct.fromJavaScript(
    JSON.parse(JSON.stringify(fields)) as Parameters<typeof Struct.fromJavaScript>[0],
  );
}

export function fieldsOf(given: Struct | undefined): Fields {
  return given?.toJavaScript() ?? {};
}

type Callback<Reply> = (error: grpc.ServiceError | null, reply: Reply) => void;

export function answer<Reply>(ask: (callback: Callback<Reply>) => unknown): Promise<Reply> {
  return new Promise((done, fail) => {
    ask((error, reply) => {
      if (error === null) done(reply);
      else fail(toError(error));
    });
  });
}

function toError(error: grpc.ServiceError): Error {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (!(bytes instanceof Uint8Array)) return new Error(error.details);
  const status = Status.deserializeBinary(bytes);
  const detail = status
    .getDetailsList()[0]
    ?.unpack(
      (packed) => messages.ErrorResourceInitFailed.deserializeBinary(packed),
      "pulumirpc.ErrorResourceInitFailed",
    );
  return detail ? new PartialFailure(status.getMessage(), detail) : new Error(error.details);
}

/** A resource of the program: its kind and its row. */
export interface Row {
  readonly kind: string;
  readonly urn: string;
  readonly hidden: Fields;
}

export function row(kind: string, name = "one"): Row {
  const urn = `urn:pulumi:test::meters::${typeOf(kind)}::${name}`;
  return { kind, urn, hidden: { __urn: urn, __provider: loaderOf(kind) } };
}

export class ProviderProcess {
  private readonly child: ChildProcess;
  private readonly client: ResourceProviderClient;
  readonly output: { text: string };

  private constructor(
    child: ChildProcess,
    client: ResourceProviderClient,
    output: { text: string },
  ) {
    this.child = child;
    this.client = client;
    this.output = output;
  }

  static async start(
    folder: string,
    engineAddress: string,
    config: Fields,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<ProviderProcess> {
    const program = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");
    const child = spawn(process.execPath, [program, engineAddress], {
      cwd: folder,
      env: { PATH: process.env["PATH"], ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { text: "" };
    child.stderr.on("data", (chunk: Buffer) => (output.text += chunk.toString()));
    const port = await new Promise<string>((done, fail) => {
      child.stdout.once("data", (chunk: Buffer) => {
        done(chunk.toString().trim());
      });
      child.once("exit", () => {
        fail(new Error(`The provider process ended: ${output.text}`));
      });
    });
    const client = new ResourceProviderClient(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
    );
    await answer<unknown>((done) => client.getPluginInfo(new Empty(), done));
    const request = new messages.ConfigureRequest();
    request.setArgs(struct(config));
    await answer<unknown>((done) => client.configure(request, done));
    return new ProviderProcess(child, client, output);
  }

  get pid(): number {
    return this.child.pid ?? Number.NaN;
  }

  async check({ urn, hidden }: Row, news: Fields, olds: Fields = {}) {
    const request = new messages.CheckRequest();
    request.setUrn(urn);
    request.setNews(struct({ ...news, ...hidden }));
    request.setOlds(struct(olds));
    const reply = await answer<messages.CheckResponse>((done) => this.client.check(request, done));
    const failures = reply.getFailuresList().map((failure) => failure.getReason());
    return { inputs: fieldsOf(reply.getInputs()), failures };
  }

  async diff({ urn }: Row, id: string, olds: Fields, news: Fields) {
    const request = new messages.DiffRequest();
    request.setId(id);
    request.setUrn(urn);
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const reply = await answer<messages.DiffResponse>((done) => this.client.diff(request, done));
    const changes = ["unknown", "none", "some"][reply.getChanges()];
    return { changes, replaces: reply.getReplacesList() };
  }

  async create({ urn }: Row, properties: Fields): Promise<Outcome> {
    const request = new messages.CreateRequest();
    request.setUrn(urn);
    request.setProperties(struct(properties));
    const reply = await answer<messages.CreateResponse>((done) =>
      this.client.create(request, done),
    );
    return { id: reply.getId(), properties: fieldsOf(reply.getProperties()) };
  }

  async read({ urn }: Row, id: string, properties: Fields): Promise<Outcome & { inputs: Fields }> {
    const request = new messages.ReadRequest();
    request.setId(id);
    request.setUrn(urn);
    request.setProperties(struct(properties));
    const reply = await answer<messages.ReadResponse>((done) => this.client.read(request, done));
    return {
      id: reply.getId(),
      properties: fieldsOf(reply.getProperties()),
      inputs: fieldsOf(reply.getInputs()),
    };
  }

  async update({ urn }: Row, id: string, olds: Fields, news: Fields): Promise<Fields> {
    const request = new messages.UpdateRequest();
    request.setId(id);
    request.setUrn(urn);
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const reply = await answer<messages.UpdateResponse>((done) =>
      this.client.update(request, done),
    );
    return fieldsOf(reply.getProperties());
  }

  async delete({ urn }: Row, id: string, properties: Fields): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setId(id);
    request.setUrn(urn);
    request.setProperties(struct(properties));
    await answer<unknown>((done) => this.client.delete(request, done));
  }

  /** What the engine calls at the first Ctrl-C. */
  async cancel(): Promise<void> {
    await answer<unknown>((done) => this.client.cancel(new Empty(), done));
  }

  /** As `pulumi up` does it: check, then create. */
  async up(resource: Row, news: Fields): Promise<Outcome & { inputs: Fields }> {
    const { inputs, failures } = await this.check(resource, news);
    if (failures.length > 0) throw new Error(`The inputs are refused: ${failures.join("; ")}`);
    const outcome = await this.create(resource, inputs);
    return { ...outcome, inputs };
  }

  async stop(): Promise<void> {
    this.client.close();
    const ended = new Promise((done) => this.child.once("exit", done));
    if (this.child.exitCode === null && this.child.kill("SIGKILL")) await ended;
  }
}

/** Works with a process that lives as long as the work. */
export async function withProcess(
  started: Promise<ProviderProcess>,
  work: (own: ProviderProcess) => Promise<void>,
): Promise<void> {
  const own = await started;
  try {
    await work(own);
  } finally {
    await own.stop();
  }
}
