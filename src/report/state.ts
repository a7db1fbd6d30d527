import * as z from "zod/mini";

import { OtaError } from "../errors";
import { isRollout, isTask, kindOf, type ResourceKind } from "../resource-kinds";
import { nameInUrn } from "../urn";

/* What `pulumi stack export` prints, as far as a report needs it. */

type Properties = Readonly<Record<string, unknown>>;

/** A rollout, a task or a completion in a state. */
export interface Resource {
  readonly id: string;
  readonly name: string;
  readonly kind: ResourceKind;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

export interface StackState {
  readonly stack: string;
  readonly project: string;
  /** When the state was written, ISO 8601. */
  readonly at: string | undefined;
  readonly resources: readonly Resource[];
}

const properties = z.catch(z.record(z.string(), z.unknown()), {});

const exported = z.object({
  deployment: z.object({
    manifest: z.catch(z.optional(z.object({ time: z.optional(z.string()) })), undefined),
    resources: z.nullish(
      z.array(
        z.object({
          urn: z.string(),
          type: z.string(),
          id: z.catch(z.string(), ""),
          delete: z.catch(z.optional(z.boolean()), undefined),
          inputs: properties,
          outputs: properties,
        }),
      ),
    ),
  }),
});

const HOW = "Give what `pulumi stack export` prints, on standard input or as a file with --state.";

export function readState(text: string): StackState {
  const { deployment } = parsed(text);
  const all = deployment.resources ?? [];
  const [, stack = "", project = ""] =
    /^urn:pulumi:([^:]*)::([^:]*)::/.exec(all[0]?.urn ?? "") ?? [];
  if (all.length === 0) {
    throw new OtaError(
      "The state is empty: nothing was applied yet, or all was destroyed. There is nothing to report.",
    );
  }
  const resources = all.flatMap(({ urn, type, ...one }) => {
    const kind = kindOf(type);
    // What waits to be deleted has a successor.
    return kind === undefined || !reports(kind) || one.delete === true
      ? []
      : [{ ...one, kind, name: nameInUrn(urn) }];
  });
  if (resources.length === 0) {
    throw new OtaError(
      `The stack ${stack} of ${project} has no rollout, upgrade task or completion, so there is nothing to report. Was the state of another stack meant?`,
    );
  }
  return { stack, project, at: deployment.manifest?.time, resources };
}

function reports(kind: ResourceKind): boolean {
  return isRollout(kind) || isTask(kind) || kind.kind === "UpgradeCompletion";
}

function parsed(text: string): z.output<typeof exported> {
  if (text.trim() === "") throw new OtaError(`There is no state: the text is empty. ${HOW}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new OtaError(`This is not the state of a stack: it is not JSON. ${HOW}`);
  }
  const read = exported.safeParse(json);
  if (read.success) return read.data;
  throw new OtaError(
    `This is not the state of a stack: it has no deployment with resources. ${HOW}`,
  );
}
