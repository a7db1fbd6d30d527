import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

import { systemClock } from "../../src/clock";
import type { HttpRequest, Policy } from "../../src/http/endpoint";
import { createSharedQuota, type SharedQuotaOptions } from "../../src/http/shared-quota";
import { aPost, aReply, aRequest, errorOf } from "../http/requests";
import { freePort, PASSWORD, type RedisServer, startRedis } from "./server";

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  await redis.stop();
});

let accounts = 0;
const anAccount = () => `account ${String((accounts += 1))}`;

function aRunner(options: Partial<SharedQuotaOptions> & { readonly of?: string }): Policy {
  return createSharedQuota({
    url: redis.url,
    account: () => Promise.resolve(options.of ?? "nobody's"),
    callsPerMinute: 5,
    clock: systemClock,
    random: Math.random,
    warn: (text) => {
      throw new Error(text);
    },
    minuteSeconds: 2,
    ...options,
  });
}

/** When the platform counted each call: somewhere between its request and its reply. */
type Books = number[];

function platformWith(books: Books, milliseconds: () => number = () => 0) {
  return async () => {
    const all = milliseconds();
    const before = all * Math.random();
    await pause(before);
    books.push(performance.now());
    await pause(all - before);
    return aReply();
  };
}

function mostWithin(milliseconds: number, books: Books): number {
  const times = [...books].sort((a, b) => a - b);
  const within = times.map((from) => times.filter((at) => at >= from && at < from + milliseconds));
  return Math.max(...within.map(({ length }) => length));
}

const calls = (runner: Policy, count: number, send: ReturnType<typeof platformWith>) =>
  Array.from({ length: count }, () => runner(send)(aRequest()));

describe("A quota that runners share on a Redis server", () => {
  it("is kept by all of them together, in any minute, and used by 98 %", async () => {
    const books: Books = [];
    const of = anAccount();
    const runners = [1, 2].map(() => aRunner({ of, callsPerMinute: 100, minuteSeconds: 60 }));
    await Promise.all(runners.flatMap((runner) => calls(runner, 150, platformWith(books))));
    expect(books).toHaveLength(300);
    expect(mostWithin(60_000, books)).toBeLessThanOrEqual(100);
    const seconds = ((books.at(-1) ?? 0) - (books[0] ?? 0)) / 1000 + 61;
    expect(300 / seconds).toBeGreaterThanOrEqual((0.98 * 100) / 60);
  });

  it("is kept though replies take longer than a place is held", async () => {
    const books: Books = [];
    const of = anAccount();
    const slow = () => (Math.random() < 0.5 ? 1_900 : 10);
    const runners = [1, 2, 3].map(() => aRunner({ of }));
    await Promise.all(runners.flatMap((runner) => calls(runner, 8, platformWith(books, slow))));
    expect(books).toHaveLength(24);
    expect(mostWithin(2_000, books)).toBeLessThanOrEqual(5);
  });

  it("lets every runner have a part, whoever came first", async () => {
    const of = anAccount();
    const books: Books[] = [[], [], []];
    const ended = Promise.all(
      books.flatMap((own) => calls(aRunner({ of }), 12, platformWith(own))),
    );
    await pause(12_000);
    expect(Math.min(...books.map(({ length }) => length))).toBeGreaterThan(0);
    await ended;
  });

  it("is another for another account", async () => {
    const books: Books = [];
    const send = platformWith(books);
    const started = performance.now();
    await Promise.all([
      ...calls(aRunner({ of: anAccount() }), 5, send),
      ...calls(aRunner({ of: anAccount() }), 5, send),
    ]);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("is free again when the runner that held it has died", async () => {
    const of = anAccount();
    const never = () => new Promise<never>(() => undefined);
    for (let index = 0; index < 5; index += 1) void aRunner({ of })(never)(aRequest());
    await pause(300);
    const started = performance.now();
    await aRunner({ of })(platformWith([]))(aRequest());
    expect(performance.now() - started).toBeGreaterThan(1_500);
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  it("lets changes go before reads, and these before polls", async () => {
    const runner = aRunner({ of: anAccount(), callsPerMinute: 1 });
    const order: string[] = [];
    const send = (request: HttpRequest) => {
      order.push(request.priority);
      return Promise.resolve(aReply());
    };
    const first = runner(send)(aRequest());
    await pause(200);
    const others = [aRequest({ priority: "poll" }), aRequest(), aPost()].map(runner(send));
    await Promise.all([first, ...others]);
    expect(order).toEqual(["read", "mutate", "read", "poll"]);
  });

  it("does not leave a poll waiting behind all others", async () => {
    const runner = aRunner({ of: anAccount(), callsPerMinute: 2, minuteSeconds: 1 });
    const order: string[] = [];
    const send = (request: HttpRequest) => {
      order.push(request.priority);
      return Promise.resolve(aReply());
    };
    const poll = runner(send)(aRequest({ priority: "poll" }));
    const reads = Array.from({ length: 30 }, () => runner(send)(aRequest()));
    const second = runner(send)(aRequest({ priority: "poll" }));
    await Promise.all([poll, second, ...reads]);
    expect(order).toHaveLength(32);
    expect(order.lastIndexOf("poll")).toBeLessThan(20);
  });

  it("is not waited for any longer by a call that is cancelled", async () => {
    const runner = aRunner({ of: anAccount(), callsPerMinute: 1 });
    const send = platformWith([]);
    await runner(send)(aRequest());
    const cancel = new AbortController();
    const waits = errorOf(runner(send)(aRequest({ context: { signal: cancel.signal } })));
    await pause(100);
    const started = performance.now();
    cancel.abort();
    expect((await waits).message).toBe(
      "The operation was cancelled while it waited for the quota.",
    );
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe("A Redis server that", () => {
  const tellingTo = (warnings: string[]) => ({ warn: (text: string) => void warnings.push(text) });

  it("is not there costs one warning, and no call", async () => {
    const warnings: string[] = [];
    const url = `redis://:${PASSWORD}@127.0.0.1:${String(await freePort())}`;
    const runner = aRunner({ url, ...tellingTo(warnings) });
    await Promise.all(calls(runner, 20, platformWith([])));
    expect(warnings).toEqual([
      expect.stringMatching(
        /^The quota is not shared: the Redis server that HUAWEI_OTA_REDIS_URL names could not be used \(.*ECONNREFUSED.*\)\. The work goes on with this runner's own quota/,
      ),
    ]);
    expect(warnings.join()).not.toContain(PASSWORD);
  });

  it("turns the password away costs the same, and shows no password", async () => {
    const warnings: string[] = [];
    const url = redis.url.replace(PASSWORD, "another-password");
    const runner = aRunner({ url, ...tellingTo(warnings) });
    await Promise.all(calls(runner, 3, platformWith([])));
    expect(warnings).toEqual([expect.stringContaining("WRONGPASS")]);
    expect(warnings.join()).not.toContain("another-password");
  });

  it("dies is asked again after half a minute, and shares again when it is back", async () => {
    const warnings: string[] = [];
    const of = anAccount();
    const port = await freePort();
    const mortal = await startRedis(port);
    let ahead = 0;
    const clock = { ...systemClock, elapsed: () => performance.now() + ahead };
    const runner = aRunner({ url: mortal.url, of, clock, ...tellingTo(warnings) });
    await Promise.all(calls(runner, 2, platformWith([])));
    await mortal.stop();
    await Promise.all(calls(runner, 20, platformWith([])));
    expect(warnings).toHaveLength(1);

    const heir = await startRedis(port);
    try {
      ahead = 31_000;
      const started = performance.now();
      await Promise.all(calls(runner, 6, platformWith([])));
      expect(performance.now() - started).toBeGreaterThan(2_000);
      expect(warnings).toHaveLength(1);
    } finally {
      await heir.stop();
    }
  });

  it("accepts and never answers is left after a second, with its connection", async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => {
      sockets.push(socket.resume());
    });
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const runner = createSharedQuota({
      url: `redis://127.0.0.1:${String(port)}`,
      account: () => Promise.resolve("silent"),
      callsPerMinute: 5,
      clock: systemClock,
      random: () => 0,
      warn: () => undefined,
    });
    await runner(() => Promise.resolve(aReply()))(aRequest());
    await pause(200);
    expect(sockets.map(({ readableEnded, destroyed }) => readableEnded || destroyed)).toEqual([
      true,
    ]);
    silent.close();
  });

  it("hangs holds the calls for a second, once", async () => {
    const warnings: string[] = [];
    const lame = await startRedis();
    try {
      const runner = aRunner({ url: lame.url, ...tellingTo(warnings) });
      await Promise.all(calls(runner, 2, platformWith([])));
      lame.hang();
      const started = performance.now();
      await Promise.all(calls(runner, 20, platformWith([])));
      expect(performance.now() - started).toBeLessThan(2_500);
      expect(warnings).toEqual([expect.stringContaining("no answer within 1 s")]);
    } finally {
      await lame.stop();
    }
  });
});
