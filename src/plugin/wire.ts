import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

import type { Properties } from "../pulumi/hooks";
import { ENVELOPE, isSecretEnvelope } from "../pulumi/secret";
import { UNKNOWN } from "../pulumi/unknown";
import { sdk } from "./sdk";

/** What stands for what is not known yet, by what it will be; for us it is all one. */
const UNKNOWNS: ReadonlySet<unknown> = new Set([
  UNKNOWN,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // a boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // a number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // a list
  "030794c1-ac77-496b-92df-f27374a8bd58", // an asset
  "e48ece36-62e2-4504-bad9-02848725956a", // an archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // an object
]);

/** A message's properties as hooks know them: bare of envelopes, and one word for what is unknown. */
export function fromStruct(struct: Struct | undefined): Properties {
  return struct === undefined ? {} : (bare(struct.toJavaScript()) as Properties);
}

export function toStruct(properties: Properties): Struct {
  return sdk.struct.Struct.fromJavaScript(properties as never);
}

/** The engine may wrap secrets at any depth, whatever it was told about accepting them. */
function bare(value: unknown): unknown {
  if (UNKNOWNS.has(value)) return UNKNOWN;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(bare);
  const fields = value as Readonly<Record<string, unknown>>;
  if (isSecretEnvelope(fields)) return bare(fields["value"]);
  if (fields[ENVELOPE.key] === ENVELOPE.output)
    return "value" in fields ? bare(fields["value"]) : UNKNOWN;
  return Object.fromEntries(Object.entries(fields).map(([name, inner]) => [name, bare(inner)]));
}
