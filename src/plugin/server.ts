import type { handleUnaryCall, Server } from "@grpc/grpc-js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { OtaError } from "../errors";
import { cancelSignal } from "../pulumi/cancellation";
import { attachTo } from "../pulumi/engine-link";
import type { ConfigReader } from "../pulumi/kind";
import { linesHaveArrived } from "../pulumi/report";
import { typeInUrn } from "../urn";
import { configFailures, readerOf, withSecrets } from "./configuration";
import { lookupOf } from "./functions";
import { kinds, type PluginKind } from "./kinds";
import { checkReply, diffReply, errorReply } from "./replies";
import {
  check,
  create,
  diff,
  foretold,
  outputsOf,
  type PluginRun,
  read,
  remove,
  type ResourceRequest,
  update,
} from "./resources";
import type { PackageSchema } from "./schema";
import { sdk } from "./sdk";
import { fromStruct, toAnswer, toStruct, toStructLike } from "./wire";

/** What a server serves with, in its own process or in a test's. */
export interface PluginOptions {
  readonly schema: PackageSchema;
  /** Called by the engine's Cancel. */
  readonly cancelled: () => void;
  /** By default what this process has seen of its operation. */
  readonly run?: PluginRun;
}

type Messages = typeof sdk.messages;
type Message<Name extends keyof Messages> = Messages[Name] extends new (
  ...given: never[]
) => infer Message
  ? Message
  : never;

/** A server of the engine's provider protocol, not yet bound to a port. */
export function pluginServer({ schema, cancelled, run }: PluginOptions): Server {
  let config: ConfigReader = { get: () => undefined };

  const requestOf = (call: { getUrn(): string; getTimeout?(): number }): ResourceRequest => {
    const urn = call.getUrn();
    return {
      kind: kindOf(urn),
      urn,
      config,
      timeoutSeconds: call.getTimeout?.() ?? 0,
      ...(run === undefined ? {} : { run }),
    };
  };

  const server = new sdk.grpc.Server();
  server.addService(sdk.service.ResourceProviderService, {
    handshake: answer((request: Message<"ProviderHandshakeRequest">) => {
      attach(request.getEngineAddress());
      const response = new sdk.messages.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(false);
      response.setAcceptOutputs(false);
      return response;
    }),

    attach: answer((request: { getAddress(): string }) => {
      attach(request.getAddress());
      return new sdk.empty.Empty();
    }),

    getPluginInfo: answer(() => {
      const response = new sdk.plugin.PluginInfo();
      response.setVersion(schema.version);
      return response;
    }),

    getSchema: answer((request: Message<"GetSchemaRequest">) => {
      if (request.getVersion() !== 0) {
        throw new OtaError(
          `There is no schema in version ${request.getVersion()} of its language.`,
        );
      }
      const response = new sdk.messages.GetSchemaResponse();
      response.setSchema(schema.text);
      return response;
    }),

    checkConfig: answer((request: Message<"CheckRequest">) => {
      const news = fromStruct(request.getNews());
      return checkReply(toStruct(withSecrets(news)), configFailures(request.getUrn(), news));
    }),

    // Never "replace": the engine asks it when a stack moves to this door, too.
    diffConfig: answer((request: Message<"DiffRequest">) => {
      const [olds, news] = [request.getOldInputs(), request.getNews()].map((inputs) =>
        JSON.stringify(fromStruct(inputs)),
      );
      return diffReply({ kind: olds === news ? "same" : "unfinished" });
    }),

    configure: answer((request: Message<"ConfigureRequest">) => {
      const { version: _, ...given } = fromStruct(request.getArgs());
      config = readerOf(request.hasUrn() ? request.getUrn() : undefined, given);
      const response = new sdk.messages.ConfigureResponse();
      response.setSupportspreview(true);
      response.setAcceptsecrets(true);
      response.setAcceptresources(false);
      response.setAcceptoutputs(false);
      return response;
    }),

    invoke: answer(async (request: Message<"InvokeRequest">) => {
      const lookup = lookupOf(request.getTok(), config);
      if (lookup === undefined) {
        throw new OtaError(`There is no function "${request.getTok()}".`);
      }
      const response = new sdk.messages.InvokeResponse();
      const args = request.getArgs();
      response.setReturn(toAnswer(args, await lookup(fromStruct(args))));
      await linesHaveArrived();
      return response;
    }),

    check: answer(async (request: Message<"CheckRequest">) => {
      const [news, olds] = [fromStruct(request.getNews()), fromStruct(request.getOlds())];
      const { inputs, failures } = await check(requestOf(request), news, olds);
      return checkReply(toStructLike(request.getNews(), inputs), failures);
    }),

    diff: answer(async (request: Message<"DiffRequest">) => {
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      return diffReply(await diff(requestOf(request), request.getId(), olds, news));
    }),

    create: answer(async (request: Message<"CreateRequest">) => {
      const asked = requestOf(request);
      const inputs = fromStruct(request.getProperties());
      const { id, outputs } = request.getPreview()
        ? foretold(asked, schema.outputsOf(typeInUrn(asked.urn)), inputs)
        : await create(asked, inputs);
      const response = new sdk.messages.CreateResponse();
      response.setId(id);
      response.setProperties(toStructLike(request.getProperties(), outputs));
      return response;
    }),

    read: answer(async (request: Message<"ReadRequest">) => {
      const id = request.getId();
      const found = await read(requestOf(request), id, fromStruct(request.getProperties()));
      const response = new sdk.messages.ReadResponse();
      if (found === undefined) return response;
      const { outputs, inputs = fromStruct(request.getInputs()) } = found;
      response.setId(id);
      response.setProperties(toStructLike(request.getProperties(), outputs));
      response.setInputs(toStructLike(request.getInputs(), inputs));
      return response;
    }),

    update: answer(async (request: Message<"UpdateRequest">) => {
      const asked = requestOf(request);
      const id = request.getId();
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      const outputs = request.getPreview()
        ? foretold(asked, schema.outputsOf(typeInUrn(asked.urn)), news, { id, outputs: olds })
            .outputs
        : await update(asked, id, olds, news);
      const response = new sdk.messages.UpdateResponse();
      response.setProperties(toStructLike(request.getNews(), outputs));
      return response;
    }),

    delete: answer(async (request: Message<"DeleteRequest">) => {
      await remove(requestOf(request), request.getId(), fromStruct(request.getProperties()));
      return new sdk.empty.Empty();
    }),

    cancel: answer(() => {
      cancelled();
      return new sdk.empty.Empty();
    }),
  });
  return server;
}

/** What a request tells of a resource; `create` has its inputs as its properties. */
interface Declaration {
  getUrn(): string;
  getNews(): Struct | undefined;
  getProperties(): Struct | undefined;
}

/** A method of the protocol: its reply, or a sentence about why there is none. */
function answer<Request, Reply>(
  work: (request: Request) => Reply | Promise<Reply>,
): handleUnaryCall<Request, Reply> {
  return ({ request }, reply) => {
    Promise.resolve()
      .then(() => work(request))
      .then(
        (value) => {
          reply(null, value);
        },
        (error: unknown) => {
          const { getUrn, getNews, getProperties } = request as Partial<Declaration>;
          const declared = (getNews ?? getProperties)?.call(request);
          const outputs = (id: string, state: object): Struct =>
            toStructLike(declared, outputsOf(kindOf(getUrn?.call(request) ?? ""), id, state));
          reply(errorReply(error, outputs), null);
        },
      );
  };
}

function attach(address: string): void {
  if (address === "") return;
  attachTo(address);
  cancelSignal();
}

function kindOf(urn: string): PluginKind {
  const type = typeInUrn(urn);
  const kind = kinds.get(type);
  if (kind !== undefined) return kind;
  throw new OtaError(`There is no resource of type "${type}" in this version of huawei-ota.`);
}
