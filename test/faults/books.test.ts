import { leaksIn } from "./books.js";

const SECRET = 'a "secret"/of 16+ signs';

describe("A secret in what was written", () => {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  it.each([
    ["as it is", `error: ${SECRET} is wrong`],
    ["in an address", `GET /login?secret=${encodeURIComponent(SECRET)}`],
    ["in JSON", JSON.stringify({ secret: SECRET })],
    ["in base64", base64(SECRET)],
    ["in base64, after another", base64(`user:${SECRET}`)],
    ["in base64, between others", base64(`users:${SECRET}, and more`)],
  ])("is found %s", (_how, text) => {
    expect(leaksIn({ "the log": text, "the state": "{}" }, ["another", SECRET])).toEqual([
      "LEAK: a secret stands in the log",
    ]);
  });

  it("is not found where there is none", () => {
    expect(leaksIn({ "the log": "error: the secret is wrong" }, [SECRET])).toEqual([]);
  });
});
