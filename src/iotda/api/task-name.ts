import { createHash } from "node:crypto";

import { stable } from "../../wing/task-changes";
import { normalForm } from "../upgrade-task/same";
import type { TaskContent, TaskType } from "./wire/task";

/*
 * A task has no field for who made it, but a name of 128 letters, digits, `_` and Chinese characters.
 * Its end tells whose it is and what it does: `_STACK_CONTENT_RESOURCE`, in hexadecimal digits.
 */

const DIGITS = { stack: 10, content: 20, resource: 6 };
const TAIL = /_([0-9a-f]{10})_([0-9a-f]{20})_([0-9a-f]{6})$/;
const LONGEST_NAME = 128;

/** What the end of a task's name says. */
export interface Fingerprint {
  /** Project and stack: two stacks never touch each other's tasks. */
  readonly stack: string;
  /** What is declared. */
  readonly content: string;
  /** The resource's name in the program. */
  readonly resource: string;
}

/** The same for the same declaration, however its keys and sets are ordered. */
export function fingerprintOf(
  urn: string | undefined,
  taskType: TaskType,
  content: TaskContent,
): Fingerprint {
  const what = { taskType, ...normalForm(content) };
  return { ...whoseOf(urn), content: digest(stable(what), DIGITS.content) };
}

function whoseOf(urn = ""): Omit<Fingerprint, "content"> {
  // urn:pulumi:STACK::PROJECT::TYPE::NAME
  const [stack = "", project = "", , ...name] = urn.split("::");
  return {
    stack: digest(JSON.stringify([stack, project]), DIGITS.stack),
    resource: digest(name.join("::"), DIGITS.resource),
  };
}

/** Whether a resource made a task, whatever it declared then. */
export function isOfResource(taskName: string | undefined, urn: string | undefined): boolean {
  const found = fingerprintIn(taskName);
  const whose = whoseOf(urn);
  return found?.stack === whose.stack && found.resource === whose.resource;
}

/** The name of a task on the platform: what people read, and what we recognise it by. */
export function taskNameOf(
  wanted: string | undefined,
  urn: string | undefined,
  fingerprint: Fingerprint,
): string {
  const own = wanted ?? (urn ?? "").split("::").at(-1) ?? "";
  const readable = own.replaceAll(/[^A-Za-z0-9_\u4e00-\u9fa5]/g, "_");
  const tail = `_${fingerprint.stack}_${fingerprint.content}_${fingerprint.resource}`;
  return `${readable.slice(0, LONGEST_NAME - tail.length)}${tail}`;
}

/** `undefined` for a name that this library did not give. */
export function fingerprintIn(taskName: string | undefined): Fingerprint | undefined {
  const match = TAIL.exec(taskName ?? "");
  if (match === null) return undefined;
  const [, stack = "", content = "", resource = ""] = match;
  return { stack, content, resource };
}

/** Whether a task is the declared one, whatever the resource that made it is called. */
export function isSameTask(taskName: string | undefined, wanted: Fingerprint): boolean {
  const found = fingerprintIn(taskName);
  return found?.stack === wanted.stack && found.content === wanted.content;
}

/** Whether a task does what is declared, whichever stack made it. */
export function isSameContent(taskName: string | undefined, wanted: Fingerprint): boolean {
  return fingerprintIn(taskName)?.content === wanted.content;
}

function digest(text: string, digits: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}
