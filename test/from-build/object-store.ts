import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pythonWith } from "../python";
import { freePort } from "../redis/server";
import { untilSaid } from "../says";

const PACKAGES = ["awscli==1.46.3", "moto[s3]==5.2.5", "flask==3.1.3", "flask-cors==6.0.5"];

export interface ObjectStore {
  readonly url: string;
  /** The folder in which `aws` is found. */
  readonly commands: string;
  close(): Promise<void>;
}

/** A server that speaks S3, as OBS does, and the client of pipelines: both are packages of Python's. */
export async function startObjectStore(): Promise<ObjectStore> {
  const python = await pythonWith("object-store-1", PACKAGES);
  const port = String(await freePort());
  const child = spawn(python, ["-m", "moto.server", "-H", "127.0.0.1", "-p", port], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  await untilSaid("object store", "Running on ", child, child.stderr);
  // A venv that was moved has scripts that look for their Python where it was made.
  const commands = mkdtempSync(join(tmpdir(), "huawei-ota-aws-"));
  writeFileSync(join(commands, "aws"), `#!/bin/sh\nexec "${python}" -m awscli "$@"\n`, {
    mode: 0o755,
  });
  return {
    url: `http://127.0.0.1:${port}`,
    commands,
    close: async () => {
      rmSync(commands, { recursive: true });
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}
