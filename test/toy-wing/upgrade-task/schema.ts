import * as z from "zod/mini";

import { leaf } from "../../../src/pulumi/inputs";
import { taskFields } from "../../../src/wing/task-fields";

const text = leaf("text", z.string());

export const upgradeTaskInputs = z.strictObject({
  imageId: text,
  versionPackage: z.optional(leaf("an object", z.strictObject({ version: z.optional(text) }))),
  devices: leaf("a list of texts", z.array(text)),
  prioritised: z.optional(leaf("true or false", z.boolean())),
  onDelete: z.optional(leaf('"stop" or "keep"', z.enum(["stop", "keep"]))),
  ...taskFields,
});

export type UpgradeTaskInputs = z.output<typeof upgradeTaskInputs>;
