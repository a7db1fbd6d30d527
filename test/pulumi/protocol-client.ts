import { type ChildProcess, spawn } from "node:child_process";

import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/* A provider's process of whichever door, spoken to as the engine does. */

export type Fields = Readonly<Record<string, unknown>>;

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

/** How a process is started that then prints the port on which it listens. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

export class ProtocolClient {
  readonly ended: Promise<number | null>;
  /** What it wrote beside the port. */
  readonly output: { readonly text: string };
  readonly pid: number;
  protected readonly client: ResourceProviderClient;
  private readonly child: ChildProcess;

  constructor({ child, client, output }: Started) {
    this.child = child;
    this.client = client;
    this.output = output;
    this.pid = child.pid ?? Number.NaN;
    this.ended = new Promise((done) => child.once("exit", done));
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

  /** What the engine calls at the first Ctrl-C. */
  async cancel(): Promise<void> {
    await answer<unknown>((done) => this.client.cancel(new Empty(), done));
  }

  async stop(): Promise<void> {
    this.client.close();
    if (this.child.exitCode === null && this.child.kill("SIGKILL")) await this.ended;
  }
}

export interface Started {
  readonly child: ChildProcess;
  readonly client: ResourceProviderClient;
  readonly output: { readonly text: string };
}

export async function startProcess({
  program,
  args,
  folder,
  environment,
}: Command): Promise<Started> {
  const child = spawn(program, args, {
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
      fail(new Error(`The provider's process ended: ${output.text}`));
    });
  });
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  return { child, client, output };
}

export function checked(reply: messages.CheckResponse) {
  const failures = reply
    .getFailuresList()
    .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() }));
  return { inputs: fieldsOf(reply.getInputs()), failures };
}

export function differed(reply: messages.DiffResponse) {
  const changes = ["unknown", "none", "some"][reply.getChanges()];
  return { changes, replaces: reply.getReplacesList() };
}
