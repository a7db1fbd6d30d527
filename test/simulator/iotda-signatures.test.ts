import type { ApiRequest } from "../../src/simulator/api";
import { expectedSignature, parseSignature } from "../../src/simulator/iotda/signature";
import type { Reply } from "./client";
import { iotdaBench, projectId, world, type IotdaBench } from "./iotda-client";

/* The vectors are those of the tests of Huawei's Go SDK. */

function request(method: string, query: string, body: string): ApiRequest {
  return {
    method,
    path: "/path",
    query: new URLSearchParams(query),
    headers: { "x-sdk-date": "20060102T150405Z" },
    body,
    bytes: Buffer.from(body),
    now: 0,
  };
}

const get = request("GET", "limit=1", "");
const post = request("POST", "key=value", '{"Name":"test","Id":1}\n');
const plain = {
  algorithm: "SDK-HMAC-SHA256",
  accessKey: "AccessKey",
  info: undefined,
  signedHeaders: ["x-sdk-date"],
} as const;
const derived = {
  ...plain,
  algorithm: "V11-HMAC-SHA256",
  info: "20060102/test-region-1/demo",
} as const;

test.each([
  ["a plain GET", get, plain, "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624"],
  ["a plain POST", post, plain, "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59"],
  [
    "a derived GET",
    get,
    derived,
    "8fd3610508884bb19718317797c7378716a94bc740d97502e569322e366341cc",
  ],
  [
    "a derived POST",
    post,
    derived,
    "4112f88b92d82dd1e1b7dd142f1e99e4f1762c42ca8fe0968b3045120870a903",
  ],
] as const)("%s has the signature of Huawei's vector", (_name, call, how, signature) => {
  expect(expectedSignature(call, how, "SecretKey")).toBe(signature);
});

test("headers that are no signature of either kind are none", () => {
  expect(parseSignature("Bearer abc")).toBeUndefined();
  expect(parseSignature("SDK-HMAC-SHA256 Access=KEY")).toBeUndefined();
  expect(parseSignature(undefined)).toBeUndefined();
});

interface Signing {
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly date?: string;
  readonly scope?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly names?: readonly string[];
}

const path = `/v5/iot/${projectId}/ota-upgrades/packages`;

function signed({ send }: IotdaBench, signing: Signing = {}): Promise<Reply> {
  const { accessKey = "KEY", secretKey = "secret-key", date = "20260501T080000Z" } = signing;
  const headers = { "x-sdk-date": date, ...signing.headers };
  const names = signing.names ?? Object.keys(headers);
  const how = {
    algorithm: signing.scope === undefined ? "SDK-HMAC-SHA256" : "V11-HMAC-SHA256",
    accessKey,
    info: signing.scope,
    signedHeaders: names,
  } as const;
  const query = "package_type=firmwarePackage";
  const signature = expectedSignature(
    { ...request("GET", query, ""), path, headers },
    how,
    secretKey,
  );
  const credential = `${accessKey}/${signing.scope ?? ""}`;
  const who = signing.scope === undefined ? `Access=${accessKey}` : `Credential=${credential}`;
  const told = `${who}, SignedHeaders=${names.join(";")}, Signature=${signature ?? ""}`;
  return send(`${path}?${query}`, {
    headers: { ...headers, Authorization: `${how.algorithm} ${told}` },
  });
}

const scope = "20260501/ap-southeast-1/iotdm";

test("a call that is signed with the secret key is let in, by either kind of signature", async () => {
  const platform = await iotdaBench();
  expect(await signed(platform)).toMatchObject({ status: 200 });
  expect(await signed(platform, { scope })).toMatchObject({ status: 200 });
  expect(platform.simulator.books().requests.at(-1)).toMatchObject({ appId: "KEY" });
});

test("a header that is signed without being sent is empty, whatever its name", async () => {
  const names = ["x-sdk-date", "x-other", "constructor", "__proto__", "toString"];
  expect(await signed(await iotdaBench(), { names })).toMatchObject({ status: 200 });
});

test("a key sees the projects of its account, and no others", async () => {
  const { iotda } = world;
  if (iotda === undefined) throw new Error("The world has no part for IoTDA.");
  const owned = (domain: string) => ({
    ...world,
    iotda: {
      ...iotda,
      accessKeys: [{ accessKey: "KEY", secretKey: "secret-key", domain: "waterworks" }],
      projects: iotda.projects.map((project) => ({ ...project, domain })),
    },
  });
  const own = await iotdaBench({}, { data: owned("waterworks") });
  expect(await signed(own)).toMatchObject({ status: 200 });
  const foreign = await iotdaBench({}, { data: owned("gasworks") });
  expect(await signed(foreign)).toMatchObject({
    status: 403,
    body: { error_code: "IOTDA.000021" },
  });
});

test("a private host takes derived signatures only", async () => {
  const platform = await iotdaBench({ iotdaPrivateHost: true });
  expect(await signed(platform)).toMatchObject({
    status: 401,
    body: { error_code: "IOTDA.000002" },
  });
  expect(await signed(platform, { scope })).toMatchObject({ status: 200 });
});

test.each<[string, Signing]>([
  ["with another key", { secretKey: "wrong" }],
  ["by nobody known", { accessKey: "NOBODY" }],
  ["without its date", { names: ["x-other"], headers: { "x-other": "1" } }],
  ["16 minutes ago", { date: "20260501T074400Z" }],
  ["16 minutes ahead", { date: "20260501T081600Z" }],
  ["for another region", { scope: "20260501/cn-north-4/iotdm" }],
  ["for another service", { scope: "20260501/ap-southeast-1/iotda" }],
  ["for another day", { scope: "20260430/ap-southeast-1/iotdm" }],
  ["with a temporary key without its token", temporary({})],
  ["with a temporary key and another token", temporary({ "x-security-token": "wrong" })],
])("a call that is signed %s is 401 APIGW.0301", async (_how, signing) => {
  const { status, body, headers } = await signed(await iotdaBench(), signing);
  expect(status).toBe(401);
  expect(body["error_code"]).toBe("APIGW.0301");
  expect(body["request_id"]).toBe(headers.get("x-request-id"));
});

function temporary(headers: Readonly<Record<string, string>>): Signing {
  return { accessKey: "TEMPORARY", secretKey: "temporary-key", headers };
}

test("a temporary key works with its token", async () => {
  const platform = await iotdaBench();
  const headers = { "x-security-token": "security-token" };
  expect(await signed(platform, temporary(headers))).toMatchObject({ status: 200 });
});

test("a date may be 15 minutes off, and may be that of this computer unless it is told not", async () => {
  const platform = await iotdaBench();
  expect(await signed(platform, { date: "20260501T074500Z" })).toMatchObject({ status: 200 });
  const date = `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  expect(await signed(platform, { date })).toMatchObject({ status: 200 });
  platform.simulator.setBehaviour({ iotdaSignatureClock: "simulated" });
  expect(await signed(platform, { date })).toMatchObject({ status: 401 });
});

test("a signature is only good for what it was made for", async () => {
  const platform = await iotdaBench();
  await signed(platform);
  const headers = { "x-sdk-date": "20260501T080000Z" };
  const how = { ...plain, accessKey: "KEY" };
  const signature = expectedSignature({ ...get, path, headers }, how, "secret-key") ?? "";
  const authorization = `SDK-HMAC-SHA256 Access=KEY, SignedHeaders=x-sdk-date, Signature=${signature}`;
  const ask = (query: string, init: RequestInit = {}): Promise<Reply> =>
    platform.send(`${path}?${query}`, {
      ...init,
      headers: { ...headers, Authorization: authorization },
    });
  expect(await ask("limit=1")).toMatchObject({ status: 400 });
  expect(await ask("limit=2")).toMatchObject({ status: 401 });
  expect(await ask("limit=1", { method: "POST", body: "{}" })).toMatchObject({ status: 401 });
});
