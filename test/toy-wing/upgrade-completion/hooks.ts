import * as z from "zod/mini";

import { leaf } from "../../../src/pulumi/inputs";
import type { Accounts } from "../../../src/wing/accounts";
import { completionFields } from "../../../src/wing/completion-inputs";
import { upgradeCompletionKind as completionKind } from "../../../src/wing/upgrade-completion";
import type { Fleet } from "../api/fleet";

export function upgradeCompletionKind(fleets: Accounts<Fleet>) {
  return completionKind({
    accounts: fleets,
    inputs: z.strictObject({ jobId: leaf("text", z.string()), ...completionFields }),
    idField: "jobId",
    ...{ wrongId: () => [], goneCode: " (NotFound)", remedy: "rerunAfter pushes to all" },
  });
}
