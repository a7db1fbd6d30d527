import * as z from "zod/mini";

import type { Endpoint, Method } from "../../../src/http/endpoint";
import type { TaskRecord } from "../../../src/upgrade/platform";
import { parseReply } from "../../../src/wing/reply";

const image = z.object({ imageId: z.string(), version: z.string(), checksum: z.string() });

export type Image = z.output<typeof image>;

const STATUSES = ["CANCELED", "IN_PROGRESS", "FAILED", "SUCCEEDED"] as const;
const PHASES = ["stopped", "unfinished", "failed", "succeeded"] as const;

const job = z.object({
  jobId: z.string(),
  imageId: z.string(),
  devices: z.array(z.string()),
  createdAt: z.number(),
  executions: z
    .array(z.object({ device: z.string(), status: z.enum(STATUSES) }))
    .check(z.minLength(1)),
});

/** A job in our words, beside the platform's own. */
export type JobRecord = TaskRecord & z.output<typeof job>;

function readJob(body: unknown): JobRecord {
  const told = parseReply(job, body);
  const { executions, jobId: id } = told;
  const [stop = 0, processing = 0, fail = 0, success = 0] = STATUSES.map(
    (status) => executions.filter((one) => one.status === status).length,
  );
  const at = [stop, processing, fail, success].findIndex((devices) => devices > 0);
  const [status, phase] = [STATUSES[at] ?? "IN_PROGRESS", PHASES[at] ?? "unfinished"];
  const counts = { total: executions.length, processing, success, fail, stop, wait: 0, timeout: 0 };
  return { ...told, id, status, phase, counts };
}

/** Calls the platform; `undefined` for what it does not have. */
export type Ask = <R>(endpoint: Endpoint<R>, id?: string, body?: unknown) => Promise<R | undefined>;

/** Twice the same under its own name is once, so every call may be sent again. */
function endpoint<Reply>(method: Method, path: string, parse: (body: unknown) => Reply) {
  const isRead = method === "GET";
  const how = { mutates: !isRead, repeatable: true, priority: isRead ? "read" : "mutate" } as const;
  return { doing: `${method} ${path}`, method, path, ...how, parse };
}

const readImage = (body: unknown) => parseReply(image, body);
const readJobs = (body: unknown) => parseReply(z.array(z.unknown()), body).map(readJob);

export const putImage = endpoint("PUT", "/images/{id}", readImage);
export const getImage = endpoint("GET", "/images/{id}", readImage);
export const deleteImage = endpoint("DELETE", "/images/{id}", readImage);
export const putJob = endpoint("PUT", "/jobs/{id}", readJob);
export const listJobs = endpoint("GET", "/jobs", readJobs);
export const getJob = endpoint("GET", "/jobs/{id}", readJob);
export const cancelJob = endpoint("PUT", "/jobs/{id}/canceled", readJob);
export const hurryJob = endpoint("PUT", "/jobs/{id}/prioritised", readJob);
export const deleteJob = endpoint("DELETE", "/jobs/{id}", readJob);
