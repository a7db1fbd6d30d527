import { bench, type Bench } from "./client";

const loginPath = "/iocm/app/sec/v1.1.0/login";
const refreshPath = "/iocm/app/sec/v1.1.0/refreshToken";
const logoutPath = "/iocm/app/sec/v1.1.0/logout";

function postJson({ send }: Bench, path: string, body: unknown) {
  const headers = { "Content-Type": "application/json" };
  return send(path, { method: "POST", headers, body: JSON.stringify(body) });
}

async function refresh(platform: Bench, refreshToken: unknown) {
  return postJson(platform, refreshPath, {
    appId: "waterworks",
    secret: "s3cret",
    refreshToken,
  });
}

test("a login answers the five fields of the vendor", async () => {
  const { login } = await bench();
  const { status, body, headers } = await login();
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("application/json");
  expect(body).toEqual({
    accessToken: expect.any(String) as string,
    refreshToken: expect.any(String) as string,
    tokenType: "bearer",
    expiresIn: 3600,
    scope: "default",
  });
});

test("tokenType and expiresIn take the other spellings on request", async () => {
  const { login } = await bench({ tokenType: "Bearer ", expiresInAsText: true });
  expect((await login()).body).toMatchObject({ tokenType: "Bearer ", expiresIn: "3600" });
});

test.each([
  ["a wrong secret", "waterworks", "wrong", 401, "100208"],
  ["an unknown application", "nobody", "s3cret", 401, "100208"],
  ["a blocked application", "frozen", "ice", 400, "100247"],
  ["an empty secret", "waterworks", "", 400, "102202"],
])("a login with %s is refused", async (_name, appId, secret, status, code) => {
  const { login } = await bench();
  const reply = await login(appId, secret);
  expect(reply.status).toBe(status);
  expect(reply.body["error_code"]).toBe(code);
});

test("a login in JSON is refused, for the platform takes a form", async () => {
  const reply = await postJson(await bench(), loginPath, {
    appId: "waterworks",
    secret: "s3cret",
  });
  expect(reply.status).toBe(400);
  expect(reply.body["error_code"]).toBe("102202");
});

test("a new login ends the token that was issued before", async () => {
  const { call, login } = await bench();
  expect((await call("GET", "/category")).status).toBe(200);
  await login();
  const reply = await call("GET", "/category");
  expect(reply.status).toBe(403);
  expect(reply.body).toEqual({
    error_code: "1010005",
    error_desc: "App_key or access_token is invalid.",
  });
});

test("newLoginEndsOldToken false lets several tokens live", async () => {
  const { call, login } = await bench({ newLoginEndsOldToken: false });
  await login();
  expect((await call("GET", "/category")).status).toBe(200);
});

test("a token ends after its life", async () => {
  const { call, simulator } = await bench();
  simulator.clock.advance(3599);
  expect((await call("GET", "/category")).status).toBe(200);
  simulator.clock.advance(1);
  expect((await call("GET", "/category")).body["error_code"]).toBe("1010005");
});

test("the life of a token can be set", async () => {
  const { call, simulator, login } = await bench({ tokenLifeSeconds: 10 });
  expect((await login()).body["expiresIn"]).toBe(10);
  simulator.clock.advance(10);
  expect((await call("GET", "/category")).status).toBe(403);
});

test("a refresh gives new tokens, ends the old access token and uses up the refresh token", async () => {
  const platform = await bench();
  const first = (await platform.login()).body;
  const second = await refresh(platform, first["refreshToken"]);
  expect(second.status).toBe(200);
  const withFirst = platform.callerFor("waterworks", String(first["accessToken"]));
  const withSecond = platform.callerFor("waterworks", String(second.body["accessToken"]));
  expect((await withFirst("GET", "/category")).status).toBe(403);
  expect((await withSecond("GET", "/category")).status).toBe(200);
  expect((await refresh(platform, first["refreshToken"])).status).toBe(401);
});

test("refreshEndsOldToken false keeps the old access token alive", async () => {
  const platform = await bench({ refreshEndsOldToken: false });
  const first = (await platform.login()).body;
  await refresh(platform, first["refreshToken"]);
  const withFirst = platform.callerFor("waterworks", String(first["accessToken"]));
  expect((await withFirst("GET", "/category")).status).toBe(200);
});

test("a refresh token ends after its own life", async () => {
  const platform = await bench({ refreshTokenLifeSeconds: 7200 });
  const { body } = await platform.login();
  platform.simulator.clock.advance(7200);
  expect((await refresh(platform, body["refreshToken"])).body["error_code"]).toBe("100208");
});

test("a refresh as a form, or with a field missing or of the wrong type, is refused", async () => {
  const platform = await bench();
  const form = new URLSearchParams({ appId: "waterworks", secret: "s3cret", refreshToken: "x" });
  const asForm = await platform.send(refreshPath, { method: "POST", body: form });
  expect([asForm.status, asForm.body["error_code"]]).toEqual([400, "50400"]);
  expect((await refresh(platform, undefined)).body["error_code"]).toBe("102202");
  expect((await refresh(platform, 7)).body["error_code"]).toBe("50400");
});

test("a logout ends the token that it names", async () => {
  const platform = await bench();
  const { body } = await platform.login();
  const call = platform.callerFor("waterworks", String(body["accessToken"]));
  const reply = await postJson(platform, logoutPath, { accessToken: body["accessToken"] });
  expect([reply.status, reply.text]).toEqual([204, ""]);
  expect((await call("GET", "/category")).status).toBe(403);
  expect((await postJson(platform, logoutPath, {})).body["error_code"]).toBe("102202");
});

test("the token of one application does not work with the app_key of another", async () => {
  const platform = await bench();
  const token = String((await platform.login()).body["accessToken"]);
  const reply = await platform.callerFor("laboratory", token)("GET", "/category");
  expect([reply.status, reply.body["error_code"]]).toEqual([403, "1010005"]);
});

test.each([
  ["no Authorization", {}],
  ["a token that was never issued", { Authorization: "Bearer nonsense" }],
  ["another scheme", { Authorization: "bearer TOKEN" }],
  ["two spaces, as the tokenType 'Bearer ' would make", { Authorization: "Bearer  TOKEN" }],
])("a call with %s is 403 1010005", async (_name, headers: Record<string, string>) => {
  const { send, login } = await bench();
  const token = String((await login()).body["accessToken"]);
  const written = Object.entries(headers).map(([name, text]) => [
    name,
    text.replace("TOKEN", token),
  ]);
  const reply = await send("/iodm/northbound/v1.5.0/category", {
    headers: { app_key: "waterworks", ...(Object.fromEntries(written) as object) },
  });
  expect([reply.status, reply.body["error_code"]]).toEqual([403, "1010005"]);
});

test.each([
  ["1010005", 403],
  ["100025", 401],
] as const)("a call without app_key can be answered %s", async (missingAppKey, status) => {
  const { send, login } = await bench({ missingAppKey });
  const token = String((await login()).body["accessToken"]);
  const reply = await send("/iodm/northbound/v1.5.0/category", {
    headers: { Authorization: `Bearer ${token}` },
  });
  expect([reply.status, reply.body["error_code"]]).toEqual([status, missingAppKey]);
});
