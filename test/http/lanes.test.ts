import { CancelledError } from "../../src/errors";
import { createLanes } from "../../src/http/lanes";
import { ManualClock, settled } from "../manual-clock";
import { aReply, aRequest, errorOf } from "./requests";

function server(lanes: number) {
  const clock = new ManualClock();
  const state = { underWay: 0, most: 0, sent: 0 };
  const call = createLanes(lanes)(async () => {
    state.sent += 1;
    state.underWay += 1;
    state.most = Math.max(state.most, state.underWay);
    await clock.sleep(1_000);
    state.underWay -= 1;
    return aReply();
  });
  return { clock, state, call };
}

describe("Calls in lanes", () => {
  it("are no more at once than there are lanes, and all get their turn", async () => {
    const { clock, state, call } = server(16);
    const start = clock.now();
    await clock.run(Promise.all(Array.from({ length: 100 }, () => call(aRequest()))));
    expect(state).toEqual({ underWay: 0, most: 16, sent: 100 });
    expect(clock.now() - start).toBe(7_000);
  });

  it("leave their lane to the next when they fail", async () => {
    const lanes = createLanes(1);
    await errorOf(lanes(() => Promise.reject(new Error("Lost.")))(aRequest()));
    expect((await lanes(() => Promise.resolve(aReply()))(aRequest())).status).toBe(200);
  });

  it("that are cancelled while they wait are not sent, and lose nobody's turn", async () => {
    const { clock, state, call } = server(1);
    const cancellation = new AbortController();
    const first = call(aRequest());
    const cancelled = errorOf(call(aRequest({ context: { signal: cancellation.signal } })));
    const last = call(aRequest());
    await settled();
    cancellation.abort();
    expect(await cancelled).toBeInstanceOf(CancelledError);
    await clock.run(Promise.all([first, last]));
    expect(state.sent).toBe(2);
  });
});
