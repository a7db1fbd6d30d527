import * as z from "zod/mini";

import { leaf } from "../../pulumi/inputs";
import { completionFields } from "../../wing/completion-inputs";

/** What may be declared. */
export const upgradeCompletionInputs = z.strictObject({
  taskId: leaf("text", z.string()),
  ...completionFields,
});
