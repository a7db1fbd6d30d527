import fc from "fast-check";

import { authorizationOf, type Signable } from "../../../src/iotda/api/sign";

/*
 * The vectors are those of the vendor's Go SDK (core/auth/signer/signer_test.go and
 * derived_signer_test.go), whose JSON encoder ends a body with a new line.
 */
const key = { accessKey: "AccessKey", secretKey: "SecretKey" };
const derivedFor = { region: "test-region-1", service: "demo" };
const headers = { "x-sdk-date": "20060102T150405Z" };
const get: Signable = { method: "GET", path: "/path?limit=1", headers };
const post: Signable = {
  method: "POST",
  path: "/path?key=value",
  headers,
  body: '{"Name":"test","Id":1}\n',
};

describe("The vendor's vectors", () => {
  it.each([
    ["a GET", get, "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624"],
    ["a POST", post, "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59"],
  ])("hold for %s with the plain signature", (_what, request, signature) => {
    expect(authorizationOf(request, key)).toBe(
      `SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=x-sdk-date, Signature=${signature}`,
    );
  });

  it.each([
    ["a GET", get, "8fd3610508884bb19718317797c7378716a94bc740d97502e569322e366341cc"],
    ["a POST", post, "4112f88b92d82dd1e1b7dd142f1e99e4f1762c42ca8fe0968b3045120870a903"],
  ])("hold for %s with the derived signature", (_what, request, signature) => {
    expect(authorizationOf(request, key, derivedFor)).toBe(
      `V11-HMAC-SHA256 Credential=AccessKey/20060102/test-region-1/demo, SignedHeaders=x-sdk-date, Signature=${signature}`,
    );
  });
});

describe("A signature", () => {
  const signatureOf = (change: Partial<Signable>): string =>
    authorizationOf({ ...get, ...change }, key);

  it("is the same for a path with and without its last slash", () => {
    expect(signatureOf({ path: "/path/?limit=1" })).toBe(signatureOf({}));
  });

  it("does not depend on the order of queries and headers, nor on the spelling of their names", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string(), { minKeys: 2 }),
        (query) => {
          const entries = Object.entries(query);
          const path = (all: typeof entries): string => `/path?${String(new URLSearchParams(all))}`;
          const there = signatureOf({
            path: path(entries),
            headers: { ...headers, Host: " a.example ", Accept: "b" },
          });
          const back = signatureOf({
            path: path([...entries].reverse()),
            headers: { accept: "b", host: "a.example", ...headers },
          });
          expect(back).toBe(there);
        },
      ),
    );
  });

  it("covers method, path, query, each header and the body", () => {
    const all = [
      signatureOf({}),
      signatureOf({ method: "DELETE" }),
      signatureOf({ path: "/other?limit=1" }),
      signatureOf({ path: "/path?limit=2" }),
      signatureOf({ headers: { ...headers, host: "a.example" } }),
      signatureOf({ body: "x" }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it("never throws, whatever a segment of the path is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (segment) => {
        expect(signatureOf({ path: `/${encodeURIComponent(segment)}` })).toMatch(
          /Signature=[0-9a-f]{64}$/,
        );
      }),
    );
  });
});
