import type { Kind } from "../../pulumi/kind";
import type { CompletionInputs } from "../../wing/completion-inputs";
import type { CompletionState } from "../../wing/completion-wait";
import { upgradeCompletionKind as completionKind } from "../../wing/upgrade-completion";
import type { Projects } from "../api/platform";
import { textRule } from "../text-rules";
import { upgradeCompletionInputs } from "./schema";

/** A wait for a batch task. */
export function upgradeCompletionKind(projects: Projects): Kind<CompletionInputs, CompletionState> {
  return completionKind({
    accounts: projects,
    inputs: upgradeCompletionInputs,
    idField: "taskId",
    wrongId: (id) => textRule("taskId", id, { most: 36, characters: "A-Za-z0-9-" }),
    goneCode: " (404)",
    waitsFor: ({ needConfirm, counts }) =>
      needConfirm === true && (counts?.wait ?? 0) > 0
        ? "Its devices wait for a confirmation: set confirmed to true on the task, or confirm them in the console."
        : undefined,
    remedy: "retryFailed of the task tries the failed devices again, rerunAfter pushes to all",
  });
}
