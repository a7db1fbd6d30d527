import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CancelledError, LostReplyError, OtaError } from "../../src/errors";
import { type AuditOptions, createAudit } from "../../src/http/audit";
import type { HttpReply } from "../../src/http/endpoint";
import { keepSecret } from "../../src/known-secrets";
import { ManualClock } from "../manual-clock";
import { aDelete, aPost, aReply, aRequest, errorOf } from "./requests";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-"));
  file = join(folder, "audit.jsonl");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function lines(): Record<string, unknown>[] {
  const text = readFileSync(file, "utf8").trim();
  return text.split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
}

function field(reply: HttpReply, name: string): string | undefined {
  return (JSON.parse(reply.text) as Record<string, string | undefined>)[name];
}

function audit(options: Partial<AuditOptions> = {}) {
  return createAudit({
    clock: new ManualClock("2026-05-01T08:00:00Z"),
    readOnly: false,
    auditLog: { file, pipeline: {} },
    idOf: (reply) => field(reply, "operationId"),
    codeOf: (reply) => field(reply, "error_code"),
    ...options,
  });
}

it("No secret is in the audit log, and what it is in is still JSON", async () => {
  keepSecret("token", 'a "token" of the login');
  keepSecret("retryTimes", "1");
  const lost = new LostReplyError('The reply to a "token" of the login 1 was lost.');
  await errorOf(audit()(() => Promise.reject(lost))(aPost()));
  expect(lines().at(-1)).toMatchObject({
    outcome: "not sent",
    reason: "The reply to [secret: token] [secret: retryTimes] was lost.",
  });
});

it("Each line says which commit and run it is of, and who set it off, where a pipeline tells", async () => {
  const pipeline = { commit: "0badc0de", run: "77", actor: "ada" };
  await audit({ auditLog: { file, pipeline } })(() => Promise.resolve(aReply()))(aPost());
  expect(lines()).toMatchObject([
    { event: "before", ...pipeline },
    { event: "after", ...pipeline },
  ]);
});

describe("In read-only mode", () => {
  it.each([
    ["POST", aPost()],
    ["DELETE", aDelete()],
  ])("no %s is sent, and the error says why and what to do", async (_method, request) => {
    const send = jest.fn();
    const error = await errorOf(audit({ readOnly: true })(send)(request));
    expect(error.message).toContain("HUAWEI_OTA_READ_ONLY is set, so nothing was sent");
    expect(error.message).toContain(request.doing);
    expect(send).not.toHaveBeenCalled();
  });

  it("reads go on, logins too, which are POSTs that change nothing", async () => {
    const send = jest.fn(() => Promise.resolve(aReply()));
    await audit({ readOnly: true })(send)(aRequest());
    await audit({ readOnly: true })(send)(aRequest({ method: "POST" }));
    expect(send).toHaveBeenCalledTimes(2);
  });
});

describe("The audit log", () => {
  it("has one line before and one after a change", async () => {
    const send = audit()(() => {
      expect(lines()).toHaveLength(1);
      return Promise.resolve(aReply(200, { operationId: "op-1" }));
    });
    await send(aPost({ context: { urn: "urn:pulumi:a::b::c::d" } }));
    const call = {
      time: "2026-05-01T08:00:00.000Z",
      urn: "urn:pulumi:a::b::c::d",
      operation: "creating a thing",
      method: "POST",
      path: "/things",
    };
    expect(lines()).toEqual([
      { ...call, event: "before" },
      { ...call, event: "after", outcome: "done", status: 200, id: "op-1" },
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each([
    [404, { error_code: "123002" }],
    [200, { error_code: "123016" }],
  ])("tells a refusal with its code, whatever its status is", async (status, body) => {
    await audit()(() => Promise.resolve(aReply(status, body)))(aPost());
    expect(lines()[1]).toMatchObject({ outcome: "refused", status, code: body.error_code });
  });

  it("tells that nobody knows what became of a call whose reply was lost", async () => {
    const lost = new LostReplyError("The reply to creating a thing was lost.");
    const send = audit()(({ onSent }) => {
      onSent?.();
      return Promise.reject(lost);
    });
    expect(await errorOf(send(aPost()))).toBe(lost);
    expect(lines()[1]).toMatchObject({ outcome: "unknown", reason: lost.message });
  });

  it("tells that a call was turned away, where it was cancelled before another try", async () => {
    const cancelled = new CancelledError("The operation was cancelled.");
    const send = audit()(({ onSent }) => {
      onSent?.();
      return Promise.reject(cancelled);
    });
    await errorOf(send(aPost()));
    expect(lines()[1]).toMatchObject({ outcome: "refused", reason: cancelled.message });
  });

  it("tells of a call that the platform cannot have seen that it was not sent", async () => {
    const refused = new OtaError("The platform could not be reached.");
    await errorOf(audit()(() => Promise.reject(refused))(aPost()));
    expect(lines()[1]).toMatchObject({ outcome: "not sent", reason: refused.message });
  });

  it("has no token, no secret and no line for a read", async () => {
    const headers = { authorization: "Bearer t0ken", app_key: "app" };
    const send = audit()(() => Promise.resolve(aReply(200, { accessToken: "t0ken" })));
    await send(aRequest({ headers }));
    await send(aPost({ headers, body: JSON.stringify({ secret: "s3cret" }) }));
    expect(lines()).toHaveLength(2);
    expect(readFileSync(file, "utf8")).not.toMatch(/t0ken|s3cret/);
  });

  it("that cannot be written keeps the call from being sent", async () => {
    const send = jest.fn();
    const error = await errorOf(audit({ auditLog: { file: folder, pipeline: {} } })(send)(aPost()));
    expect(error.message).toContain("could not be written, so nothing was sent");
    expect(error.message).toContain("HUAWEI_OTA_AUDIT_LOG");
    expect(send).not.toHaveBeenCalled();
  });

  it("that cannot be continued does not lose the reply", async () => {
    const complaint = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    const reply = aReply(200, { operationId: "op-1" });
    const send = audit()(() => {
      rmSync(folder, { recursive: true });
      return Promise.resolve(reply);
    });
    expect(await send(aPost())).toBe(reply);
    expect(complaint).toHaveBeenCalledTimes(1);
    complaint.mockRestore();
    folder = mkdtempSync(join(tmpdir(), "audit-"));
  });

  it("is not kept where nobody asked for it", async () => {
    const reply = aReply(200, {});
    expect(await audit({ auditLog: undefined })(() => Promise.resolve(reply))(aPost())).toBe(reply);
  });
});
