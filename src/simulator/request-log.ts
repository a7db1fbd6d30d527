import { closeSync, openSync, writeSync } from "node:fs";
import type { ApiReply, ApiRequest } from "./api";
import { redact, type RequestRecord } from "./books";
import { isObject, SimulatorInputError } from "./reading";

/** Keeps requests as JSON lines in a file. */
export class RequestLog {
  private readonly descriptor: number;
  private open = true;

  constructor(file: string) {
    try {
      this.descriptor = openSync(file, "a");
    } catch (error) {
      const code = isObject(error) ? String(error["code"]) : String(error);
      throw new SimulatorInputError(`The log file ${file} cannot be written (${code}).`);
    }
  }

  write(record: RequestRecord, request: ApiRequest, reply: ApiReply | undefined): void {
    if (!this.open) return;
    const { authorization } = request.headers;
    const line = {
      ...record,
      contentType: request.headers["content-type"] ?? null,
      authorization: authorization === undefined ? null : "[redacted]",
      reply: redact(reply?.body ?? null),
    };
    writeSync(this.descriptor, `${JSON.stringify(line)}\n`);
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    closeSync(this.descriptor);
  }
}
