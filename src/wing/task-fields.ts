import * as z from "zod/mini";

import { leaf } from "../pulumi/inputs";

const optionalText = z.optional(leaf("text", z.string()));

/** What may be declared of a task in every wing. */
export const taskFields = {
  onlyAfter: z.optional(
    leaf(
      "a gate, or a list of gates",
      z.array(
        leaf(
          "a gate, as an UpgradeCompletion has one",
          z.strictObject({
            outcome: optionalText,
            version: optionalText,
            packageId: optionalText,
            packageKind: optionalText,
            openAt: optionalText,
          }),
        ),
      ),
    ),
  ),
  rerunAfter: optionalText,
  adopt: optionalText,
  maxDevices: z.optional(leaf("a number", z.number())),
};
