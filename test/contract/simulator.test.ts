import { type Simulator, startSimulator } from "../../src/simulator";
import {
  contract,
  filled,
  iotdaContract,
  iotdaWorld,
  milliseconds,
  type Names,
  type TypedRequest,
  world,
} from "./exchanges";

let simulator: Simulator;

afterEach(() => simulator.close());

async function send(typed: TypedRequest, names: Names): Promise<Response> {
  const now = simulator.clock.now().getTime();
  const request = filled(typed, names, now) as TypedRequest;
  const url = new URL(request.path, simulator.url);
  url.search = new URLSearchParams(request.query).toString();
  const { method, headers, body, form, text } = request;
  const json = body === undefined ? undefined : JSON.stringify(body);
  const sent = text ?? (form && new URLSearchParams(form).toString()) ?? json;
  // As bytes, because a text without a Content-Type would be given one.
  const bytes = sent === undefined ? null : Buffer.from(sent);
  return fetch(url, { method, headers, body: bytes });
}

async function freshLogin(): Promise<Names> {
  const { appId = "", secret = "" } = world.names;
  const reply = await fetch(new URL("/iocm/app/sec/v1.1.0/login", simulator.url), {
    method: "POST",
    body: new URLSearchParams({ appId, secret }),
  });
  const { accessToken, refreshToken } = (await reply.json()) as Names;
  return { ...world.names, accessToken: accessToken ?? "", refreshToken: refreshToken ?? "" };
}

async function freshToken(): Promise<Names> {
  const { names } = iotdaWorld;
  const { userName, password, domainName, projectId } = names;
  const user = { name: userName, password, domain: { name: domainName } };
  const identity = { methods: ["password"], password: { user } };
  const reply = await fetch(new URL("/v3/auth/tokens", simulator.url), {
    method: "POST",
    headers: { "Content-Type": "application/json;charset=utf8" },
    body: JSON.stringify({ auth: { identity, scope: { project: { id: projectId } } } }),
  });
  return { ...names, accessToken: reply.headers.get("x-subject-token") ?? "" };
}

/** Whether a reply's value is what is typed; the sentence names the place where it is not. */
function difference(actual: unknown, typed: unknown, where = "body"): string | undefined {
  const told = `${where} is ${JSON.stringify(actual)}, not ${JSON.stringify(typed)}`;
  if (typeof typed === "string") {
    switch (typed) {
      case "{{some text}}":
      case "{{new operationId}}":
        return typeof actual === "string" && actual !== "" ? undefined : told;
      case "{{some id}}":
        return typeof actual === "string" && /^[a-f0-9]{24}$/.test(actual) ? undefined : told;
      case "{{some time}}":
        return typeof actual === "string" && /^\d{8}T\d{6}Z$/.test(actual) ? undefined : told;
      case "{{perhaps text}}":
        return actual === undefined || actual === null || typeof actual === "string"
          ? undefined
          : told;
      case "{{perhaps object}}":
        return actual === undefined || typeof actual === "object" ? undefined : told;
      default:
        return actual === typed ? undefined : told;
    }
  }
  if (typeof typed !== "object" || typed === null) return actual === typed ? undefined : told;
  if (typeof actual !== "object" || actual === null) return told;
  const have = actual as Readonly<Record<string, unknown>>;
  const want = typed as Readonly<Record<string, unknown>>;
  return [...new Set([...Object.keys(have), ...Object.keys(want)])]
    .map((key) =>
      key in want
        ? difference(have[key], want[key], `${where}.${key}`)
        : `${where}.${key} is not typed`,
    )
    .find((found) => found !== undefined);
}

const parts = [
  ...contract.map((file) => ({ ...file, data: world.data, login: freshLogin })),
  ...iotdaContract.map((file) => ({ ...file, data: iotdaWorld.data, login: freshToken })),
];

describe.each(parts)("$endpoint.method $endpoint.path", ({ exchanges, data, login }) => {
  const binding = exchanges.filter(({ binds }) => binds.includes("simulator"));

  it.each(binding)("$name", async ({ needs, request, reply }) => {
    simulator = await startSimulator({
      data,
      clock: { start: "2026-05-01T08:00:00Z", speed: 0 },
      behaviour: needs?.behaviour ?? {},
    });
    let names = await login();
    for (const step of needs?.before ?? []) {
      if (step.wait !== undefined) {
        simulator.clock.advance(milliseconds(step.wait) / 1000);
        continue;
      }
      for (let time = 0; time < (step.times ?? 1); time += 1) {
        const answer = await send(step.request, names);
        const text = await answer.text();
        if (step.remember === undefined) continue;
        const body = JSON.parse(text) as Names;
        for (const [name, field] of Object.entries(step.remember)) {
          expect(body[field]).toBeDefined();
          names = { ...names, [name]: body[field] ?? "" };
        }
      }
    }
    const answer = await send(request, names);
    const text = await answer.text();
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    const typed = filled(reply.body, names, simulator.clock.now().getTime());
    expect(difference(body, typed)).toBeUndefined();
    expect(answer.status).toBe(reply.status);
    const mediaType = answer.headers.get("content-type")?.split(";")[0];
    expect(mediaType).toBe(reply.headers["Content-Type"]);
    for (const [name, value] of Object.entries(reply.headers)) {
      if (name === "Content-Type") continue;
      expect(difference(answer.headers.get(name), value, name)).toBeUndefined();
    }
  });
});
