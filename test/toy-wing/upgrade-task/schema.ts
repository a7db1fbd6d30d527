import { z } from "zod";

import { leaf } from "../../../src/pulumi/inputs";
import { taskFields } from "../../../src/wing/task-fields";

const text = leaf("text", z.string());

export const upgradeTaskInputs = z.strictObject({
  imageId: text,
  versionPackage: leaf("an object", z.strictObject({ version: text.optional() })).optional(),
  devices: leaf("a list of texts", z.array(text)),
  prioritised: leaf("true or false", z.boolean()).optional(),
  onDelete: leaf('"stop" or "keep"', z.enum(["stop", "keep"])).optional(),
  ...taskFields,
});

export type UpgradeTaskInputs = z.output<typeof upgradeTaskInputs>;
