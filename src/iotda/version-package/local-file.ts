import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

import { messageOf } from "../../errors";

/** The SHA-256 of a file, or why there is none; `check` takes it away again, the path with it. */
export type Signature = { readonly sign: string } | { readonly missing: string };

/**
 * Never fails: whether the file is needed is not known here.
 *
 * @param isIgnored - whether `ignoreChanges` names it, which counts for a package that stays as it is
 */
export async function signatureOf(path: string, isIgnored = false): Promise<Signature> {
  const needed = isIgnored
    ? ", and a package that is made needs it, whatever ignoreChanges names"
    : "";
  const hash = createHash("sha256");
  try {
    // A pipe or a device may never end.
    if (!(await stat(path)).isFile()) {
      return { missing: `${path} cannot be read as a package: it is no regular file${needed}` };
    }
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (error) {
    return { missing: `${path} cannot be read: ${messageOf(error)}${needed}` };
  }
  return { sign: hash.digest("hex") };
}
