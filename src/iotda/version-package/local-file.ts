import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

import { messageOf } from "../../errors";

/** The SHA-256 of a file, or why there is none; `check` takes it away again, the path with it. */
export type Signature = { readonly sign: string } | { readonly missing: string };

/** Never fails: whether the file is needed is not known here. */
export async function signatureOf(path: string): Promise<Signature> {
  const hash = createHash("sha256");
  try {
    // A pipe or a device may never end.
    if (!(await stat(path)).isFile()) {
      return { missing: `${path} cannot be read as a package: it is no regular file` };
    }
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (error) {
    return { missing: `${path} cannot be read: ${messageOf(error)}` };
  }
  return { sign: hash.digest("hex") };
}
