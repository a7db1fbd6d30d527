import { type ChildProcess, spawn } from "node:child_process";
import { cpSync } from "node:fs";
import { join, resolve } from "node:path";

import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { answer, type Fields, fieldsOf, type Outcome, struct } from "../pulumi/provider-process";

/* The plugin's own process, started by its script and spoken to as the engine does. */

const ROOT = resolve(__dirname, "../..");

/** The provider that a program without an explicit one has. */
const DEFAULT = "urn:pulumi:test::meters::pulumi:providers:huawei-ota::default_0_1_0";

/** The address of a resource: `northbound:VersionPackage`. */
export function urnOf(type: string, name = "one"): string {
  return `urn:pulumi:test::meters::huawei-ota:${type}::${name}`;
}

export interface PluginStart {
  /** Where the library is installed. */
  readonly folder: string;
  readonly engine: string;
  readonly config?: Fields;
  /** Of the provider that is configured; by default the default one. */
  readonly provider?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The plugin's folder, beside the library as a package has it. */
export function installPlugin(folder: string): string {
  const plugin = join(folder, "node_modules/pulumi-huawei-ota/plugin");
  cpSync(join(ROOT, "plugin"), plugin, { recursive: true });
  return plugin;
}

export class PluginProcess {
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcess;
  private readonly client: ResourceProviderClient;

  private constructor(child: ChildProcess, client: ResourceProviderClient) {
    this.child = child;
    this.client = client;
    this.ended = new Promise((done) => child.once("exit", done));
  }

  static async start({ folder, engine, ...options }: PluginStart): Promise<PluginProcess> {
    const script = join(folder, "node_modules/pulumi-huawei-ota/plugin/pulumi-resource-huawei-ota");
    const child = spawn(script, [engine], {
      cwd: folder,
      env: { PATH: process.env["PATH"], ...options.environment },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const port = await new Promise<string>((done, fail) => {
      child.stdout.once("data", (chunk: Buffer) => {
        done(chunk.toString().trim());
      });
      child.once("exit", () => {
        fail(new Error("The plugin's process ended."));
      });
    });
    const client = new ResourceProviderClient(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
    );
    const plugin = new PluginProcess(child, client);
    await plugin.configure(options.config ?? {}, options.provider ?? DEFAULT);
    return plugin;
  }

  async configure(config: Fields, provider: string): Promise<messages.ConfigureResponse> {
    const request = new messages.ConfigureRequest();
    request.setUrn(provider);
    request.setArgs(struct(config));
    return answer((done) => this.client.configure(request, done));
  }

  async schema(): Promise<unknown> {
    const reply = await answer<messages.GetSchemaResponse>((done) =>
      this.client.getSchema(new messages.GetSchemaRequest(), done),
    );
    return JSON.parse(reply.getSchema()) as unknown;
  }

  async checkConfig(provider: string, news: Fields) {
    const request = new messages.CheckRequest();
    request.setUrn(provider);
    request.setNews(struct(news));
    return checked(await answer((done) => this.client.checkConfig(request, done)));
  }

  async diffConfig(provider: string, olds: Fields, news: Fields) {
    const request = new messages.DiffRequest();
    request.setUrn(provider);
    request.setOldInputs(struct(olds));
    request.setNews(struct(news));
    return differed(await answer((done) => this.client.diffConfig(request, done)));
  }

  async check(urn: string, news: Fields, olds: Fields = {}) {
    const request = new messages.CheckRequest();
    request.setUrn(urn);
    request.setNews(struct(news));
    request.setOlds(struct(olds));
    return checked(await answer((done) => this.client.check(request, done)));
  }

  async diff(urn: string, id: string, olds: Fields, news: Fields) {
    const request = new messages.DiffRequest();
    request.setId(id);
    request.setUrn(urn);
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    return differed(await answer((done) => this.client.diff(request, done)));
  }

  async create(
    urn: string,
    properties: Fields,
    { isPreview = false, timeoutSeconds = 0 } = {},
  ): Promise<Outcome> {
    const request = new messages.CreateRequest();
    request.setUrn(urn);
    request.setProperties(struct(properties));
    request.setPreview(isPreview);
    request.setTimeout(timeoutSeconds);
    const reply = await answer<messages.CreateResponse>((done) =>
      this.client.create(request, done),
    );
    return { id: reply.getId(), properties: fieldsOf(reply.getProperties()) };
  }

  async read(urn: string, id: string, properties: Fields = {}) {
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

  async update(
    urn: string,
    id: string,
    olds: Fields,
    news: Fields,
    { isPreview = false } = {},
  ): Promise<Fields> {
    const request = new messages.UpdateRequest();
    request.setId(id);
    request.setUrn(urn);
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    request.setPreview(isPreview);
    const reply = await answer<messages.UpdateResponse>((done) =>
      this.client.update(request, done),
    );
    return fieldsOf(reply.getProperties());
  }

  async delete(urn: string, id: string, properties: Fields): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setId(id);
    request.setUrn(urn);
    request.setProperties(struct(properties));
    await answer<unknown>((done) => this.client.delete(request, done));
  }

  async invoke(token: string, args: Fields): Promise<Fields> {
    const request = new messages.InvokeRequest();
    request.setTok(token);
    request.setArgs(struct(args));
    const reply = await answer<messages.InvokeResponse>((done) =>
      this.client.invoke(request, done),
    );
    return fieldsOf(reply.getReturn());
  }

  /** What the engine calls at the first Ctrl-C. */
  async cancel(): Promise<void> {
    await answer<unknown>((done) => this.client.cancel(new Empty(), done));
  }

  async stop(): Promise<void> {
    this.client.close();
    if (this.child.exitCode === null && this.child.kill("SIGKILL")) await this.ended;
  }
}

function checked(reply: messages.CheckResponse) {
  const failures = reply
    .getFailuresList()
    .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() }));
  return { inputs: fieldsOf(reply.getInputs()), failures };
}

function differed(reply: messages.DiffResponse) {
  const changes = ["unknown", "none", "some"][reply.getChanges()];
  return { changes, replaces: reply.getReplacesList() };
}
