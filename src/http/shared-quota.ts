import { createHash, randomInt } from "node:crypto";

import type { Clock } from "../clock";
import { messageOf } from "../errors";
import type { Policy } from "./endpoint";
import { createQueue } from "./queue";

const MINUTE_SECONDS = 60;
/** A reply within it needs no word to the others: the place is theirs that much later. */
const SLACK_SECONDS = 1;
/** So that the runners that wait for one place do not ask at the same moment. */
const SPREAD_MILLISECONDS = 50;
const REDIS = { patienceMilliseconds: 1_000, pauseMilliseconds: 30_000 };

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function hold()
  redis.call('ZADD', KEYS[1], now + ARGV[2] * 1000, ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[2] * 1000)
end
`;

/** Holds a place, if there is one, and tells how many milliseconds there is none. */
const TAKE = `${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local held = redis.call('ZCARD', KEYS[1])
local tooMany = held - ARGV[3]
if tooMany >= 0 then
  local first = redis.call('ZRANGE', KEYS[1], tooMany, tooMany, 'WITHSCORES')
  return { held + 1, math.max(1, first[2] - now) }
end
hold()
return { held + 1, 0 }
`;

/** Holds the same place from now on, come what may. */
const HOLD = `${NOW}
hold()
return { 1, 0 }
`;

export interface SharedQuotaOptions {
  /** `redis://user:password@host:port`, or `rediss://` for TLS. */
  readonly url: string;
  /** Those that name the same one share its quota. No secret. */
  readonly account: () => Promise<string>;
  readonly callsPerMinute: number;
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  readonly warn: (text: string) => void;
  /** How long the platform counts a call; shorter in tests only. */
  readonly minuteSeconds?: number;
}

interface Turn {
  readonly askedAt: number;
  /** Names the place that it holds. */
  readonly place: number;
}

/** A poll that has waited so long is the next one, unless one of the last few calls was a poll. */
const POLLS = { afterMilliseconds: 10_000, amongCalls: 5 };

/**
 * At most `callsPerMinute` calls in any 60-second span of all the runners that name the same account
 * and the same Redis server, by that server's clock.
 *
 * A place is held for a second longer than the platform counts a call, and from the reply on when
 * that took longer than the second. A runner that dies holds its places no longer.
 *
 * A Redis server that cannot be asked within a second costs nothing but one warning: each runner
 * keeps to its own quota then, and asks again half a minute later.
 */
export function createSharedQuota(options: SharedQuotaOptions): Policy {
  const { clock, random } = options;
  const places = createPlaces(options);
  let isServing = false;
  let callsSincePoll = 0;
  const queue = createQueue<Turn>({
    clock,
    pollPatienceMilliseconds: POLLS.afterMilliseconds,
    mayPollGoFirst: () => callsSincePoll >= POLLS.amongCalls - 1,
  });

  // One question at a time, so that a place goes to whoever is first in order when there is one.
  async function serve(): Promise<void> {
    if (isServing) return;
    isServing = true;
    while (!queue.isEmpty()) {
      const askedAt = clock.elapsed();
      const place = randomInt(1, 2 ** 40);
      const milliseconds = await places.take(place);
      if (milliseconds > 0) {
        await clock.sleep(milliseconds + random() * SPREAD_MILLISECONDS);
        continue;
      }
      callsSincePoll = queue.serve({ askedAt, place }) === "poll" ? 0 : callsSincePoll + 1;
    }
    isServing = false;
  }

  return (next) => async (request) => {
    const turn = queue.wait(request);
    void serve();
    const { askedAt, place } = await turn;
    try {
      return await next(request);
    } finally {
      if (clock.elapsed() - askedAt > SLACK_SECONDS * 1000) void places.hold(place);
    }
  };
}

interface Places {
  /** Milliseconds until it is worth asking again; 0 when a place was taken. */
  take(place: number): Promise<number>;
  hold(place: number): Promise<unknown>;
}

interface Store {
  /** Settles once it is connected, which may be never. */
  readonly places: Promise<Places>;
  readonly close: () => void;
}

/** Those of the Redis server while it can be asked; as many as anybody likes while it cannot. */
function createPlaces(options: SharedQuotaOptions): Places {
  const { clock, warn } = options;
  let opened: Store | undefined;
  let awayUntil = Number.NEGATIVE_INFINITY;
  let hasWarned = false;

  function giveUp(store: Store | undefined, error: unknown): void {
    store?.close();
    if (store !== opened) return;
    opened = undefined;
    awayUntil = clock.elapsed() + REDIS.pauseMilliseconds;
    if (hasWarned) return;
    hasWarned = true;
    warn(
      `The quota is not shared: the Redis server that HUAWEI_OTA_REDIS_URL names could not be used (${messageOf(error)}). The work goes on with this runner's own quota, which gives way when the platform throttles; Redis is asked again every half minute.`,
    );
  }

  async function ask(question: (places: Places) => Promise<unknown>): Promise<unknown> {
    if (clock.elapsed() < awayUntil) return undefined;
    let store: Store | undefined;
    try {
      store = opened ??= openStore(options);
      return await inTime(store.places.then(question));
    } catch (error) {
      giveUp(store, error);
      return undefined;
    }
  }

  return {
    take: async (place) => Number((await ask((places) => places.take(place))) ?? 0),
    hold: (place) => ask((places) => places.hold(place)),
  };
}

function openStore(options: SharedQuotaOptions): Store {
  const { url, account, callsPerMinute, minuteSeconds = MINUTE_SECONDS } = options;
  const { createClient, RateLimiterRedis } = packages();
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: REDIS.patienceMilliseconds, reconnectStrategy: false },
  });
  // Whatever it is, the next question fails of it.
  client.on("error", () => undefined);
  // A server that accepts and says nothing must not keep the program alive.
  client.unref();
  const limiterOf = (script: string): InstanceType<typeof RateLimiterRedis> =>
    new RateLimiterRedis({
      storeClient: client,
      useRedisPackage: true,
      keyPrefix: "huawei-ota:calls",
      points: callsPerMinute,
      duration: minuteSeconds + SLACK_SECONDS,
      customIncrTtlLuaScript: script,
    });
  async function connected(): Promise<Places> {
    await client.connect();
    const name = createHash("sha256").update(await account());
    const key = name.digest("hex").slice(0, 16);
    const [taker, holder] = [limiterOf(TAKE), limiterOf(HOLD)];
    return {
      take: async (place) => {
        try {
          await taker.consume(key, place);
          return 0;
        } catch (refusal) {
          if (refusal instanceof Error) throw refusal;
          return (refusal as { msBeforeNext: number }).msBeforeNext;
        }
      },
      hold: (place) => holder.penalty(key, place),
    };
  }

  const places = connected();
  // Whoever asks is told; nobody may have asked yet.
  places.catch(() => undefined);
  return {
    places,
    close: () => {
      if (client.isOpen) client.destroy();
    },
  };
}

interface Packages {
  readonly createClient: typeof import("@redis/client").createClient;
  readonly RateLimiterRedis: typeof import("rate-limiter-flexible").RateLimiterRedis;
}

/**
 * Only teams that share a quota install them. A bundler of the program takes the `try` for the leave
 * to go on without them.
 */
function packages(): Packages {
  try {
    /* eslint-disable @typescript-eslint/no-require-imports */
    const { createClient } = require("@redis/client") as Packages;
    const { RateLimiterRedis } = require("rate-limiter-flexible") as Packages;
    /* eslint-enable @typescript-eslint/no-require-imports */
    return { createClient, RateLimiterRedis };
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== "MODULE_NOT_FOUND") throw cause;
    const advice = "run npm install @redis/client rate-limiter-flexible";
    throw new Error(`its client is not installed; ${advice}`, { cause });
  }
}

/** The work itself cannot be called off; what becomes of it later is nobody's concern. */
function inTime<Result>(work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`no answer within ${String(REDIS.patienceMilliseconds / 1000)} s`));
    }, REDIS.patienceMilliseconds);
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}
