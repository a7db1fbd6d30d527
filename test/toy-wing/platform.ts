import type { HttpReply, HttpRequest, Send } from "../../src/http/endpoint";
import { ConnectionError } from "../../src/http/send";
import { stable } from "../../src/wing/task-changes";
import { aReply } from "../http/requests";
import { ManualClock } from "../manual-clock";

type Fields = Readonly<Record<string, unknown>>;

interface Job {
  /** As its maker PUT it. */
  readonly body: { readonly imageId: string; readonly things: readonly string[] };
  readonly madeAt: number;
  canceled?: true;
  prioritised?: true;
}

const JOB_MILLISECONDS = 60_000;

/**
 * A platform in memory, whose images and jobs are named by whoever makes them: a PUT of what is there
 * already is that. Every job takes a minute.
 */
export class ToyPlatform {
  readonly clock = new ManualClock();
  readonly images = new Map<string, Fields>();
  readonly jobs = new Map<string, Job>();
  /** How often each thing was pushed each image: `image to thing`. */
  readonly pushes: string[] = [];
  /** Things whose update fails. */
  readonly failing = new Set<string>();
  /** Whether the reply to a call is lost after it took effect. */
  loses: (request: HttpRequest) => boolean = () => false;

  readonly send: Send = async (request) => {
    await this.clock.sleep(20);
    const reply = this.answer(request);
    if (this.loses(request)) throw new ConnectionError("the connection was lost", true, true);
    return reply;
  };

  private answer({ method, path, body = "{}" }: HttpRequest): HttpReply {
    const [, kind, id, what] = path.split("/");
    const isJob = kind === "jobs";
    const all: ReadonlyMap<string, unknown> = isJob ? this.jobs : this.images;
    const told = (name: string): unknown => (isJob ? this.tell(name) : this.images.get(name));
    if (id === undefined) return aReply(200, { items: [...all.keys()].map(told) });
    if (method === "PUT" && what === undefined && !all.has(id)) {
      this.make(isJob, id, JSON.parse(body) as Fields);
    } else if (!all.has(id)) {
      return aReply(404, { code: "NotFound", message: `There is no ${id}` });
    } else if (method === "DELETE") {
      const isRunning = isJob && this.tell(id)["status"] === "IN_PROGRESS";
      if (isRunning) return aReply(409, { code: "InProgress", message: "Cancel it first" });
      (isJob ? this.jobs : this.images).delete(id);
      return aReply(204, "");
    } else if (method === "PUT" && what !== undefined) {
      Object.assign(this.jobs.get(id) ?? {}, { [what]: true });
    } else if (method === "PUT") {
      const known = isJob ? this.jobs.get(id)?.body : this.images.get(id);
      const isSame = stable(known) === stable(JSON.parse(body));
      if (!isSame) return aReply(409, { code: "Conflict", message: `${id} is another` });
    }
    return aReply(200, told(id));
  }

  private make(isJob: boolean, id: string, body: Fields): void {
    if (!isJob) {
      this.images.set(id, body);
      return;
    }
    const job = { body: body as Job["body"], madeAt: this.clock.now() };
    this.jobs.set(id, job);
    this.pushes.push(...job.body.things.map((thing) => `${job.body.imageId} to ${thing}`));
  }

  private tell(jobId: string): Fields {
    const job = this.jobs.get(jobId);
    if (job === undefined) return {};
    const { body, madeAt, canceled, prioritised = false } = job;
    const isOver = this.clock.now() >= madeAt + JOB_MILLISECONDS;
    const end = body.things.some((thing) => this.failing.has(thing)) ? "FAILED" : "SUCCEEDED";
    const status = canceled === true ? "CANCELED" : isOver ? end : "IN_PROGRESS";
    const executions = body.things.map((thing) => {
      const ended = this.failing.has(thing) ? "FAILED" : "SUCCEEDED";
      return { thing, status: status === "CANCELED" || !isOver ? status : ended };
    });
    return { ...body, jobId, status, createdAt: madeAt, prioritised, executions };
  }
}
