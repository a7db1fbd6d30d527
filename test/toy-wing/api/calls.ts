import { z } from "zod";

import type { Endpoint, Method } from "../../../src/http/endpoint";
import type { TaskRecord } from "../../../src/upgrade/platform";
import { parseReply } from "../../../src/wing/reply";

const image = z.object({
  imageId: z.string(),
  model: z.string(),
  version: z.string(),
  checksum: z.string(),
});

export type Image = z.output<typeof image>;

const STATUSES = ["IN_PROGRESS", "SUCCEEDED", "FAILED", "CANCELED"] as const;
const PHASES = ["unfinished", "succeeded", "failed", "stopped"] as const;

const job = z.object({
  jobId: z.string(),
  imageId: z.string(),
  things: z.array(z.string()),
  thingsPerMinute: z.number().optional(),
  status: z.enum(STATUSES),
  createdAt: z.number(),
  executions: z.array(z.object({ thing: z.string(), status: z.enum(STATUSES) })),
});

/** A job, in our words and the platform's. */
export interface JobRecord extends TaskRecord, Omit<z.output<typeof job>, "status" | "createdAt"> {}

function readJob(body: unknown): JobRecord {
  const told = parseReply(job, body);
  const [processing, success, fail, stop] = STATUSES.map(
    (status) => told.executions.filter((one) => one.status === status).length,
  ) as [number, number, number, number];
  const counts = { processing, success, fail, stop, wait: 0, timeout: 0 };
  return {
    ...told,
    id: told.jobId,
    phase: PHASES[STATUSES.indexOf(told.status)] ?? "unfinished",
    counts: { total: told.things.length, ...counts },
  };
}

/** What is PUT under its own name twice is there once, so every call may be sent again. */
function endpoint<Reply>(
  doing: string,
  method: Method,
  path: string,
  parse: (body: unknown) => Reply,
): Endpoint<Reply> {
  const mutates = method !== "GET";
  const priority = mutates ? "mutate" : "read";
  return { doing, method, path, mutates, repeatable: true, priority, parse };
}

const readImage = (body: unknown): Image => parseReply(image, body);
const readJobs = (body: unknown): JobRecord[] =>
  parseReply(z.object({ items: z.array(z.unknown()) }), body).items.map(readJob);
const nothing = (): undefined => undefined;

export const putImage = endpoint("making the image", "PUT", "/images/{id}", readImage);
export const getImage = endpoint("querying the image", "GET", "/images/{id}", readImage);
export const deleteImage = endpoint("deleting the image", "DELETE", "/images/{id}", nothing);
export const putJob = endpoint("making the job", "PUT", "/jobs/{id}", readJob);
export const listJobs = endpoint("listing jobs", "GET", "/jobs", readJobs);
export const getJob = endpoint("querying the job", "GET", "/jobs/{id}", readJob);
export const cancelJob = endpoint("canceling the job", "PUT", "/jobs/{id}/canceled", readJob);
export const hurryJob = endpoint("putting the job first", "PUT", "/jobs/{id}/prioritised", readJob);
export const deleteJob = endpoint("deleting the job", "DELETE", "/jobs/{id}", nothing);
