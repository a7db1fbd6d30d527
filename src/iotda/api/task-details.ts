import type { Ask } from "./ask";
import { ANEW } from "./ask";
import { type DetailsFrom, listDetails, PAGE_SIZE } from "./endpoints";
import type { TaskDetail } from "./wire/task";

/** Devices of one task, by their ids. */
export interface Details {
  readonly devices: ReadonlyMap<string, TaskDetail>;
  /** Whether that is all of them. */
  readonly isWhole: boolean;
}

/** Where no marker tells how a list goes on. */
const LARGEST_OFFSET = 500;

/** @param status - `undefined`: with any */
export async function detailsOf(
  ask: Ask,
  id: string,
  status: "Fail" | "FailWaitRetry" | undefined,
): Promise<Details> {
  const devices = new Map<string, TaskDetail>();
  let told = 0;
  let total: number | undefined;
  let from: DetailsFrom | undefined;
  for (;;) {
    const page = await ask(listDetails(id, status, PAGE_SIZE, from), ANEW);
    const before = devices.size;
    for (const detail of page.items) {
      if (detail.target !== undefined) devices.set(detail.target, detail);
    }
    told += page.items.length;
    total ??= page.total;
    // Details have no ids to page by but the devices' own; a page that adds nothing is the end.
    const isEnd = devices.size === before || told === total;
    from = isEnd ? undefined : nextPage(page.marker, told);
    if (from === undefined) return { devices, isWhole: isEnd && told >= (total ?? 0) };
  }
}

function nextPage(marker: string | undefined, read: number): DetailsFrom | undefined {
  if (marker !== undefined) return { marker };
  return read <= LARGEST_OFFSET ? { offset: read } : undefined;
}
