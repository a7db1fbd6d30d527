import type { HttpReply, HttpRequest, Send } from "../../src/http/endpoint";
import { aReply } from "../http/requests";
import { ManualClock } from "../manual-clock";

/**
 * A platform in memory, whose images and jobs are named by whoever makes them: a PUT of what is there
 * already changes nothing. A job takes a minute, and longer for devices that are asleep.
 */
export class ToyPlatform {
  readonly clock = new ManualClock();
  /** By its path: what was PUT, when, and what it was told to be: `canceled`, `prioritised`. */
  readonly objects = new Map<string, { body: string; madeAt: number; told: Set<string> }>();
  /** `IMAGE to DEVICE`, each time that a job was made. */
  readonly pushes: string[] = [];
  /** How devices end that do not succeed; one that is asleep stays `IN_PROGRESS`. */
  readonly fates = new Map<string, "FAILED" | "IN_PROGRESS">();
  readonly send: Send = async (request) => {
    await this.clock.sleep(20);
    return this.answer(request);
  };

  put(path: string, body: string): void {
    this.objects.set(path, { body, madeAt: this.clock.now(), told: new Set() });
    const { imageId, devices = [] } = JSON.parse(body) as { imageId: string; devices?: string[] };
    this.pushes.push(...devices.map((device) => `${imageId} to ${device}`));
  }

  private answer({ method, path, body = "" }: HttpRequest): HttpReply {
    const [, kind = "", id, what] = path.split("/");
    if (id === undefined) {
      const paths = [...this.objects.keys()].filter((one) => one.startsWith(`/${kind}/`));
      return aReply(
        200,
        paths.map((one) => this.tell(one)),
      );
    }
    const object = `/${kind}/${id}`;
    if (method === "PUT" && path === object && !this.objects.has(path)) this.put(path, body);
    const found = this.objects.get(object);
    if (found === undefined) return aReply(404, "NotFound");
    if (method === "PUT" && path === object && found.body !== body) return aReply(409, "Conflict");
    if (what !== undefined) found.told.add(what);
    const reply = aReply(200, this.tell(object));
    if (method === "DELETE") this.objects.delete(object);
    return reply;
  }

  private tell(path: string): object {
    const { body = "{}", madeAt = 0, told } = this.objects.get(path) ?? {};
    const declared = JSON.parse(body) as { devices?: string[] };
    const isDue = this.clock.now() >= madeAt + 60_000;
    const executions = declared.devices?.map((device) => {
      if (told?.has("canceled") === true) return { device, status: "CANCELED" };
      return { device, status: isDue ? (this.fates.get(device) ?? "SUCCEEDED") : "IN_PROGRESS" };
    });
    return { ...declared, createdAt: madeAt, executions };
  }
}
