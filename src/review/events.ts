import * as z from "zod/mini";

/*
 * The engine's events, as `pulumi preview --json` streams them and `--event-log` keeps them: one JSON
 * object a line, of which those parts are read that a review needs.
 */

const properties = z.catch(z.record(z.string(), z.unknown()), {});

const resource = z.object({ inputs: properties, outputs: properties });

const metadata = z.object({
  op: z.string(),
  urn: z.string(),
  type: z.string(),
  old: z.catch(z.nullish(resource), null),
  new: z.catch(z.nullish(resource), null),
});

const step = z.optional(z.object({ metadata }));

const engineEvent = z.object({
  sequence: z.number(),
  timestamp: z.number(),
  diagnosticEvent: z.optional(
    z.object({
      urn: z.optional(z.string()),
      message: z.string(),
      severity: z.string(),
      ephemeral: z.optional(z.boolean()),
    }),
  ),
  resourcePreEvent: step,
  resOutputsEvent: step,
  resOpFailedEvent: step,
  policyEvent: z.optional(
    z.object({
      resourceUrn: z.optional(z.string()),
      message: z.string(),
      policyName: z.string(),
      policyPackName: z.string(),
      enforcementLevel: z.string(),
    }),
  ),
  summaryEvent: z.optional(
    z.object({
      resourceChanges: z.catch(z.record(z.string(), z.number()), {}),
      PolicyPacks: z.catch(z.record(z.string(), z.string()), {}),
      isPreview: z.catch(z.boolean(), false),
      result: z.optional(z.string()),
    }),
  ),
});

export type EngineEvent = z.output<typeof engineEvent>;

/** What a log holds, in its order, and the lines that are no events: what `2>&1` mixes in. */
export interface EventLog {
  readonly events: readonly EngineEvent[];
  readonly beside: readonly string[];
}

export function readEvents(text: string): EventLog {
  const events: EngineEvent[] = [];
  const beside: string[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const event = eventIn(line);
    if (event === undefined) beside.push(line);
    else events.push(event);
  }
  return { events, beside };
}

function eventIn(line: string): EngineEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const read = engineEvent.safeParse(JSON.parse(line));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}
