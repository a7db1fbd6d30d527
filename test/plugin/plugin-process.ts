import { cpSync } from "node:fs";
import { join, resolve } from "node:path";

import * as messages from "@pulumi/pulumi/proto/provider_pb";

import {
  answer,
  checked,
  differed,
  type Fields,
  fieldsOf,
  ProtocolClient,
  startProcess,
  struct,
} from "../pulumi/protocol-client";

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

export class PluginProcess extends ProtocolClient {
  static async start({ folder, engine, ...options }: PluginStart): Promise<PluginProcess> {
    const program = join(
      folder,
      "node_modules/pulumi-huawei-ota/plugin/pulumi-resource-huawei-ota",
    );
    const { environment } = options;
    const started = await startProcess({ program, args: [engine], folder, environment });
    const plugin = new PluginProcess(started);
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

  async invoke(token: string, args: Fields): Promise<Fields> {
    const request = new messages.InvokeRequest();
    request.setTok(token);
    request.setArgs(struct(args));
    const reply = await answer<messages.InvokeResponse>((done) =>
      this.client.invoke(request, done),
    );
    return fieldsOf(reply.getReturn());
  }
}
