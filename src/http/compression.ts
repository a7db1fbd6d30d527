import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib";

/** A reply says that it is compressed, and cannot be read as that. */
export class CompressionError extends Error {
  override readonly name = "CompressionError";
}

/** Bytes as they were before a server, or a proxy in between, compressed them, however often. */
export async function decompressed(
  bytes: Buffer,
  encodings: string | undefined,
  mostBytes: number,
): Promise<Buffer> {
  const inOrder = (encodings ?? "").split(",").map((one) => one.trim().toLowerCase());
  let plain = bytes;
  for (const encoding of inOrder.reverse()) plain = await decoded(plain, encoding, mostBytes);
  return plain;
}

async function decoded(bytes: Buffer, encoding: string, mostBytes: number): Promise<Buffer> {
  if (bytes.length === 0 || encoding === "" || encoding === "identity") return bytes;
  const decode = decoderOf(bytes, encoding);
  if (decode === undefined) {
    throw new CompressionError(`the reply is compressed as "${encoding}", which nobody asked for`);
  }
  try {
    return await decode(bytes, { maxOutputLength: mostBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw error;
    throw new CompressionError(`the reply says that it is compressed as ${encoding}, and is not`);
  }
}

function decoderOf(bytes: Buffer, encoding: string) {
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return promisify<Buffer, object, Buffer>(gunzip);
    case "br":
      return promisify<Buffer, object, Buffer>(brotliDecompress);
    case "deflate":
      // Meant is zlib's format, whose first byte has an 8 here; some servers send it bare.
      return promisify<Buffer, object, Buffer>(
        ((bytes[0] ?? 0) & 0x0f) === 8 ? inflate : inflateRaw,
      );
    default:
      return undefined;
  }
}
