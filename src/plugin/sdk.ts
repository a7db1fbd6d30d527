import { createRequire } from "node:module";

import type * as Grpc from "@grpc/grpc-js";
import type * as EngineService from "@pulumi/pulumi/proto/engine_grpc_pb";
import type * as Engine from "@pulumi/pulumi/proto/engine_pb";
import type * as Plugin from "@pulumi/pulumi/proto/plugin_pb";
import type * as ProviderService from "@pulumi/pulumi/proto/provider_grpc_pb";
import type * as Provider from "@pulumi/pulumi/proto/provider_pb";
import type * as Status from "@pulumi/pulumi/proto/status_pb";
import type * as Any from "google-protobuf/google/protobuf/any_pb";
import type * as Empty from "google-protobuf/google/protobuf/empty_pb";
import type * as Struct from "google-protobuf/google/protobuf/struct_pb";

/** The parts of Pulumi's SDK that speak the engine's protocol, without the SDK. */
export interface Sdk {
  readonly grpc: typeof Grpc;
  readonly service: typeof ProviderService;
  readonly messages: typeof Provider;
  readonly plugin: typeof Plugin;
  readonly status: typeof Status;
  readonly engineService: typeof EngineService;
  readonly engine: typeof Engine;
  readonly any: typeof Any;
  readonly empty: typeof Empty;
  readonly struct: typeof Struct;
}

/*
 * From where the SDK stands: its messages know one copy of protobuf, and its services one of gRPC,
 * neither of which is a dependency of ours.
 */
const load: (module: string) => unknown = createRequire(
  require.resolve("@pulumi/pulumi/package.json"),
);

export const sdk = {
  grpc: load("@grpc/grpc-js"),
  service: load("@pulumi/pulumi/proto/provider_grpc_pb"),
  messages: load("@pulumi/pulumi/proto/provider_pb"),
  plugin: load("@pulumi/pulumi/proto/plugin_pb"),
  status: load("@pulumi/pulumi/proto/status_pb"),
  engineService: load("@pulumi/pulumi/proto/engine_grpc_pb"),
  engine: load("@pulumi/pulumi/proto/engine_pb"),
  any: load("google-protobuf/google/protobuf/any_pb"),
  empty: load("google-protobuf/google/protobuf/empty_pb"),
  struct: load("google-protobuf/google/protobuf/struct_pb"),
} as Sdk;
