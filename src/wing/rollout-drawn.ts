import { createHash } from "node:crypto";

import type { HookContext } from "../pulumi/kind";
import type { PackageKind } from "../upgrade/gate";
import { accountName } from "./run-objects";
import type { TaskAccount } from "./task-wing";

/*
 * Who a rollout of this run has drawn: a rollout that goes, as after a rename, stops no task of theirs.
 * Each device is known by four bytes, which errs on the side of stopping too little.
 */

const BYTES = 4;

function digestOf(deviceId: string): string {
  return createHash("sha256").update(deviceId).digest().subarray(0, BYTES).toString("hex");
}

async function placeOf(account: TaskAccount, packageKind: PackageKind): Promise<string> {
  return `${await accountName(account, "tasks")}/drawn/${packageKind}`;
}

export async function noteDrawn(
  account: TaskAccount,
  packageKind: PackageKind,
  { urn }: HookContext,
  devices: Iterable<string>,
): Promise<void> {
  if (urn === undefined) return;
  const digests = [...devices].map(digestOf).sort().join("");
  const record = Buffer.from(digests, "hex").toString("base64");
  const place = await placeOf(account, packageKind);
  const known = account.ledger.madeHere(place).find(({ id }) => id === urn);
  if (known?.record === record) return;
  account.ledger.made({ account: place, id: urn, urn: undefined, record });
}

/** Tells whether a rollout of this run has drawn the device. */
export async function drawnInThisRun(
  account: TaskAccount,
  packageKind: PackageKind,
): Promise<(id: string) => boolean> {
  const entries = account.ledger.madeHere(await placeOf(account, packageKind));
  const drawn = new Set(entries.flatMap(({ record }) => digestsIn(record)));
  return (id) => drawn.has(digestOf(id));
}

/** The addresses of other rollouts of this program that have drawn some of these devices. */
export async function othersDrawing(
  account: TaskAccount,
  packageKind: PackageKind,
  { urn }: HookContext,
  devices: Iterable<string>,
): Promise<string[]> {
  const own = new Set([...devices].map(digestOf));
  const { ledger } = account;
  return ledger
    .madeHere(await placeOf(account, packageKind))
    .filter(({ id, record }) => id !== urn && digestsIn(record).some((one) => own.has(one)))
    .map(({ id }) => id)
    .filter((id) => ledger.isDeclared(id));
}

function digestsIn(record: unknown): string[] {
  if (typeof record !== "string") return [];
  return Buffer.from(record, "base64").toString("hex").match(/.{8}/g) ?? [];
}
