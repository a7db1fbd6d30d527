import { appendFileSync } from "node:fs";

import type { AuditLog } from "../audit-log";
import type { Clock } from "../clock";
import { CancelledError, messageOf, OtaError } from "../errors";
import { withoutSecrets } from "../known-secrets";
import type { HttpReply, Policy } from "./endpoint";

export interface AuditOptions {
  readonly clock: Clock;
  /** Refuse every call that changes the platform. */
  readonly readOnly: boolean;
  readonly auditLog: AuditLog | undefined;
  /** The id that a reply gives to what was made; no secrets. */
  readonly idOf: (reply: HttpReply) => string | undefined;
  readonly codeOf: (reply: HttpReply) => string | undefined;
}

/**
 * Nothing unasked: mutating calls are refused in read-only mode, and leave two lines in the audit
 * log otherwise. The line before is on disk before anything is sent; when it cannot be written,
 * nothing is.
 */
export function createAudit({ clock, readOnly, auditLog, idOf, codeOf }: AuditOptions): Policy {
  function write(line: Record<string, unknown>): void {
    if (auditLog === undefined) return;
    const time = new Date(clock.now()).toISOString();
    const text = JSON.stringify({ time, ...line, ...auditLog.pipeline }, (_key, value: unknown) =>
      typeof value === "string" ? withoutSecrets(value) : value,
    );
    appendFileSync(auditLog.file, `${text}\n`, { mode: 0o600 });
  }

  // By now the platform has been asked: losing a line is better than losing what the reply says.
  function writeAfter(line: Record<string, unknown>): void {
    try {
      write({ event: "after", ...line });
    } catch (error) {
      process.stderr.write(`The audit log could not be continued: ${messageOf(error)}.\n`);
    }
  }

  return (next) => async (request) => {
    if (!request.mutates) return next(request);
    if (readOnly) {
      throw new OtaError(
        `HUAWEI_OTA_READ_ONLY is set, so nothing was sent for ${request.doing} (${request.method} ${request.path}). Unset it where changes are meant to be applied.`,
      );
    }
    const call = {
      urn: request.context.urn,
      wave: request.context.wave,
      operation: request.doing,
      method: request.method,
      path: request.path,
    };
    try {
      write({ event: "before", ...call });
    } catch (error) {
      throw new OtaError(
        `The audit log ${auditLog?.file ?? ""} (HUAWEI_OTA_AUDIT_LOG) could not be written, so nothing was sent for ${request.doing}: ${messageOf(error)}.`,
      );
    }
    let isSent = false as boolean;
    const onSent = (): void => {
      isSent = true;
    };
    try {
      const reply = await next({ ...request, onSent });
      const code = codeOf(reply);
      const ok = reply.status < 300 && code === undefined;
      writeAfter({
        ...call,
        outcome: ok ? "done" : "refused",
        status: reply.status,
        code,
        id: idOf(reply),
      });
      return reply;
    } catch (error) {
      // Cancelled before another try: what was sent had been turned away.
      const sent = error instanceof CancelledError ? "refused" : "unknown";
      writeAfter({ ...call, outcome: isSent ? sent : "not sent", reason: messageOf(error) });
      throw error;
    }
  };
}
