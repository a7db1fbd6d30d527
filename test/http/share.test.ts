import { CancelledError } from "../../src/errors";
import type { HttpReply, HttpRequest, Send } from "../../src/http/endpoint";
import { createShare, type Outcome } from "../../src/http/share";
import { ManualClock, settled } from "../manual-clock";
import { aDelete, aPost, aReply, aRequest, errorOf } from "./requests";

const listing = (change = {}) => aRequest({ path: "/list?pageNo=0", shareSeconds: 30, ...change });

function outcomeOf({ status, text }: HttpReply): Outcome {
  if (!text.startsWith("{")) return "unknown";
  return status < 300 && !text.includes("error_code") ? "answer" : "refusal";
}

function server(reply: () => HttpReply = () => aReply()) {
  const clock = new ManualClock();
  const sent: string[] = [];
  const signals: (AbortSignal | undefined)[] = [];
  const send: Send = async (request) => {
    sent.push(request.path);
    signals.push(request.context.signal);
    await clock.sleep(1_000);
    return reply();
  };
  return { clock, sent, signals, call: createShare(clock, outcomeOf)(send) };
}

describe("Identical reads", () => {
  it("that come together are one call", async () => {
    const { clock, sent, call } = server();
    await clock.run(Promise.all(Array.from({ length: 100 }, () => call(listing()))));
    expect(sent).toHaveLength(1);
  });

  it("share a reply while it is young, counted from when it was asked for", async () => {
    const { clock, sent, call } = server();
    await clock.run(call(listing()));
    await clock.advance(28_999);
    await clock.run(call(listing()));
    expect(sent).toHaveLength(1);
    await clock.advance(1);
    await clock.run(call(listing()));
    expect(sent).toHaveLength(2);
  });

  it("are asked anew when the caller wants it fresh, and the others share the new reply", async () => {
    const { clock, sent, call } = server();
    await clock.run(call(listing()));
    await clock.run(call(listing({ context: { maxAgeSeconds: 0 } })));
    await clock.advance(10_000);
    await clock.run(call(listing()));
    expect(sent).toHaveLength(2);
  });

  it("of a further page are no older than the first page that they go on with", async () => {
    const { clock, sent, call } = server();
    const second = () => call(listing({ path: "/list?pageNo=1", firstPage: "/list?pageNo=0" }));
    await clock.run(call(listing()));
    await clock.advance(10_000);
    await clock.run(second());
    await clock.advance(20_000);
    await clock.run(call(listing()));
    await clock.run(second());
    await clock.run(second());
    expect(sent).toEqual(["/list?pageNo=0", "/list?pageNo=1", "/list?pageNo=0", "/list?pageNo=1"]);
  });

  it("are as different as their queries", async () => {
    const { clock, sent, call } = server();
    await clock.run(Promise.all([call(listing()), call(listing({ path: "/list?pageNo=1" }))]));
    expect(sent).toEqual(["/list?pageNo=0", "/list?pageNo=1"]);
  });

  it("are asked each time where the endpoint shares nothing", async () => {
    const { clock, sent, call } = server();
    await clock.run(Promise.all([call(aRequest()), call(aRequest())]));
    expect(sent).toHaveLength(2);
  });

  it("do not share an error with those that come after it", async () => {
    let works = false;
    const { clock, sent, call } = server(() => {
      if (works) return aReply();
      throw new Error("lost");
    });
    const together = [errorOf(call(listing())), errorOf(call(listing()))];
    expect((await clock.run(Promise.all(together))).map(({ message }) => message)).toEqual([
      "lost",
      "lost",
    ]);
    works = true;
    expect((await clock.run(call(listing()))).status).toBe(200);
    expect(sent).toHaveLength(2);
  });

  it.each([
    ["a refusal", aReply(404, { error_code: "123009" })],
    ["a refusal with the status 200", aReply(200, { error_code: "1010009" })],
    ["a page that is not the platform's", aReply(200, "<html>")],
  ])("do not share %s with those that come after it", async (_what, first) => {
    let reply = first;
    const { clock, sent, call } = server(() => reply);
    expect(await clock.run(call(listing()))).toBe(first);
    reply = aReply();
    expect(await clock.run(call(listing()))).toBe(reply);
    expect(sent).toHaveLength(2);
  });

  it("go on for the others when the caller that started them is cancelled, who leaves at once", async () => {
    const { clock, sent, signals, call } = server();
    const controller = new AbortController();
    const first = errorOf(call(listing({ context: { signal: controller.signal } })));
    const second = call(listing());
    await settled();
    controller.abort();
    expect(await first).toBeInstanceOf(CancelledError);
    expect((await clock.run(second)).status).toBe(200);
    expect(signals).toEqual([undefined]);
    expect(sent).toHaveLength(1);
  });

  it.each<[string, HttpRequest, number]>([
    ["a change of theirs", aDelete({ path: "/list/1", outdates: ["/list"] }), 2],
    ["a change that does not say what it outdates", aDelete({ path: "/things/1" }), 2],
    ["a change of something else", aDelete({ path: "/lists/1", outdates: ["/lists"] }), 1],
    ["a create that its caller remembers", aPost({ path: "/list", outdates: [] }), 1],
  ])("asked before %s are asked anew after it as that says", async (_what, change, asked) => {
    const { clock, sent, call } = server();
    await clock.run(call(listing()));
    await clock.run(call(change));
    await clock.run(call(listing()));
    await clock.run(call(listing()));
    expect(sent.filter((path) => path === "/list?pageNo=0")).toHaveLength(asked);
  });

  it("that were sent while a change was under way are asked anew after it", async () => {
    const { clock, sent, call } = server();
    const change = call(aDelete({ path: "/list/1", outdates: ["/list"] }));
    await clock.advance(500);
    const during = call(listing());
    await clock.run(change);
    const after = call(listing());
    await clock.run(Promise.all([during, after]));
    expect(sent).toEqual(["/list/1", "/list?pageNo=0", "/list?pageNo=0"]);
  });

  it.each<[string, () => HttpReply, number]>([
    ["was refused", () => aReply(400, { error_code: "123016" }), 1],
    ["got a reply that nobody can read", () => aReply(200, "<html>"), 2],
    [
      "was lost",
      () => {
        throw new Error("lost");
      },
      2,
    ],
  ])("are asked anew after a create that %s only if it may be there", async (_what, end, asked) => {
    let reply = () => aReply();
    const { clock, sent, call } = server(() => reply());
    await clock.run(call(listing()));
    reply = end;
    await clock.run(call(aPost({ path: "/list", outdates: [] })).catch(() => undefined));
    reply = () => aReply();
    await clock.run(call(listing()));
    expect(sent.filter((path) => path === "/list?pageNo=0")).toHaveLength(asked);
  });

  it("are never what changes something", async () => {
    const { clock, sent, call } = server();
    const post = aPost({ shareSeconds: 30 });
    await clock.run(Promise.all([call(post), call(post)]));
    expect(sent).toHaveLength(2);
  });
});
