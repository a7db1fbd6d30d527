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
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { transformFileSync } from "@swc/core";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { typeOf } from "../../src/pulumi/dynamic-resource";
import { loaderOf } from "../../src/pulumi/loader";
import {
  answer,
  type Fields,
  type Outcome,
  ProtocolClient,
  startProcess,
  struct,
} from "./protocol-client";

/*
 * The SDK's own provider process, started and spoken to as the engine does, with the library loaded
 * through the text that stands in the states.
 */

const ROOT = resolve(__dirname, "../..");

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
  private readonly protocol: ProtocolClient;

  private constructor(protocol: ProtocolClient) {
    this.protocol = protocol;
  }

  static async start(
    folder: string,
    engineAddress: string,
    config: Fields,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<ProviderProcess> {
    const program = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");
    const args = [program, engineAddress];
    const started = await startProcess({ program: process.execPath, args, folder, environment });
    const { client } = started;
    await answer<unknown>((done) => client.getPluginInfo(new Empty(), done));
    const request = new messages.ConfigureRequest();
    request.setArgs(struct(config));
    await answer<unknown>((done) => client.configure(request, done));
    return new ProviderProcess(new ProtocolClient(started));
  }

  get pid(): number {
    return this.protocol.pid;
  }

  get output(): { readonly text: string } {
    return this.protocol.output;
  }

  async check({ urn, hidden }: Row, news: Fields, olds: Fields = {}) {
    const { inputs, failures } = await this.protocol.check(urn, { ...news, ...hidden }, olds);
    return { inputs, failures: failures.map(({ reason }) => reason) };
  }

  diff({ urn }: Row, id: string, olds: Fields, news: Fields) {
    return this.protocol.diff(urn, id, olds, news);
  }

  create({ urn }: Row, properties: Fields): Promise<Outcome> {
    return this.protocol.create(urn, properties);
  }

  read({ urn }: Row, id: string, properties: Fields): Promise<Outcome & { inputs: Fields }> {
    return this.protocol.read(urn, id, properties);
  }

  update({ urn }: Row, id: string, olds: Fields, news: Fields): Promise<Fields> {
    return this.protocol.update(urn, id, olds, news);
  }

  delete({ urn }: Row, id: string, properties: Fields): Promise<void> {
    return this.protocol.delete(urn, id, properties);
  }

  cancel(): Promise<void> {
    return this.protocol.cancel();
  }

  /** As `pulumi up` does it: check, then create. */
  async up(resource: Row, news: Fields): Promise<Outcome & { inputs: Fields }> {
    const { inputs, failures } = await this.check(resource, news);
    if (failures.length > 0) throw new Error(`The inputs are refused: ${failures.join("; ")}`);
    const outcome = await this.create(resource, inputs);
    return { ...outcome, inputs };
  }

  stop(): Promise<void> {
    return this.protocol.stop();
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
