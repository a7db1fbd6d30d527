import type { Clock } from "../../src/clock";
import type { HttpReply, Priority } from "../../src/http/endpoint";
import { createQuota } from "../../src/http/quota";
import { createRetry } from "../../src/http/retry";
import { ManualClock } from "../manual-clock";
import { aReply, aRequest } from "./requests";

/*
 * An account's calls for ten minutes and more, against the two servers that the vendor's words leave
 * open: "a frequency that exceeds the flow control threshold (100 calls per minute by default)".
 */

const MINUTE = 60_000;
const LIMIT = 100;

interface Server {
  /** When each call was counted, by the server's clock. */
  readonly counted: number[];
  refused: number;
  /** Decides about a call that arrives now. */
  readonly admits: () => boolean;
}

function serverOf(clock: Clock, startOf: (now: number) => number): Server {
  const counted: number[] = [];
  const server: Server = {
    counted,
    refused: 0,
    admits: () => {
      const now = clock.elapsed();
      const since = startOf(now);
      let inWindow = 0;
      for (let index = counted.length - 1; index >= 0 && (counted[index] ?? 0) >= since; index -= 1)
        inWindow += 1;
      if (inWindow < LIMIT) counted.push(now);
      else server.refused += 1;
      return inWindow < LIMIT;
    },
  };
  return server;
}

/** Counts the calls of the minute that lasts, which begins somewhere in our own. */
const fixed = (clock: Clock) =>
  serverOf(clock, (now) => Math.floor((now - 17_000) / MINUTE) * MINUTE + 17_000);

/** Counts the calls of the last 60 s. */
const sliding = (clock: Clock) => serverOf(clock, (now) => now - MINUTE + 1);

/** How a client sees the server's time. */
interface Skew {
  /** Of each second of the server's, so many pass here. */
  readonly rate?: number;
  readonly ahead?: number;
  /** So far somebody sets the clock after three and a half minutes, and back after seven. */
  readonly jump?: number;
}

function skewed(clock: ManualClock, { rate = 1, ahead = 0, jump = 0 }: Skew): Clock {
  const start = clock.elapsed();
  const passed = () => (clock.elapsed() - start) * rate;
  return {
    now: () => {
      const minutes = (clock.elapsed() - start) / MINUTE;
      return start + passed() + ahead + (minutes > 3.5 && minutes < 7 ? jump : 0);
    },
    elapsed: passed,
    // Timers count whole milliseconds.
    sleep: (milliseconds, signal) => clock.sleep(Math.ceil(milliseconds / rate), signal),
  };
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

const isThrottled = ({ status }: HttpReply) => status === 429;

interface ClientOptions {
  readonly server: Server;
  readonly clock: ManualClock;
  readonly own?: Clock;
  readonly latency?: () => number;
  readonly random: () => number;
}

function clientOf({ server, clock, own = clock, latency = () => 80, random }: ClientOptions) {
  const quota = createQuota({ callsPerMinute: LIMIT, clock: own, random, isThrottled });
  const classify = (reply: HttpReply) => (isThrottled(reply) ? "throttled" : "answer");
  const retry = createRetry({ clock: own, random, classify });
  return retry(
    quota(async () => {
      await clock.sleep(latency() / 2);
      const isAdmitted = server.admits();
      await clock.sleep(latency() / 2);
      return aReply(isAdmitted ? 200 : 429);
    }),
  );
}

const SKEWS: readonly (readonly [string, Skew])[] = [
  ["the same", {}],
  ["an hour ahead", { ahead: 60 * MINUTE }],
  ["an hour behind", { ahead: -60 * MINUTE }],
  ["fast, as much as clocks are slewed", { rate: 1.0005 }],
  ["slow, as much as clocks are slewed", { rate: 0.9995 }],
  ["fast, as a bad quartz is", { rate: 1.001 }],
  ["set an hour forward, and back again", { jump: 60 * MINUTE }],
  ["set an hour back, and forward again", { jump: -60 * MINUTE }],
];

const LATENCIES: readonly (readonly [string, (random: () => number) => () => number])[] = [
  ["replies at once", () => () => 2],
  ["replies after 80 ms", () => () => 80],
  ["replies after 20 to 600 ms", (random) => () => 20 + random() * 580],
  ["replies after a second", () => () => 1_000],
];

describe.each([
  ["fixed minutes", fixed],
  ["any 60 s", sliding],
] as const)("With work for more than ten minutes, against a server that counts %s", (_, server) => {
  describe.each(LATENCIES)("and %s", (_latency, latencyFrom) => {
    it.each(SKEWS)("nothing is refused and 98 %% is used; our clock is %s", async (_skew, skew) => {
      const clock = new ManualClock();
      const counting = server(clock);
      const random = randomFrom(7);
      const own = skewed(clock, skew);
      const call = clientOf({
        server: counting,
        clock,
        own,
        random,
        latency: latencyFrom(random),
      });
      const start = clock.elapsed();
      const calls = Array.from({ length: 1_300 }, () => call(aRequest()));
      await clock.run(Promise.all(calls));
      expect(counting.refused).toBe(0);
      // The first minute's burst is no measure: ten full minutes after it are.
      const used = counting.counted.filter(
        (time) => time >= start + MINUTE / 2 && time < start + 10.5 * MINUTE,
      );
      expect(used.length).toBeGreaterThanOrEqual(0.98 * 10 * LIMIT);
    });
  });
});

describe("While other calls wait", () => {
  /** What is sent in ten minutes of a lasting queue of changes or reads, with so many that poll. */
  async function sentBeside(other: Priority | undefined, pollers: number) {
    const clock = new ManualClock();
    const sent: { priority: Priority; at: number }[] = [];
    const start = clock.elapsed();
    const isOver = () => clock.elapsed() - start >= 10 * MINUTE;
    const quota = createQuota({ callsPerMinute: LIMIT, clock, random: () => 0.5, isThrottled });
    const call = quota(async ({ priority }) => {
      sent.push({ priority, at: clock.elapsed() - start });
      await clock.sleep(80);
      return aReply();
    });
    const repeat = async (priority: Priority, pause: number) => {
      while (!isOver()) {
        await call(aRequest({ priority }));
        await clock.sleep(pause);
      }
    };
    const workers = other === undefined ? 0 : 150;
    await clock.run(
      Promise.all([
        ...Array.from({ length: workers }, () => repeat(other ?? "read", 0)),
        ...Array.from({ length: pollers }, () => repeat("poll", 5_000)),
      ]),
    );
    return sent.filter(({ at }) => at >= MINUTE && at < 10 * MINUTE);
  }

  it.each(["mutate", "read"] as const)("(%s) polls have a fifth at most", async (other) => {
    const sent = await sentBeside(other, 300);
    for (let from = MINUTE; from < 9 * MINUTE; from += MINUTE / 4) {
      const span = sent.filter(({ at }) => at >= from && at < from + MINUTE);
      const polls = span.filter(({ priority }) => priority === "poll");
      expect(polls.length).toBeLessThanOrEqual(LIMIT / 5);
    }
  });

  it("polls are not forgotten: a few of them are heard every two minutes", async () => {
    const sent = await sentBeside("mutate", 10);
    const polls = sent.filter(({ priority }) => priority === "poll");
    expect(polls.length).toBeGreaterThanOrEqual(10 * 4);
  });

  it("and when none does, polls have the whole quota", async () => {
    const sent = await sentBeside(undefined, 300);
    expect(sent.length).toBeGreaterThanOrEqual(0.98 * 9 * LIMIT);
  });
});

describe.each([
  ["fixed minutes", fixed],
  ["any 60 s", sliding],
] as const)("Processes of one account, at a server that counts %s", (_, server) => {
  it.each([2, 3])("(%i of them) all have a part, and nothing fails", async (processes) => {
    const clock = new ManualClock();
    const counting = server(clock);
    const start = clock.elapsed();
    const answered = Array.from({ length: processes }, () => 0);
    const statuses = new Set<number>();
    const ends = answered.map(async (_none, index) => {
      const random = randomFrom(index + 11);
      const own = skewed(clock, { rate: 1 + (index - 1) / 2_000, ahead: index * 9_000 });
      const call = clientOf({ server: counting, clock, own, random });
      // The others come while the first has all.
      await clock.sleep(index * 90_000);
      const calls = Array.from({ length: 1_500 }, async () => {
        const { status } = await call(aRequest());
        statuses.add(status);
        if (clock.elapsed() - start < 15 * MINUTE) answered[index] = (answered[index] ?? 0) + 1;
      });
      await Promise.all(calls);
    });
    await clock.run(Promise.all(ends));
    expect([...statuses]).toEqual([200]);
    expect(counting.counted).toHaveLength(1_500 * processes);
    const total = answered.reduce((sum, one) => sum + one, 0);
    // Counted since the first began: shares become equal in some minutes, and the last came late.
    for (const one of answered) expect(one).toBeGreaterThan(total / processes / 3);
    expect(total).toBeGreaterThanOrEqual(0.8 * 15 * LIMIT);
  });
});
