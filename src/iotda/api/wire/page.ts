import { z } from "zod";

import { count, type Page, parseReply, text } from "../../../wing/reply";

const page = z.looseObject({ count, marker: text }).nullish();

/** A page of a list of packages or tasks. */
export function readPage<Item>(
  body: unknown,
  field: "packages" | "batchtasks",
  read: (item: unknown) => Item,
): Page<Item> {
  const items = z.array(z.unknown()).nullish();
  const found = parseReply(z.looseObject({ page, packages: items, batchtasks: items }), body);
  return {
    items: (found[field] ?? []).map(read),
    total: found.page?.count,
    marker: found.page?.marker,
  };
}
