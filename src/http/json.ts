import { OtaError } from "../errors";
import type { HttpReply } from "./endpoint";

/** Far deeper than any reply of the platform's, and shallow enough for all who walk one. */
const MOST_LEVELS = 100;
const REPLACEMENT = "\\ufffd";

const bodies = new WeakMap<HttpReply, () => unknown>();

/**
 * The body of a reply, parsed once whoever asks for it; an empty one is `undefined`.
 *
 * @throws OtaError, a clause about the body, when it is no JSON or nested too deeply
 */
export function bodyOf(reply: HttpReply): unknown {
  const body = bodies.get(reply) ?? readOnce(reply.text);
  bodies.set(reply, body);
  return body();
}

/** The fields of a reply's body; none where it is no object. */
export function fieldsOf(reply: HttpReply): Readonly<Record<string, unknown>> {
  try {
    const body = bodyOf(reply);
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function readOnce(text: string): () => unknown {
  try {
    const json = parseJson(text);
    return () => json;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/**
 * What a body says; an empty one is `undefined`. It ends up in states and on terminals, so control
 * characters but line ends and tabs are replaced by U+FFFD.
 *
 * @throws OtaError, a clause about the body, when it is no JSON or nested too deeply
 */
export function parseJson(text: string): unknown {
  const body = text.trim();
  if (body === "") return undefined;
  if (isTooDeep(body)) {
    throw new OtaError(`its body is nested more than ${String(MOST_LEVELS)} levels deep`);
  }
  try {
    return JSON.parse(withoutControlCharacters(body)) as unknown;
  } catch {
    throw new OtaError("its body is no JSON");
  }
}

/** Before it is parsed: eight million brackets are 16 MiB of text, and half a gigabyte of arrays. */
function isTooDeep(body: string): boolean {
  let levels = 0;
  let isInText = false;
  for (let index = 0; index < body.length; index += 1) {
    const character = body[index];
    if (isInText) {
      if (character === "\\") index += 1;
      else if (character === '"') isInText = false;
    } else if (character === '"') {
      isInText = true;
    } else if (character === "[" || character === "{") {
      levels += 1;
      if (levels > MOST_LEVELS) return true;
    } else if (character === "]" || character === "}") {
      levels -= 1;
    }
  }
  return false;
}

/** Those that are written out, and those that are escaped as JSON does. */
function withoutControlCharacters(body: string): string {
  const plain = body.replaceAll(/\p{Cc}/gu, (one) => ("\n\r\t".includes(one) ? one : REPLACEMENT));
  if (!plain.includes("\\")) return plain;
  return plain.replaceAll(/\\(?:u[\da-f]{4}|.)/gis, (escape) => {
    if (escape === "\\b" || escape === "\\f") return REPLACEMENT;
    if (escape.length < 6) return escape;
    const character = String.fromCharCode(Number.parseInt(escape.slice(2), 16));
    return /[^\n\r\t\P{Cc}]/u.test(character) ? REPLACEMENT : escape;
  });
}
