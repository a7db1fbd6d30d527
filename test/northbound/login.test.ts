import { PlatformError } from "../../src/errors";
import type { HttpReply, HttpRequest, Send } from "../../src/http/endpoint";
import type { Token } from "../../src/http/token";
import { createLogin } from "../../src/northbound/api/login";
import type { Account } from "../../src/northbound/settings";
import { aReply, errorOf } from "../http/requests";
import { ManualClock } from "../manual-clock";
import { account } from "./scripted-platform";

const LOGIN = "/iocm/app/sec/v1.1.0/login";
const REFRESH = "/iocm/app/sec/v1.1.0/refreshToken";

const given = { accessToken: "t1", tokenType: "bearer", refreshToken: "r1", scope: "default" };
const refused = aReply(401, { error_code: "100208", error_desc: "appId or secret is wrong." });

function session(
  script: (request: HttpRequest, call: number) => HttpReply | Error,
  change: Partial<Account> = {},
) {
  const clock = new ManualClock(0);
  const sent: HttpRequest[] = [];
  const login = createLogin({ ...account, ...change });
  const send: Send = (request) => {
    sent.push(request);
    const answer = script(request, sent.length);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { sent, obtain: (old?: Token) => login(send, old, clock) };
}

const fields = (request: HttpRequest | undefined) =>
  Object.fromEntries(new URLSearchParams(request?.body));
const paths = (sent: readonly HttpRequest[]) => sent.map(({ path }) => path);

describe("A login", () => {
  it("is a form, not JSON, and carries no token", async () => {
    const secret = "s3cret&more=+ é";
    const { sent, obtain } = session(() => aReply(200, { ...given, expiresIn: 3600 }), {
      secrets: [secret],
    });
    await obtain();
    const [request] = sent;
    expect(request).toMatchObject({ method: "POST", path: LOGIN, mutates: false });
    expect(request?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(Object.keys(request?.headers ?? {})).toEqual(["accept", "content-type"]);
    expect(fields(request)).toEqual({ appId: "waterworks", secret });
  });

  it.each(["bearer", "Bearer ", "", undefined])(
    "builds the header itself whatever tokenType is: %j",
    async (tokenType) => {
      const { obtain } = session(() => aReply(200, { ...given, tokenType, expiresIn: 3600 }));
      expect((await obtain()).headers).toEqual({
        app_key: "waterworks",
        authorization: "Bearer t1",
      });
    },
  );

  it.each<[unknown, number]>([
    [3600, 3540],
    ["3600", 3540],
    [100, 90],
    [undefined, 3540],
    [null, 3540],
    ["soon", 3540],
    [0, 3540],
    [-5, 3540],
  ])("of which expiresIn is %j is renewed after %i s", async (expiresIn, seconds) => {
    const { obtain } = session(() => aReply(200, { ...given, expiresIn }));
    expect((await obtain()).renewAt).toBe(seconds * 1000);
  });

  it("that is refused is the platform's error, and says what to check", async () => {
    const { obtain } = session(() => refused);
    const error = await errorOf(obtain());
    expect(error).toBeInstanceOf(PlatformError);
    expect(error).toMatchObject({ code: "100208", status: 401 });
    expect(error.message).toBe(
      'The platform refused logging in to application waterworks: "appId or secret is wrong." (100208). Check the application id and its secret.',
    );
  });

  it.each<[string, HttpReply]>([
    ["nothing", aReply(200, "")],
    ["a page", aReply(200, "<html>")],
    ["no token", aReply(200, {})],
    ["an empty token", aReply(200, { accessToken: "" })],
  ])("that is answered with %s is an error that names the endpoint", async (_what, reply) => {
    const { obtain } = session(() => reply);
    expect((await errorOf(obtain())).message).toContain(
      "without a token. Check the endpoint https://platform.example:8743",
    );
  });

  it("never shows the secret in an error", async () => {
    for (const reply of [refused, aReply(200, "<html>"), aReply(500, "")]) {
      const { obtain } = session(() => reply);
      expect((await errorOf(obtain())).message).not.toContain("s3cret");
    }
  });
});

describe("A token that grew old", () => {
  async function aged(script: (request: HttpRequest, call: number) => HttpReply | Error) {
    const { sent, obtain } = session((request, call) =>
      call === 1 ? aReply(200, given) : script(request, call),
    );
    const old = await obtain();
    return { sent, refresh: () => obtain(old) };
  }

  it("is refreshed with JSON", async () => {
    const { sent, refresh } = await aged(() => aReply(200, { ...given, accessToken: "t2" }));
    expect((await refresh()).headers["authorization"]).toBe("Bearer t2");
    expect(paths(sent)).toEqual([LOGIN, REFRESH]);
    expect(sent[1]?.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(sent[1]?.body ?? "")).toEqual({
      appId: "waterworks",
      secret: "s3cret",
      refreshToken: "r1",
    });
  });

  it.each<[string, HttpReply | Error]>([
    ["is refused", refused],
    ["is malformed", aReply(400, { error_code: "50400" })],
    ["fails in the platform", aReply(500, { error_code: "50252" })],
    ["is answered with a page", aReply(200, "<html>")],
    ["is answered without a token", aReply(200, {})],
    ["is lost", new Error("lost")],
  ])("is replaced by a login when its refresh %s", async (_what, answer) => {
    const { sent, refresh } = await aged(({ path }) =>
      path === REFRESH ? answer : aReply(200, { ...given, accessToken: "t2" }),
    );
    expect((await refresh()).headers["authorization"]).toBe("Bearer t2");
    expect(paths(sent)).toEqual([LOGIN, REFRESH, LOGIN]);
  });

  it.each([undefined, null, ""])(
    "is replaced by a login when its refresh token was %j",
    async (refreshToken) => {
      const { sent, obtain } = session(() => aReply(200, { accessToken: "t1", refreshToken }));
      await obtain(await obtain());
      expect(paths(sent)).toEqual([LOGIN, LOGIN]);
    },
  );
});

describe("Two secrets", () => {
  const secrets = ["old", "new"];
  const takes = (wanted: string) => (request: HttpRequest) =>
    fields(request)["secret"] === wanted || request.path === REFRESH ? aReply(200, given) : refused;

  it("are tried in turn, and the one that works goes first from then on", async () => {
    const { sent, obtain } = session(takes("new"), { secrets });
    const token = await obtain();
    await obtain();
    expect(sent.map((request) => fields(request)["secret"])).toEqual(["old", "new", "new"]);
    await obtain(token);
    expect(JSON.parse(sent.at(-1)?.body ?? "")).toMatchObject({ secret: "new" });
  });

  it("that are both refused are the platform's error", async () => {
    const { sent, obtain } = session(takes("other"), { secrets });
    expect(await errorOf(obtain())).toMatchObject({ code: "100208" });
    expect(sent).toHaveLength(2);
  });

  it("are no reason to go on when the application is blocked", async () => {
    const { sent, obtain } = session(() => aReply(400, { error_code: "100247" }), { secrets });
    const error = await errorOf(obtain());
    expect(error.message).toContain("The application is blocked; ask the platform's operator.");
    expect(sent).toHaveLength(1);
  });
});
