import { z } from "zod";

import { leaf } from "../pulumi/inputs";

const optionalText = leaf("text", z.string()).optional();

/** What may be declared of a task in every wing. */
export const taskFields = {
  onlyAfter: leaf(
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
  ).optional(),
  rerunAfter: optionalText,
  adopt: optionalText,
};
