import { LostReplyError, OtaError, PlatformError } from "../../src/errors";
import { type ClientOptions, createClient, type Dialect } from "../../src/http/client";
import type { Endpoint, HttpReply, HttpRequest } from "../../src/http/endpoint";
import { ManualClock } from "../manual-clock";
import { createTokenPolicy } from "../../src/http/token";
import { aReply, errorOf } from "./requests";

interface Body {
  readonly error_code?: string;
  readonly id?: string;
}

function bodyOf(reply: HttpReply): Body {
  try {
    return (JSON.parse(reply.text) as Body | null) ?? {};
  } catch {
    return {};
  }
}

const dialect: Dialect = {
  faultOf: (reply) => {
    const code = bodyOf(reply).error_code;
    if (code === undefined && reply.status < 300) return undefined;
    return { status: reply.status, code, description: "" };
  },
  isThrottled: ({ code }) => code === "throttled",
  explain: ({ doing }, { code }) => `The platform refused ${doing} (${code ?? "no code"}).`,
  idOf: (reply) => bodyOf(reply).id,
  authenticate: ({ clock }) =>
    createTokenPolicy({
      clock,
      loginsPerCall: 1,
      pauseMilliseconds: () => 0,
      isRejection: (reply) => bodyOf(reply).error_code === "token",
      async obtain(send) {
        const login: HttpRequest = {
          doing: "logging in",
          method: "POST",
          path: "/login",
          headers: {},
          mutates: false,
          repeatable: true,
          priority: "mutate",
          shareSeconds: 0,
          context: {},
        };
        await send(login);
        return { headers: { authorization: "Bearer t" }, renewAt: clock.now() + 3_600_000 };
      },
    }),
};

const read: Endpoint<unknown> = {
  doing: "querying a thing",
  method: "GET",
  path: "/things/{id}",
  mutates: false,
  repeatable: true,
  priority: "read",
  parse: (body) => body,
};
const create: Endpoint<string> = {
  doing: "creating a thing",
  method: "POST",
  path: "/things",
  mutates: true,
  repeatable: false,
  priority: "mutate",
  parse: (body) => {
    const { id } = body as Body;
    if (id === undefined) throw new OtaError("id is missing");
    return id;
  },
};

/** A client of a server that answers logins, and everything else by the script. */
function scripted(
  script: (request: HttpRequest, call: number) => HttpReply | Promise<HttpReply>,
  options: Partial<ClientOptions> = {},
) {
  const clock = new ManualClock();
  const sent: HttpRequest[] = [];
  const client = createClient({
    connection: { endpoint: "http://unused", connectTimeoutSeconds: 1, replyTimeoutSeconds: 1 },
    dialect,
    clock,
    callsPerMinute: 100,
    readOnly: false,
    auditLog: undefined,
    redisUrl: undefined,
    quotaOf: () => Promise.resolve("waterworks"),
    random: () => 0.5,
    send: (request) => {
      sent.push(request);
      if (request.path === "/login") return Promise.resolve(aReply());
      return Promise.resolve(script(request, sent.filter(({ path }) => path !== "/login").length));
    },
    ...options,
  });
  return { clock, client, sent };
}

describe("A call", () => {
  it("is logged in first and carries the token", async () => {
    const { clock, client, sent } = scripted(() => aReply(200, { a: 1 }));
    const reply = await clock.run(client.call(read, { parameters: { id: "a/b" } }, {}));
    expect(reply).toEqual({ a: 1 });
    expect(sent.map(({ path }) => path)).toEqual(["/login", "/things/a%2Fb"]);
    expect(sent[1]?.headers).toMatchObject({ authorization: "Bearer t" });
  });

  it("that the platform refuses is an error with the platform's code", async () => {
    const { clock, client } = scripted(() => aReply(404, { error_code: "gone" }));
    const error = await errorOf(clock.run(client.call(read, { parameters: { id: "1" } }, {})));
    expect(error).toBeInstanceOf(PlatformError);
    expect(error).toMatchObject({ status: 404, code: "gone" });
    expect(error.message).toBe("The platform refused querying a thing (gone).");
  });

  it("that is answered 200 with an error_code is refused too", async () => {
    const { clock, client } = scripted(() => aReply(200, { error_code: "bad" }));
    const error = await errorOf(clock.run(client.call(create, { body: {} }, {})));
    expect(error).toBeInstanceOf(PlatformError);
    expect(error).toMatchObject({ status: 200, code: "bad" });
  });

  it("that is throttled with a 200 is repeated like any other", async () => {
    const { clock, client } = scripted((_request, call) =>
      call === 1 ? aReply(200, { error_code: "throttled" }) : aReply(200, { id: "op-1" }),
    );
    expect(await clock.run(client.call(create, { body: {} }, {}))).toBe("op-1");
  });

  it("whose token is turned away is logged in again and repeated, a POST too", async () => {
    const { clock, client, sent } = scripted((_request, call) =>
      call === 1 ? aReply(403, { error_code: "token" }) : aReply(200, { id: "op-1" }),
    );
    expect(await clock.run(client.call(create, { body: {} }, {}))).toBe("op-1");
    expect(sent.map(({ path }) => path)).toEqual(["/login", "/things", "/login", "/things"]);
  });

  it("that changes something is never repeated when its reply is not JSON", async () => {
    const { clock, client, sent } = scripted(() => aReply(200, "<html>"));
    const error = await errorOf(clock.run(client.call(create, { body: {} }, {})));
    expect(error).toBeInstanceOf(LostReplyError);
    expect(sent.filter(({ path }) => path === "/things")).toHaveLength(1);
  });

  it("that changes something may have taken effect when its reply lacks the id", async () => {
    const { clock, client } = scripted(() => aReply(200, {}));
    const error = await errorOf(clock.run(client.call(create, { body: {} }, {})));
    expect(error).toBeInstanceOf(LostReplyError);
    expect(error.message).toContain("something that is not its documented reply: id is missing");
  });

  it("that changes something may have taken effect when its repetitions fail, too", async () => {
    const put: Endpoint<unknown> = { ...create, method: "PUT", repeatable: true };
    const { clock, client, sent } = scripted(() => aReply(500, { error_code: "down" }));
    const error = await errorOf(clock.run(client.call(put, { body: {} }, {})));
    expect(error).toBeInstanceOf(LostReplyError);
    expect(error.message).toBe("The platform refused creating a thing (down).");
    expect(sent.filter(({ path }) => path === "/things")).toHaveLength(6);
  });

  it("that changes something asks right before each time it is sent whether it may be", async () => {
    const asked: number[] = [];
    const { clock, client } = scripted((_request, call) =>
      call === 1 ? aReply(403, { error_code: "throttled" }) : aReply(200, { id: "op-1" }),
    );
    const beforeMutation = () => {
      asked.push(clock.now());
      return Promise.resolve();
    };
    await clock.run(client.call(create, { body: {} }, { beforeMutation }));
    expect(asked).toHaveLength(2);
    await clock.run(client.call(read, { parameters: { id: "1" } }, { beforeMutation }));
    expect(asked).toHaveLength(2);
  });

  it("that must not be sent any more is not sent", async () => {
    const { clock, client, sent } = scripted(() => aReply(200, { id: "op-1" }));
    const beforeMutation = () => Promise.reject(new OtaError("The engine is gone."));
    const error = await errorOf(clock.run(client.call(create, { body: {} }, { beforeMutation })));
    expect(error.message).toBe("The engine is gone.");
    expect(sent.map(({ path }) => path)).toEqual(["/login"]);
  });

  it("goes through one quota with the logins", async () => {
    const { clock, client, sent } = scripted(() => aReply(), { callsPerMinute: 2 });
    const start = clock.now();
    const calls = ["1", "2"].map((id) => client.call(read, { parameters: { id } }, {}));
    await clock.run(Promise.all(calls));
    expect(sent).toHaveLength(3);
    expect(clock.now() - start).toBeGreaterThanOrEqual(60_000);
  });
});

describe("The platform's clock", () => {
  const call = (client: ReturnType<typeof scripted>["client"]) =>
    client.call(read, { parameters: { id: "1" } }, {});

  it("is ours until the platform has answered", () => {
    const { clock, client } = scripted(() => aReply());
    expect(client.platformNow()).toBe(clock.now());
  });

  it("is that of the Date of its latest reply, and runs on", async () => {
    const { clock, client } = scripted(() =>
      aReply(200, {}, { date: "Fri, 01 May 2026 09:30:00 GMT" }),
    );
    await clock.run(call(client));
    expect(new Date(client.platformNow()).toISOString()).toBe("2026-05-01T09:30:00.000Z");
    await clock.advance(5_000);
    expect(new Date(client.platformNow()).toISOString()).toBe("2026-05-01T09:30:05.000Z");
  });

  it.each(["yesterday", "0", "-1", "node 5", "Fri, 99 May 2026 09:30:00 GMT"])(
    "is not moved by a Date that is none: %j",
    async (date) => {
      const { clock, client } = scripted(() => aReply(200, {}, { date }));
      await clock.run(call(client));
      expect(client.platformNow()).toBe(clock.now());
    },
  );
});
