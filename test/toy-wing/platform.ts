import type { HttpReply, HttpRequest, Send } from "../../src/http/endpoint";
import { ConnectionError } from "../../src/http/send";
import { aReply } from "../http/requests";
import { ManualClock } from "../manual-clock";

/**
 * A platform in memory, whose images and jobs are named by whoever makes them: a PUT of what is there
 * already changes nothing. A job takes a minute, and longer for devices that are asleep.
 */
export class ToyPlatform {
  readonly clock = new ManualClock();
  readonly sent: string[] = [];
  /** By its path: what was PUT, when, and what it was told to be: `canceled`, `prioritised`. */
  readonly objects = new Map<string, { body: string; madeAt: number; told: Set<string> }>();
  /** `IMAGE to DEVICE`, each time that a job was made. */
  readonly pushes: string[] = [];
  readonly failing = new Set<string>();
  readonly asleep = new Set<string>();
  /** A reply in place of the platform's, or an error that loses it. */
  script: (call: string) => HttpReply | Error | undefined = () => undefined;

  readonly send: Send = async (request) => {
    const call = `${request.method} ${request.path}`;
    this.sent.push(call);
    await this.clock.sleep(20);
    const scripted = this.script(call);
    if (scripted !== undefined && !(scripted instanceof Error)) return scripted;
    const reply = this.answer(request);
    if (scripted instanceof Error) throw new ConnectionError(scripted.message, true, true);
    return reply;
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
      return aReply(200, { items: paths.map((one) => this.tell(one)) });
    }
    const object = `/${kind}/${id}`;
    if (method === "PUT" && !this.objects.has(path) && what === undefined) this.put(path, body);
    const found = this.objects.get(object);
    if (found === undefined) return aReply(404, "NotFound");
    if (what !== undefined) found.told.add(what);
    else if (method === "PUT" && found.body !== body) return aReply(409, "Conflict");
    const told = this.tell(object);
    if (method === "DELETE") this.objects.delete(object);
    return aReply(200, told);
  }

  private tell(path: string): object {
    const { body = "{}", madeAt = 0, told } = this.objects.get(path) ?? {};
    const declared = JSON.parse(body) as { devices?: string[] };
    const isDue = this.clock.now() >= madeAt + 60_000;
    const executions = declared.devices?.map((device) => {
      if (told?.has("canceled") === true) return { device, status: "CANCELED" };
      if (!isDue || this.asleep.has(device)) return { device, status: "IN_PROGRESS" };
      return { device, status: this.failing.has(device) ? "FAILED" : "SUCCEEDED" };
    });
    return { ...declared, createdAt: madeAt, executions };
  }
}
