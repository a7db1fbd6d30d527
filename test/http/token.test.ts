import { CancelledError, OtaError, PlatformError } from "../../src/errors";
import type { HttpRequest, Send } from "../../src/http/endpoint";
import { createTokenPolicy, type Token } from "../../src/http/token";
import { ManualClock, settled } from "../manual-clock";
import { aReply, aRequest, errorOf } from "./requests";

const LIFE = 3_540_000;
const rejection = aReply(403, "rejected");

/** A platform that gives numbered tokens, each of which ends the one before. */
function platform({ pause = 1_000, loginTakes = 100 } = {}) {
  const clock = new ManualClock();
  const obtained: { at: number; from: string | undefined }[] = [];
  const used: string[] = [];
  const state = {
    valid: "",
    refuseAll: false,
    failLogins: false,
    refusal: undefined as PlatformError | undefined,
  };
  const start = clock.now();
  const obtain = async (_send: Send, old: Token | undefined): Promise<Token> => {
    obtained.push({ at: clock.now() - start, from: old?.headers["authorization"] });
    const name = `token-${String(obtained.length)}`;
    await clock.sleep(loginTakes);
    if (state.refusal !== undefined) throw state.refusal;
    if (state.failLogins) throw new OtaError("The secret is wrong.");
    state.valid = name;
    return { headers: { authorization: name }, renewAt: clock.now() + LIFE };
  };
  const send: Send = async (request: HttpRequest) => {
    const token = request.headers["authorization"] ?? "";
    used.push(token);
    const accepted = token === state.valid && !state.refuseAll;
    await clock.sleep(50);
    return accepted ? aReply() : rejection;
  };
  const policy = createTokenPolicy({
    clock,
    loginsPerCall: 5,
    pauseMilliseconds: () => pause,
    obtain,
    isRejection: (reply) => reply.text === "rejected",
  })(send);
  return { clock, obtained, used, state, call: (request = aRequest()) => policy(request) };
}

it("A login that takes long holds nobody who is cancelled", async () => {
  const { clock, call } = platform({ loginTakes: 60_000 });
  const cancellation = new AbortController();
  const waiting = errorOf(call(aRequest({ context: { signal: cancellation.signal } })));
  await settled();
  cancellation.abort();
  expect(await waiting).toBeInstanceOf(CancelledError);
  expect((await clock.run(call())).status).toBe(200);
});

describe("The token", () => {
  it("is obtained once for all calls that come at the same time", async () => {
    const { clock, call, obtained, used } = platform();
    const replies = await clock.run(Promise.all(Array.from({ length: 20 }, () => call())));
    expect(replies.every((reply) => reply.status === 200)).toBe(true);
    expect(obtained).toHaveLength(1);
    expect(new Set(used)).toEqual(new Set(["token-1"]));
  });

  it("is kept for later calls, and renewed from the old one when its time comes", async () => {
    const { clock, call, obtained } = platform();
    await clock.run(call());
    await clock.advance(LIFE - 1_000);
    await clock.run(call());
    expect(obtained).toHaveLength(1);
    await clock.advance(2_000);
    const replies = await clock.run(Promise.all([call(), call(), call()]));
    expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200]);
    expect(obtained.map(({ from }) => from)).toEqual([undefined, "token-1"]);
  });

  it("is replaced after a pause when the platform turns it away", async () => {
    const { clock, call, obtained, state } = platform({ pause: 7_000 });
    await clock.run(call());
    state.valid = "somebody else's";
    const before = clock.now();
    expect((await clock.run(call())).status).toBe(200);
    expect(Math.round(clock.now() - before)).toBe(50 + 7_000 + 100 + 50);
    expect(obtained.at(-1)?.from).toBeUndefined();
  });

  it("is replaced by one login for all calls that were turned away together", async () => {
    const { clock, call, obtained, state } = platform();
    await clock.run(call());
    state.valid = "somebody else's";
    const replies = await clock.run(Promise.all(Array.from({ length: 20 }, () => call())));
    expect(replies.every((reply) => reply.status === 200)).toBe(true);
    expect(obtained).toHaveLength(2);
  });

  it("is not obtained again for a call whose old token is turned away after the new one came", async () => {
    const clock = new ManualClock();
    let logins = 0;
    let slowReply: (() => void) | undefined;
    const policy = createTokenPolicy({
      clock,
      loginsPerCall: 5,
      pauseMilliseconds: () => 1_000,
      obtain: () => {
        logins += 1;
        return Promise.resolve({
          headers: { authorization: `token-${String(logins)}` },
          renewAt: clock.now() + LIFE,
        });
      },
      isRejection: (reply) => reply.status === 403,
    })(async (request) => {
      if (request.path === "/slow" && slowReply === undefined) {
        await new Promise<void>((resolve) => (slowReply = resolve));
      }
      return request.headers["authorization"] === "token-2" ? aReply() : rejection;
    });
    const slow = policy(aRequest({ path: "/slow" }));
    await clock.run(policy(aRequest({ path: "/quick" })));
    expect(logins).toBe(2);
    slowReply?.();
    expect((await clock.run(slow)).status).toBe(200);
    expect(logins).toBe(2);
  });

  it("is given up after five logins for one call, and the refusal is handed on", async () => {
    const { clock, call, obtained, used, state } = platform();
    await clock.run(call());
    state.refuseAll = true;
    expect(await clock.run(call())).toBe(rejection);
    expect(obtained).toHaveLength(1 + 5);
    expect(used).toHaveLength(1 + 6);
    const gaps = obtained.slice(1).map(({ at }, index) => at - (obtained[index]?.at ?? 0));
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(1_000);
      expect(gap).toBeLessThanOrEqual(10_000 + 200);
    }
  });

  it("comes to all waiting calls as the login's error, and the next call tries again", async () => {
    const { clock, call, obtained, state } = platform();
    state.failLogins = true;
    const errors = await clock.run(Promise.all([errorOf(call()), errorOf(call())]));
    expect(errors.map((error) => error.message)).toEqual([
      "The secret is wrong.",
      "The secret is wrong.",
    ]);
    expect(obtained).toHaveLength(1);
    state.failLogins = false;
    expect((await clock.run(call())).status).toBe(200);
  });

  it("that the platform refused is asked for once, not by each call, until ten minutes later", async () => {
    const { clock, call, obtained, state } = platform();
    state.refusal = new PlatformError("The secret is wrong (100208).", 401, "100208");
    for (let resource = 0; resource < 20; resource += 1) {
      expect(await errorOf(clock.run(call()))).toEqual(state.refusal);
    }
    expect(obtained).toHaveLength(1);
    await clock.advance(10 * 60_000);
    state.refusal = undefined;
    expect((await clock.run(call())).status).toBe(200);
  });

  it("whose login failed for a fault of the platform is asked for by the next call", async () => {
    const { clock, call, state } = platform();
    state.refusal = new PlatformError("Internal error (500).", 500, "500");
    await errorOf(clock.run(call()));
    state.refusal = undefined;
    expect((await clock.run(call())).status).toBe(200);
  });

  it("is not waited for by a cancelled operation", async () => {
    const { clock, call, obtained, state } = platform();
    await clock.run(call());
    state.valid = "somebody else's";
    const controller = new AbortController();
    const error = errorOf(call(aRequest({ context: { signal: controller.signal } })));
    await clock.advance(500);
    controller.abort();
    await settled();
    expect(await error).toBeInstanceOf(CancelledError);
    expect(obtained).toHaveLength(1);
  });
});
