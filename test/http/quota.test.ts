import fc from "fast-check";

import { CancelledError } from "../../src/errors";
import type { Clock } from "../../src/clock";
import type { HttpRequest, Priority, Send } from "../../src/http/endpoint";
import { createQuota } from "../../src/http/quota";
import { createRetry } from "../../src/http/retry";
import { ManualClock, settled } from "../manual-clock";
import { aReply, aRequest, errorOf } from "./requests";

const WINDOW = 60_000;

const quotaOf = (callsPerMinute: number, clock: Clock) =>
  createQuota({
    callsPerMinute,
    clock,
    random: () => 0.5,
    isThrottled: ({ status }) => status === 429,
  });

/** The most calls that a server with these counting times sees in any 60 s. */
function mostInAWindow(counted: readonly number[]): number {
  const times = [...counted].sort((a, b) => a - b);
  let most = 0;
  let first = 0;
  times.forEach((time, index) => {
    while (time - (times[first] ?? time) >= WINDOW) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
}

describe("The quota", () => {
  it("never lets the server see more calls in any 60 s than it allows", async () => {
    const calls = fc.record({
      startsAt: fc.integer({ min: 0, max: 200_000 }),
      toServer: fc.integer({ min: 0, max: 20_000 }),
      toClient: fc.integer({ min: 0, max: 20_000 }),
      fails: fc.boolean(),
      priority: fc.constantFrom<Priority>("mutate", "read", "poll"),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.array(calls, { minLength: 1, maxLength: 60 }),
        async (callsPerMinute, plan) => {
          const clock = new ManualClock();
          const counted: number[] = [];
          const limited = quotaOf(callsPerMinute, clock);
          const work = plan.map(async ({ startsAt, toServer, toClient, fails, priority }) => {
            await clock.sleep(startsAt);
            const send: Send = async () => {
              await clock.sleep(toServer);
              counted.push(clock.now());
              await clock.sleep(toClient);
              if (fails) throw new Error("lost");
              return aReply();
            };
            await limited(send)(aRequest({ priority })).catch(() => undefined);
          });
          await clock.run(Promise.all(work));
          expect(counted).toHaveLength(plan.length);
          expect(mostInAWindow(counted)).toBeLessThanOrEqual(callsPerMinute);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("keeps the law in fixed minutes too, wherever they begin", async () => {
    const clock = new ManualClock();
    const counted = await load(clock, 100, 1_000, 80);
    for (let offset = 0; offset < WINDOW; offset += 7_000) {
      const minutes = new Map<number, number>();
      for (const time of counted) {
        const minute = Math.floor((time - offset) / WINDOW);
        minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
      }
      expect(Math.max(...minutes.values())).toBeLessThanOrEqual(100);
    }
  });

  it("uses at least 98 % of the quota over ten windows when there is work", async () => {
    const clock = new ManualClock();
    const start = clock.now();
    const counted = await load(clock, 100, 1_100, 100);
    const inTenWindows = counted.filter((time) => time - start < 10 * WINDOW).length;
    expect(inTenWindows).toBeGreaterThanOrEqual(980);
  });

  it("lets changes go before reads and reads before polls, each in the order of arrival", async () => {
    const clock = new ManualClock();
    const { send, sent } = recording();
    const limited = quotaOf(1, clock)(send);
    const arrivals = ["read 0", "poll 1", "read 1", "mutate 1", "poll 2", "mutate 2", "read 2"];
    const work = arrivals.map((path) =>
      limited(aRequest({ path, priority: (path.split(" ")[0] ?? "") as Priority })),
    );
    await clock.run(Promise.all(work));
    expect(sent).toEqual([
      "read 0",
      "mutate 1",
      "mutate 2",
      "read 1",
      "read 2",
      "poll 1",
      "poll 2",
    ]);
  });

  it("lets a change that comes late go before reads that wait already", async () => {
    const clock = new ManualClock();
    const { send, sent } = recording();
    const limited = quotaOf(2, clock)(send);
    const reads = ["a", "b", "c", "d"].map((path) => limited(aRequest({ path })));
    await clock.advance(30_000);
    const late = limited(aRequest({ path: "late", priority: "mutate" }));
    await clock.run(Promise.all([...reads, late]));
    expect(sent).toEqual(["a", "b", "late", "c", "d"]);
  });

  it("drops a cancelled call from the queue and keeps its place for the others", async () => {
    const clock = new ManualClock();
    const { send, sent } = recording();
    const limited = quotaOf(1, clock)(send);
    const controller = new AbortController();
    await limited(aRequest({ path: "first" }));
    const cancelled = errorOf(
      limited(aRequest({ path: "cancelled", context: { signal: controller.signal } })),
    );
    const other = limited(aRequest({ path: "other" }));
    await settled();
    controller.abort();
    expect(await cancelled).toBeInstanceOf(CancelledError);
    await clock.run(other);
    expect(sent).toEqual(["first", "other"]);
  });

  it("does not queue a call that was cancelled before", async () => {
    const clock = new ManualClock();
    const { send, sent } = recording();
    const limited = quotaOf(1, clock)(send);
    await limited(aRequest({ path: "first" }));
    const late = limited(aRequest({ path: "late", context: { signal: AbortSignal.abort() } }));
    expect(await errorOf(late)).toBeInstanceOf(CancelledError);
    expect(sent).toEqual(["first"]);
  });

  it("counts a call that failed, because the server may have", async () => {
    const clock = new ManualClock();
    const limited = quotaOf(1, clock);
    await errorOf(limited(() => Promise.reject(new Error("lost")))(aRequest()));
    const { send, sent } = recording();
    const next = limited(send)(aRequest());
    await clock.advance(WINDOW - 1);
    expect(sent).toHaveLength(0);
    await clock.run(next);
    expect(sent).toHaveLength(1);
  });
});

describe("A call that was turned away", () => {
  /** When the calls of a quota of 100 are sent after one that was turned away. */
  async function after(turnedAway: HttpRequest): Promise<number> {
    const clock = new ManualClock();
    const limited = quotaOf(100, clock);
    await limited(() => Promise.resolve(aReply(429)))(turnedAway);
    const { send } = recording();
    const start = clock.now();
    await clock.run(Promise.all(Array.from({ length: 90 }, () => limited(send)(aRequest()))));
    return clock.now() - start;
  }

  it("makes the others wait, and our share smaller", async () => {
    expect(await after(aRequest())).toBeGreaterThanOrEqual(WINDOW);
  });

  it("says nothing of the others where the platform counts it apart", async () => {
    expect(await after(aRequest({ isApart: true }))).toBe(0);
  });
});

describe("Calls that are under way at once", () => {
  const limit = (clock: Clock, atOnce: number) =>
    createQuota({
      callsPerMinute: 1_000,
      atOnce,
      clock,
      random: () => 0.5,
      isThrottled: () => false,
    });

  function server(atOnce: number) {
    const clock = new ManualClock();
    const state = { underWay: 0, most: 0, sent: [] as string[] };
    const call = limit(
      clock,
      atOnce,
    )(async ({ path }) => {
      state.sent.push(path);
      state.underWay += 1;
      state.most = Math.max(state.most, state.underWay);
      await clock.sleep(1_000);
      state.underWay -= 1;
      return aReply();
    });
    return { clock, state, call };
  }

  it("are no more than may be, and all get their turn", async () => {
    const { clock, state, call } = server(16);
    const start = clock.now();
    await clock.run(Promise.all(Array.from({ length: 100 }, () => call(aRequest()))));
    expect(state).toMatchObject({ underWay: 0, most: 16 });
    expect(state.sent).toHaveLength(100);
    expect(clock.now() - start).toBe(7_000);
  });

  it("leave their turn to the next when they fail", async () => {
    const limited = limit(new ManualClock(), 1);
    await errorOf(limited(() => Promise.reject(new Error("Lost.")))(aRequest()));
    expect((await limited(() => Promise.resolve(aReply()))(aRequest())).status).toBe(200);
  });

  it("are not sent when they are cancelled while they wait, and lose nobody's turn", async () => {
    const { clock, state, call } = server(1);
    const cancellation = new AbortController();
    const first = call(aRequest());
    const cancelled = errorOf(call(aRequest({ context: { signal: cancellation.signal } })));
    const last = call(aRequest());
    await settled();
    cancellation.abort();
    expect(await cancelled).toBeInstanceOf(CancelledError);
    await clock.run(Promise.all([first, last]));
    expect(state.sent).toHaveLength(2);
  });

  it("make the others wait in their order", async () => {
    const { clock, state, call } = server(1);
    const work = (["read", "poll", "read", "mutate"] as const).map((priority, index) =>
      call(aRequest({ path: `${priority} ${String(index)}`, priority })),
    );
    await clock.run(Promise.all(work));
    expect(state.sent).toEqual(["read 0", "mutate 3", "read 2", "poll 1"]);
  });
});

/** An account's quota as a server counts it; `refusedCount` says whether what it turns away counts too. */
function serverOf(clock: ManualClock, window: "fixed" | "sliding", refusedCount: boolean) {
  let counted: number[] = [];
  const totals = { answered: 0, refused: 0 };
  return {
    totals,
    send: async () => {
      await clock.sleep(50);
      const now = clock.now();
      const since = window === "sliding" ? now - WINDOW : Math.floor(now / WINDOW) * WINDOW;
      counted = counted.filter((time) => time > since);
      const hasRoom = counted.length < 100;
      if (hasRoom || refusedCount) counted.push(now);
      totals[hasRoom ? "answered" : "refused"] += 1;
      await clock.sleep(50);
      return aReply(hasRoom ? 200 : 429);
    },
  };
}

describe.each(["fixed", "sliding"] as const)(
  "Several clients of one account, %s windows",
  (window) => {
    it.each([
      [2, false],
      [2, true],
      [3, false],
      [3, true],
    ])(
      "%i of them share, nothing fails (refused calls count: %s)",
      async (clients, refusedCount) => {
        const clock = new ManualClock();
        const { send, totals } = serverOf(clock, window, refusedCount);
        const start = clock.now();
        let seed = 1;
        const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
        const isThrottled = ({ status }: { status: number }) => status === 429;
        const ends = Array.from({ length: clients }, async (_, client) => {
          const quota = createQuota({ callsPerMinute: 100, clock, random, isThrottled });
          const retry = createRetry({
            clock,
            random,
            classify: (reply) => (isThrottled(reply) ? "throttled" : "answer"),
          });
          const call = retry(quota(send));
          await clock.sleep(client * 20_000);
          const calls = Array.from({ length: 600 }, () => call(aRequest()));
          return (await Promise.all(calls)).every(({ status }) => status === 200);
        });
        expect(await clock.run(Promise.all(ends))).toEqual(ends.map(() => true));
        expect(totals.answered).toBe(600 * clients);
        const minutes = (clock.now() - start) / WINDOW;
        expect(minutes).toBeLessThan(6 * clients * (refusedCount ? 2 : 1.5));
        expect(totals.refused).toBeLessThan(totals.answered * (refusedCount ? 1 : 0.5));
      },
    );
  },
);

function recording(): { send: Send; sent: string[] } {
  const sent: string[] = [];
  const send = (request: HttpRequest) => {
    sent.push(request.path);
    return Promise.resolve(aReply());
  };
  return { send, sent };
}

async function load(
  clock: ManualClock,
  callsPerMinute: number,
  calls: number,
  latency: number,
): Promise<number[]> {
  const counted: number[] = [];
  const limited = quotaOf(
    callsPerMinute,
    clock,
  )(async () => {
    await clock.sleep(latency / 2);
    counted.push(clock.now());
    await clock.sleep(latency / 2);
    return aReply();
  });
  await clock.run(Promise.all(Array.from({ length: calls }, () => limited(aRequest()))));
  return counted;
}
