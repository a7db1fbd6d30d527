import type { Kind } from "../../pulumi/kind";
import type { CompletionInputs } from "../../wing/completion-inputs";
import type { CompletionState } from "../../wing/completion-wait";
import { upgradeCompletionKind as completionKind } from "../../wing/upgrade-completion";
import type { Applications } from "../api/platform";
import { wrongText } from "../text-rules";
import { upgradeCompletionInputs } from "./schema";

/** A wait for a northbound task, which is named by its operation. */
export function upgradeCompletionKind(
  applications: Applications,
): Kind<CompletionInputs, CompletionState> {
  return completionKind({
    accounts: applications,
    inputs: upgradeCompletionInputs,
    idField: "operationId",
    wrongId: (id) => wrongText("operationId", id),
    remedy: "rerunAfter of the task pushes again",
    goneCode: " (123009)",
  });
}
