import type { HttpReply, HttpRequest } from "../../src/http/endpoint";

/** A read, unless it is told otherwise. */
export function aRequest(change: Partial<HttpRequest> = {}): HttpRequest {
  return {
    doing: "querying a thing",
    method: "GET",
    path: "/things/1",
    headers: {},
    mutates: false,
    repeatable: true,
    priority: "read",
    shareSeconds: 0,
    context: {},
    ...change,
  };
}

export function aPost(change: Partial<HttpRequest> = {}): HttpRequest {
  return aRequest({
    doing: "creating a thing",
    method: "POST",
    path: "/things",
    mutates: true,
    repeatable: false,
    priority: "mutate",
    ...change,
  });
}

export function aDelete(change: Partial<HttpRequest> = {}): HttpRequest {
  return aRequest({
    doing: "deleting a thing",
    method: "DELETE",
    mutates: true,
    priority: "mutate",
    ...change,
  });
}

export function aReply(status = 200, body: unknown = {}, headers = {}): HttpReply {
  return { status, headers, text: typeof body === "string" ? body : JSON.stringify(body) };
}

/** The error of a promise that must fail. */
export async function errorOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error("It did not fail.");
}
