import { ANEW, type Ask } from "./ask";
import { listDetails, PAGE_SIZE } from "./endpoints";
import { LARGEST_OFFSET, type Place } from "./paging";
import type { TaskDetail } from "./wire/task";

/** Devices of one task, by their ids. */
export interface Details {
  readonly devices: ReadonlyMap<string, TaskDetail>;
  /** Whether that is all of them. */
  readonly isWhole: boolean;
}

/** @param status - `undefined`: with any */
export async function detailsOf(
  ask: Ask,
  id: string,
  status: "Fail" | "FailWaitRetry" | undefined,
): Promise<Details> {
  const devices = new Map<string, TaskDetail>();
  let told = 0;
  let total: number | undefined;
  let from: Place | undefined;
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

function nextPage(marker: string | undefined, read: number): Place | undefined {
  if (marker !== undefined) return { marker };
  return read <= LARGEST_OFFSET ? { offset: read } : undefined;
}
