import fc from "fast-check";

import { CancelledError, LostReplyError, OtaError, OversizedReplyError } from "../../src/errors";
import type { HttpReply, HttpRequest, Send } from "../../src/http/endpoint";
import { createRetry, type ReplyKind } from "../../src/http/retry";
import { ConnectionError, OversizedReply } from "../../src/http/send";
import { ManualClock } from "../manual-clock";
import { aDelete, aPost, aReply, aRequest, errorOf } from "./requests";

const throttled = (headers = {}): HttpReply => aReply(403, "throttled", headers);
const broken = aReply(502, "<html>");
const answer = aReply(200, { done: true });
const lost = new ConnectionError("the connection was reset", true, true);
const refused = new ConnectionError("the connection was refused", false, true);
const untrusted = new ConnectionError("the server's certificate is not trusted", false, false);

function classify(reply: HttpReply): ReplyKind {
  if (reply.text === "throttled") return "throttled";
  if (reply.text === "{}") return "unreadable";
  return reply.status >= 500 || reply.text === "<html>" ? "broken" : "answer";
}

type Step = HttpReply | Error;

/** Sends through the policy to a server that goes through the steps and repeats the last one. */
function through(steps: readonly Step[], random = () => 0.5) {
  const clock = new ManualClock();
  const times: number[] = [];
  const start = clock.now();
  const send: Send = () => {
    const step = steps[Math.min(times.length, steps.length - 1)];
    times.push(clock.now() - start);
    if (step === undefined || step instanceof Error) return Promise.reject(step ?? new Error());
    return Promise.resolve(step);
  };
  const policy = createRetry({ clock, random, classify })(send);
  return { times, clock, call: (request: HttpRequest) => clock.run(policy(request)) };
}

describe("A reply that is too large to be read", () => {
  it("is told as such to a reader, who may ask for less, and is not asked for again", async () => {
    const { call, times } = through([new OversizedReply()]);
    expect(await errorOf(call(aRequest()))).toBeInstanceOf(OversizedReplyError);
    expect(times).toHaveLength(1);
  });

  it("is lost where the call changes something", async () => {
    const { call } = through([new OversizedReply()]);
    expect(await errorOf(call(aPost()))).toBeInstanceOf(LostReplyError);
  });
});

describe("A throttled call", () => {
  it.each([
    ["GET", aRequest()],
    ["DELETE", aDelete()],
    ["POST", aPost()],
  ])("is repeated although it is a %s, for the platform refused it", async (_method, request) => {
    const { call, times } = through([throttled(), throttled(), answer]);
    expect(await call(request)).toBe(answer);
    expect(times).toHaveLength(3);
  });

  it("waits longer each time, up to half a minute", async () => {
    const { call, times } = through([...Array<Step>(7).fill(throttled()), answer], () => 0.999999);
    await call(aPost());
    const pauses = times.slice(1).map((time, index) => Math.round(time - (times[index] ?? 0)));
    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it("that the platform counts apart waits no longer than it takes until it has room again", async () => {
    const { call, times } = through([...Array<Step>(4).fill(throttled()), answer], () => 0.999999);
    await call(aRequest({ isApart: true }));
    const pauses = times.slice(1).map((time, index) => Math.round(time - (times[index] ?? 0)));
    expect(pauses).toEqual([2_000, 4_000, 8_000, 8_000]);
  });

  it("spreads the clients that wait over the second half of a pause", async () => {
    const { call, times } = through([throttled(), answer], () => 0);
    await call(aPost());
    expect(times).toEqual([0, 1_000]);
  });

  it("waits as long as Retry-After says", async () => {
    const { call, times } = through([throttled({ "retry-after": "17" }), answer]);
    await call(aPost());
    expect(times).toEqual([0, 17_000]);
  });

  it.each([
    ["this computer's clock", {}],
    ["that of the reply", { date: "Fri, 01 May 2026 07:00:00 GMT" }],
  ])("waits until the time that Retry-After says, by %s", async (_whose, date) => {
    const until =
      "date" in date ? "Fri, 01 May 2026 07:00:17 GMT" : "Fri, 01 May 2026 08:00:17 GMT";
    const { call, times } = through([throttled({ ...date, "retry-after": until }), answer]);
    await call(aPost());
    expect(times).toEqual([0, 17_000]);
  });

  it.each(["soon", "-3", "0", "Fri, 01 May 2026 08:00:00 GMT"])(
    "passes over a Retry-After of %j",
    async (value) => {
      const { call, times } = through([throttled({ "retry-after": value }), answer]);
      await call(aRequest());
      expect(times).toEqual([0, 1_500]);
    },
  );

  it("comes back as the refusal that it is when a quarter of an hour did not help", async () => {
    const refusal = throttled();
    const { call, times } = through([refusal]);
    expect(await call(aPost())).toBe(refusal);
    expect(times.at(-1)).toBeGreaterThan(14 * 60_000);
    expect(times.at(-1)).toBeLessThanOrEqual(15 * 60_000);
  });
});

describe("A lost connection", () => {
  it.each([
    ["GET", aRequest()],
    ["DELETE", aDelete()],
  ])("is harmless for a %s, which is sent again", async (_method, request) => {
    const { call, times } = through([lost, lost, answer]);
    expect(await call(request)).toBe(answer);
    expect(times).toHaveLength(3);
  });

  it("ends a POST as a lost reply, and the POST is never sent again", async () => {
    const { call, times } = through([lost, answer]);
    const error = await errorOf(call(aPost()));
    expect(error).toBeInstanceOf(LostReplyError);
    expect(error.message).toBe("The reply to creating a thing was lost: the connection was reset.");
    expect(times).toHaveLength(1);
  });

  it("is a failure after six tries, in words", async () => {
    const { call, times } = through([lost]);
    const error = await errorOf(call(aRequest()));
    expect(error).toBeInstanceOf(OtaError);
    expect(error.message).toBe(
      "The platform could not be reached for querying a thing: the connection was reset.",
    );
    expect(times).toHaveLength(6);
  });
});

describe("A create that may be repeated, because it names its id,", () => {
  const put = aPost({ method: "PUT", path: "/things/1", repeatable: true });

  it("is sent again like a read", async () => {
    const { call, times } = through([lost, broken, answer]);
    expect(await call(put)).toBe(answer);
    expect(times).toHaveLength(3);
  });

  it("is a lost reply when no repetition helped, whatever the last one ended with", async () => {
    for (const last of [lost, refused, untrusted]) {
      const { call } = through([lost, last]);
      expect(await errorOf(call(put))).toBeInstanceOf(LostReplyError);
    }
  });

  it("is a lost reply when it is cancelled in the queue for another try", async () => {
    const { call } = through([lost, new CancelledError("The operation was cancelled.")]);
    expect(await errorOf(call(put))).toBeInstanceOf(LostReplyError);
  });

  it("is a lost reply when it is cancelled before it is sent again", async () => {
    const { call } = through([lost]);
    const error = await errorOf(call({ ...put, context: { signal: AbortSignal.abort() } }));
    expect(error).toBeInstanceOf(LostReplyError);
  });
});

describe("A reply of the platform's that is not the documented one", () => {
  const unreadable = aReply(200, {});

  it("is read again once", async () => {
    const { call, times } = through([unreadable, answer]);
    expect(await call(aRequest())).toBe(answer);
    expect(times).toHaveLength(2);
  });

  it("is handed on when it stays, for the reader to say what is wrong with it", async () => {
    const { call, times } = through([unreadable]);
    expect(await call(aRequest())).toBe(unreadable);
    expect(times).toHaveLength(2);
  });

  it("is no reason to send a POST again", async () => {
    const { call, times } = through([unreadable]);
    expect(await call(aPost())).toBe(unreadable);
    expect(times).toHaveLength(1);
  });
});

describe("A call that was certainly never sent", () => {
  it("is tried again, a POST too", async () => {
    const { call, times } = through([refused, refused, answer]);
    expect(await call(aPost())).toBe(answer);
    expect(times).toHaveLength(3);
  });

  it("is no lost reply in the end, and the error says that nothing was sent", async () => {
    const { call } = through([refused]);
    const error = await errorOf(call(aPost()));
    expect(error).not.toBeInstanceOf(LostReplyError);
    expect(error.message).toBe(
      "The platform could not be reached for creating a thing: the connection was refused. Nothing was sent.",
    );
  });

  it("fails at once where another try cannot help", async () => {
    const { call, times } = through([untrusted, answer]);
    await errorOf(call(aRequest()));
    expect(times).toHaveLength(1);
  });
});

describe("A reply that is not the platform's", () => {
  it.each([
    ["GET", aRequest()],
    ["DELETE", aDelete()],
  ])("is harmless for a %s", async (_method, request) => {
    const { call } = through([broken, aReply(200, "<html>"), answer]);
    expect(await call(request)).toBe(answer);
  });

  it("is handed on when it stays", async () => {
    const { call, times } = through([broken]);
    expect(await call(aRequest())).toBe(broken);
    expect(times).toHaveLength(6);
  });

  it.each([
    [broken, "the platform answered HTTP 502"],
    [aReply(200, "<html>"), "HTTP 200 came with a body that could not be read"],
  ])("is a lost reply for a POST", async (reply, reason) => {
    const { call, times } = through([reply, answer]);
    const error = await errorOf(call(aPost()));
    expect(error).toBeInstanceOf(LostReplyError);
    expect(error.message).toContain(reason);
    expect(times).toHaveLength(1);
  });
});

describe("An outage", () => {
  /** A server that answers nothing until it is back, and 20 resources that ask it. */
  function outage(step: Step) {
    const clock = new ManualClock();
    const state = { isBack: false, sent: 0 };
    const send: Send = async () => {
      state.sent += 1;
      await clock.sleep(10);
      if (state.isBack) return answer;
      if (step instanceof Error) throw step;
      return step;
    };
    const policy = createRetry({ clock, random: () => 0.5, classify })(send);
    const ask = async (change: Partial<HttpRequest> = {}): Promise<HttpReply | Error> =>
      policy(aRequest(change)).catch((error: unknown) => error as Error);
    const all = () => Promise.all(Array.from({ length: 20 }, () => ask()));
    return { clock, state, ask, all };
  }

  it.each([
    ["refuses connections", refused],
    ["drops connections", lost],
    ["answers 502", broken],
  ])("of a platform that %s is found by one call for all of the same moment", async (_, step) => {
    const { clock, state, all } = outage(step);
    const begin = clock.elapsed();
    const ends = await clock.run(all());
    for (const end of ends) expect(end instanceof OtaError || end === broken).toBe(true);
    expect(state.sent).toBe(20 + 5);
    expect(clock.elapsed() - begin).toBeLessThan(15_000);
  });

  it("is not found again by calls that come one after the other", async () => {
    const { clock, state, ask } = outage(refused);
    const begin = clock.elapsed();
    for (let resource = 0; resource < 20; resource += 1) await clock.run(ask());
    expect(state.sent).toBe(20 + 5);
    expect(clock.elapsed() - begin).toBeLessThan(15_000);
  });

  it("that ends is an outage for none of those that waited", async () => {
    const { clock, state, all } = outage(refused);
    const ends = all();
    await clock.advance(3_000);
    state.isBack = true;
    expect(new Set(await clock.run(ends))).toEqual(new Set([answer]));
  });

  it.each([
    ["once an answer came", 0, true],
    ["half a minute later", 30_001, false],
  ])("is looked for anew %s", async (_, later, answers) => {
    const { clock, state, ask } = outage(refused);
    await clock.run(ask());
    await clock.advance(later);
    state.isBack = answers;
    if (answers) await clock.run(ask());
    Object.assign(state, { isBack: false, sent: 0 });
    await clock.run(ask());
    expect(state.sent).toBe(6);
  });

  it("is looked for by the next call when the one that does is cancelled", async () => {
    const { clock, state, ask } = outage(refused);
    const controller = new AbortController();
    const first = ask({ context: { signal: controller.signal } });
    const second = ask();
    await clock.advance(100);
    controller.abort();
    expect(await first).toBeInstanceOf(CancelledError);
    await clock.advance(1_000);
    state.isBack = true;
    expect(await clock.run(second)).toBe(answer);
  });

  it("keeps nobody waiting who is cancelled", async () => {
    const { clock, state, ask } = outage(refused);
    const controller = new AbortController();
    const first = ask();
    const second = ask({ context: { signal: controller.signal } });
    await clock.advance(100);
    controller.abort();
    expect(await second).toBeInstanceOf(CancelledError);
    state.isBack = true;
    expect(await clock.run(first)).toBe(answer);
  });
});

describe("Whatever happens", () => {
  it("a POST reaches the server at most once unless every earlier one was turned away", async () => {
    const step = fc.constantFrom<Step>(throttled(), broken, lost, refused, untrusted, answer);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const { call, times } = through(steps);
        await call(aPost()).catch(() => undefined);
        const before = Array.from(
          { length: times.length - 1 },
          (_, index) => steps[index] ?? steps.at(-1),
        );
        for (const earlier of before) {
          expect(
            earlier === refused || (!(earlier instanceof Error) && earlier?.text === "throttled"),
          ).toBe(true);
        }
      }),
    );
  });

  it("a cancelled operation ends in its pause, and nothing more is sent", async () => {
    const controller = new AbortController();
    const clock = new ManualClock();
    let sent = 0;
    const policy = createRetry({ clock, random: () => 0.5, classify })(() => {
      sent += 1;
      return Promise.resolve(throttled());
    });
    const error = errorOf(policy(aPost({ context: { signal: controller.signal } })));
    await clock.advance(100);
    const reason = new CancelledError("The engine is gone, so nothing more was sent.");
    controller.abort(reason);
    expect(await error).toBe(reason);
    expect(sent).toBe(1);
  });

  it("an error that is none of the connection's goes through as it is", async () => {
    const own = new OtaError("read-only");
    const { call, times } = through([own, answer]);
    expect(await errorOf(call(aRequest()))).toBe(own);
    expect(times).toHaveLength(1);
  });
});
