/**
 * An error whose message is a whole sentence for the person who runs the program: what was done, to
 * what, what the platform said, and what to do next. Everything that this library throws on purpose
 * is one.
 */
export class OtaError extends Error {
  /** Name of the class. */
  override readonly name: string = "OtaError";
  /**
   * Pulumi prints the sentence alone, and no stack, of such an error that nobody handles.
   *
   * @internal
   */
  readonly __pulumiRunError = true;
}

/** The platform answered a call with a refusal. */
export class PlatformError extends OtaError {
  /** Name of the class. */
  override readonly name: string = "PlatformError";
  /** HTTP status of the reply. */
  readonly status: number;
  /** The platform's own error code, such as `"123002"`; absent when something in between answered. */
  readonly code: string | undefined;

  /** @internal */
  constructor(message: string, status: number, code: string | undefined) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * The platform does not let us in at all.
 *
 * @internal
 */
export class RefusedLoginError extends PlatformError {}

/**
 * What is declared cannot be, as the platform tells.
 *
 * @internal
 */
export class WrongInputError extends OtaError {}

/**
 * A call that changes the platform was sent, and its reply never arrived or could not be read: it
 * may have taken effect. It must be searched for, never sent again.
 *
 * @internal
 */
export class LostReplyError extends OtaError {
  override readonly name: string = "LostReplyError";
}

/**
 * A reply is larger than what is read of one; whoever asked for a list may ask for less of it.
 *
 * @internal
 */
export class OversizedReplyError extends OtaError {
  override readonly name = "OversizedReplyError";
}

/**
 * The operation was cancelled (Ctrl-C, a cancelled pipeline) or its engine is gone; nothing more is
 * sent.
 *
 * @internal
 */
export class CancelledError extends OtaError {
  override readonly name: string = "CancelledError";
}

/** @internal */
export function messageOf(error: unknown): string {
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return typeof message === "string" ? message : String(error);
}
