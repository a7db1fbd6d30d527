import * as grpc from "@grpc/grpc-js";
import * as automation from "@pulumi/pulumi/automation/server";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";

import type { CommandResult, Running, Stack } from "../engine/stack";

/*
 * `pulumi up` with a program of this process, as the Automation API does it: half the time of a
 * program that needs a process of its own. The API itself does not tell which process to kill.
 */

/** What the SDK keeps out of its types. */
const { LanguageServer } = automation as unknown as {
  readonly LanguageServer: new (program: () => Promise<void>) => grpc.UntypedServiceImplementation;
};

const MOST_SECONDS = 90;

export interface Inline extends Running {
  /** Whether it had to be ended, because it never would. */
  readonly hasHung: () => boolean;
}

export async function startInline(
  stack: Stack,
  program: () => void,
  ...args: readonly string[]
): Promise<Inline> {
  const server = new grpc.Server();
  server.addService(
    LanguageRuntimeService,
    new LanguageServer(() => {
      program();
      return Promise.resolve();
    }),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  const running = stack.start(
    ...args,
    `--client=127.0.0.1:${String(port)}`,
    "--exec-kind=auto.inline",
    "--color=never",
  );
  let hasHung = false;
  const patience = setTimeout(() => {
    hasHung = true;
    running.process.kill("SIGKILL");
  }, MOST_SECONDS * 1000);
  const done: Promise<CommandResult> = running.done.finally(() => {
    clearTimeout(patience);
    server.forceShutdown();
  });
  return { ...running, done, hasHung: () => hasHung };
}
