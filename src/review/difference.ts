import { UNKNOWN } from "../pulumi/unknown";
import type { Change, Operation, Run } from "./run";

/* The inputs that change, leaf by leaf, as the engine's own rows have them. */

const SIGNS: Readonly<Record<Exclude<Operation, "same">, string>> = {
  create: "+",
  update: "~",
  replace: "!",
  delete: "-",
};

/** A value that is longer says no more in a comment. */
const LONGEST = 200;

export function differenceOf({ changes }: Run): string[] {
  return changes.flatMap((change) => linesOf(change));
}

function linesOf({ operation, kind, type, name, before, after }: Change): string[] {
  if (operation === undefined || operation === "same") return [];
  if (type === "pulumi:pulumi:Stack" || type.startsWith("pulumi:providers:")) return [];
  const title = `${SIGNS[operation]} ${kind === undefined ? type : `${kind.wing}:${kind.kind}`} ${name}`;
  if (operation === "delete") return [title];
  const [old, now] = [leavesOf(before?.inputs), leavesOf(after?.inputs)];
  const paths = [...new Set([...old.keys(), ...now.keys()])];
  const lines = paths.flatMap((path) => {
    const [was, is] = [old.get(path), now.get(path)];
    if (was === is) return [];
    return [
      ...(was === undefined ? [] : [`-   ${path}: ${was}`]),
      ...(is === undefined ? [] : [`+   ${path}: ${is}`]),
    ];
  });
  // What goes on by itself changes no input.
  return operation === "update" && lines.length === 0 ? [] : [title, ...lines];
}

/** Each value by its path; an object of plain values in a list is one line. */
function leavesOf(inputs: Readonly<Record<string, unknown>> | undefined): Map<string, string> {
  const leaves = new Map<string, string>();
  const add = (path: string, value: unknown): void => {
    if (isObject(value) && !isSecret(value)) {
      for (const [key, inner] of Object.entries(value)) {
        if (!key.startsWith("__")) add(path === "" ? key : `${path}.${key}`, inner);
      }
    } else if (Array.isArray(value) && value.some(isObject)) {
      for (const [index, inner] of value.entries()) leaves.set(`${path}[${index}]`, shown(inner));
    } else if (Array.isArray(value) && value.some((one) => String(one).length > 20)) {
      for (const [index, inner] of value.entries()) leaves.set(`${path}[${index}]`, shown(inner));
    } else {
      leaves.set(path, shown(value));
    }
  };
  add("", inputs ?? {});
  return leaves;
}

/** `{name: "lab", deviceGroups: ["lab"]}` */
function shown(value: unknown): string {
  const text = written(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function written(value: unknown): string {
  if (value === UNKNOWN) return "[unknown]";
  if (isSecret(value)) return "[secret]";
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const parts = Object.entries(value).map(([key, inner]) => `${key}: ${written(inner)}`);
  return `{${parts.join(", ")}}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How the engine marks what it keeps to itself. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

function isSecret(value: unknown): boolean {
  return isObject(value) && value[SIGNATURE] === "1b47061264138c4ac30d75fd1eb44270";
}
