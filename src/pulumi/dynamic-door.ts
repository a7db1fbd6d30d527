import { createRequire } from "node:module";
import { createServer, type Http2Server, type IncomingHttpHeaders } from "node:http2";

import type { Door } from "./door";
import { engineLog, type LogModules, type WriteLine } from "./engine-log";

/** Modules of the SDK that runs this process, which need not be the copy that we were built with. */
const requireFromRunningSdk = createRequire(require.main?.filename ?? __filename);

/** The SDK's provider process, which knows less of the engine than we need. */
export const dynamicDoor: Door = { hearCancel, openLog };

const CANCEL = "/pulumirpc.ResourceProvider/Cancel";

/**
 * The SDK answers the engine's Cancel call and tells nobody. The call is heard by its name, where
 * Node hands each call to the server that the SDK started (docs/decisions/hearing-cancel.md).
 */
function hearCancel(heard: () => void): void {
  const servers = Object.getPrototypeOf(createServer()) as {
    emit: (this: Http2Server, ...given: unknown[]) => boolean;
  };
  const { emit } = servers;
  servers.emit = function (...given) {
    const [event, , headers] = given as [unknown, unknown, IncomingHttpHeaders | undefined];
    if (event === "stream" && headers?.[":path"] === CANCEL) heard();
    return emit.apply(this, given);
  };
}

/** With another SDK inside there is none. */
function openLog(address: string): WriteLine | undefined {
  try {
    return engineLog(
      {
        grpc: requireFromRunningSdk("@grpc/grpc-js") as LogModules["grpc"],
        service: requireFromRunningSdk(
          "@pulumi/pulumi/proto/engine_grpc_pb",
        ) as LogModules["service"],
        messages: requireFromRunningSdk("@pulumi/pulumi/proto/engine_pb") as LogModules["messages"],
      },
      address,
    );
  } catch {
    return undefined;
  }
}
