/** What a person gave to a command that makes no sense. */
export class UsageError extends Error {}

/** Node's messages go on with hints in further sentences. */
export function usageErrorOf(error: unknown): UsageError {
  const message = error instanceof Error ? error.message : String(error);
  const [first = message] = message.split(/\.\s|\n/);
  return new UsageError(`${first.replace(/\.$/, "")}; --help lists the options.`);
}
