import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { keepSecretFields } from "../known-secrets";
import type { Properties } from "../pulumi/kind";
import { ENVELOPE, isSecretEnvelope, secretOutput } from "../pulumi/secret";
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

/**
 * A message's properties as hooks know them: bare of envelopes, and one word for what is unknown. What
 * an envelope keeps secret stays out of every sentence from here on, under the name of its property.
 */
export function fromStruct(struct: Struct | undefined): Properties {
  return Object.fromEntries(
    Object.entries(valuesIn(struct)).map(([name, value]) => [name, bare(value, name)]),
  );
}

export function toStruct(properties: Properties): Struct {
  return sdk.struct.Struct.fromJavaScript(properties as never);
}

/**
 * With the marks of what was asked, which the engine leaves to a provider that is told of secrets: by
 * the names of properties, and by texts, for outputs and inputs are made of others.
 */
export function toStructLike(asked: Struct | undefined, properties: Properties): Struct {
  const values = valuesIn(asked);
  const marked = markedLike(values, properties, new Set(secretTexts(values)));
  // In the form that `check` gives it a secret may be another text.
  fromStruct(toStruct(marked));
  return toStruct(marked);
}

/** A lookup's answer: whoever knows it may know what was asked. */
export function toAnswer(asked: Struct | undefined, answer: Properties): Struct {
  if (!containsSecret(valuesIn(asked))) return toStruct(answer);
  return toStruct(
    Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, secretOutput(value)])),
  );
}

function valuesIn(struct: Struct | undefined): Properties {
  return struct === undefined ? {} : struct.toJavaScript();
}

function markedLike(
  asked: Properties,
  properties: Properties,
  texts: ReadonlySet<unknown>,
): Properties {
  const marked = (value: unknown, like: unknown): unknown => {
    if (isFields(value)) {
      if (isSecret(value)) return value;
      const isWhole = isFields(like) && isSecret(like);
      if (!isWhole) return markedLike(isFields(like) ? like : {}, value, texts);
    }
    if (containsSecret(like) || texts.has(value)) return secretOutput(value);
    return Array.isArray(value) ? value.map((inner) => marked(inner, undefined)) : value;
  };
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, marked(value, asked[name])]),
  );
}

function secretTexts(value: unknown, isKept = false): unknown[] {
  if (typeof value === "string")
    return isKept && value !== "" && !UNKNOWNS.has(value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  if (isFields(value) && isSecret(value)) return secretTexts(value["value"], true);
  return Object.values(value).flatMap((inner) => secretTexts(inner, isKept));
}

function containsSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return (isFields(value) && isSecret(value)) || Object.values(value).some(containsSecret);
}

function isFields(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSecret(fields: Properties): boolean {
  return isSecretEnvelope(fields) || (isOutput(fields) && fields["secret"] === true);
}

function isOutput(fields: Properties): boolean {
  return fields[ENVELOPE.key] === ENVELOPE.output;
}

/** @param property - in which the value stands */
function bare(value: unknown, property: string): unknown {
  if (UNKNOWNS.has(value)) return UNKNOWN;
  if (Array.isArray(value)) return value.map((inner) => bare(inner, property));
  if (!isFields(value)) return value;
  if (isSecretEnvelope(value) || isOutput(value)) {
    const held = "value" in value ? bare(value["value"], property) : UNKNOWN;
    if (isSecret(value) && held !== UNKNOWN) keepSecretFields({ [property]: held }, [property]);
    return held;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, bare(inner, property)]),
  );
}
