import { closeSync, openSync, writeFileSync } from "node:fs";
import type { ApiReply, ApiRequest } from "./api";
import { redact, type RequestRecord } from "./books";
import { isObject, SimulatorInputError } from "./reading";

function unwritable(file: string, error: unknown): SimulatorInputError {
  const code = isObject(error) ? String(error["code"]) : String(error);
  return new SimulatorInputError(`The log file ${file} cannot be written (${code}).`);
}

/** Keeps requests as JSON lines in a file. */
export class RequestLog {
  private readonly file: string;
  private readonly descriptor: number;
  private open = true;

  constructor(file: string) {
    this.file = file;
    try {
      this.descriptor = openSync(file, "a");
    } catch (error) {
      throw unwritable(file, error);
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
    try {
      writeFileSync(this.descriptor, `${JSON.stringify(line)}\n`);
    } catch (error) {
      throw unwritable(this.file, error);
    }
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    closeSync(this.descriptor);
  }
}
