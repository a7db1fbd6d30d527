import { createHash } from "node:crypto";

import type { HookContext } from "../pulumi/hooks";
import { accountName } from "./task-run";
import type { TaskAccount } from "./task-wing";

/*
 * Who a rollout of this run has drawn: a rollout that goes, as after a rename, stops no task of theirs.
 * Each device is known by four bytes, which errs on the side of stopping too little.
 */

const BYTES = 4;

function digestOf(deviceId: string): string {
  return createHash("sha256").update(deviceId).digest().subarray(0, BYTES).toString("hex");
}

async function placeOf(account: TaskAccount): Promise<string> {
  return `${await accountName(account, "tasks")}/drawn`;
}

export async function noteDrawn(
  account: TaskAccount,
  { urn }: HookContext,
  devices: Iterable<string>,
): Promise<void> {
  if (urn === undefined) return;
  const digests = [...devices].map(digestOf).sort().join("");
  const record = Buffer.from(digests, "hex").toString("base64");
  const place = await placeOf(account);
  const known = account.ledger.madeHere(place).find(({ id }) => id === urn);
  if (known?.record === record) return;
  account.ledger.made({ account: place, id: urn, urn: undefined, record });
}

/** Tells whether a rollout of this run has drawn the device. */
export async function drawnInThisRun(account: TaskAccount): Promise<(id: string) => boolean> {
  const drawn = new Set<string>();
  for (const { record } of account.ledger.madeHere(await placeOf(account))) {
    if (typeof record !== "string") continue;
    const digests = Buffer.from(record, "base64").toString("hex");
    for (let at = 0; at < digests.length; at += 2 * BYTES) {
      drawn.add(digests.slice(at, at + 2 * BYTES));
    }
  }
  return (id) => drawn.has(digestOf(id));
}
