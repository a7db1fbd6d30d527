import * as z from "zod/mini";

import { count, entriesOf, filled, type Page, parseReply } from "../../../wing/reply";

const page = z.nullish(z.looseObject({ count, marker: filled }));

/** A page of a list of packages or tasks. */
export function readPage<Item>(
  body: unknown,
  field: "packages" | "batchtasks" | "task_details",
  read: (item: unknown) => Item,
): Page<Item> {
  const items = z.nullish(z.array(z.unknown()));
  const found = parseReply(
    z.looseObject({ page, packages: items, batchtasks: items, task_details: items }),
    body,
  );
  const total = found.page?.count;
  return {
    items: entriesOf(field, found[field], total).map(read),
    total,
    marker: found.page?.marker,
  };
}
