import { CancelledError } from "../../src/errors";
import type { HttpReply, Send } from "../../src/http/endpoint";
import { createShare } from "../../src/http/share";
import { ManualClock, settled } from "../manual-clock";
import { aPost, aReply, aRequest, errorOf } from "./requests";

const listing = (change = {}) => aRequest({ path: "/list?pageNo=0", shareSeconds: 30, ...change });

const isAnswer = ({ status, text }: HttpReply): boolean =>
  status < 300 && text.startsWith("{") && !text.includes("error_code");

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
  return { clock, sent, signals, call: createShare(clock, isAnswer)(send) };
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

  it("are never what changes something", async () => {
    const { clock, sent, call } = server();
    const post = aPost({ shareSeconds: 30 });
    await clock.run(Promise.all([call(post), call(post)]));
    expect(sent).toHaveLength(2);
  });
});
