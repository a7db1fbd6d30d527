import fc from "fast-check";

import { OtaError } from "../../src/errors";
import { pathOf } from "../../src/http/endpoint";

const HOST = "https://platform.example:8743";
const PATH = "/iodm/northbound/v1.5.0/category/{fileId}";

describe("The path of a call", () => {
  it("holds the id as one segment, whatever it is made of, and stays on the host", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "binary" }), (fileId) => {
        fc.pre(![".", ".."].includes(fileId));
        const url = new URL(pathOf(PATH, { parameters: { fileId } }), HOST);
        expect(url.origin).toBe(HOST);
        expect(url.search + url.hash).toBe("");
        const segments = url.pathname.split("/");
        expect(segments.slice(0, 5)).toEqual(["", "iodm", "northbound", "v1.5.0", "category"]);
        expect(segments.slice(5).map(decodeURIComponent)).toEqual([fileId]);
      }),
    );
  });

  it.each(["../../operations", "a?b=c", "a#b", "100%", "a/b", "//evil.example/", "a b", "é"])(
    "encodes %j",
    (fileId) => {
      const url = new URL(pathOf(PATH, { parameters: { fileId } }), HOST);
      expect(url.href).toBe(
        `${HOST}/iodm/northbound/v1.5.0/category/${encodeURIComponent(fileId)}`,
      );
    },
  );

  it.each(["", ".", ".."])("is refused for %j, which would be the path of something else", (id) => {
    const make = () => pathOf(PATH, { parameters: { fileId: id } });
    expect(make).toThrow(OtaError);
    expect(make).toThrow(`fileId is "${id}", which is no id of the platform; nothing was sent.`);
  });

  it("has the query encoded, and without what is undefined", () => {
    const query = { deviceId: "a&b=c d", pageNo: 0, model: undefined };
    expect(pathOf("/operations", { query })).toBe("/operations?deviceId=a%26b%3Dc%20d&pageNo=0");
    expect(pathOf("/operations", { query: { model: undefined } })).toBe("/operations");
  });

  it("has nothing in its query that two servers read in two ways", () => {
    const name = "a+b ~c!*'(é\ud800)";
    const path = pathOf("/device-group", { query: { name } });
    expect(path).toBe("/device-group?name=a%2Bb%20~c%21%2A%27%28%C3%A9%EF%BF%BD%29");
    expect(new URL(path, HOST).href).toBe(`${HOST}${path}`);
  });

  it("has a query that says the same to servers that read it as a form and to others", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (model) => {
        const { search, searchParams } = new URL(pathOf("/operations", { query: { model } }), HOST);
        expect(searchParams.get("model")).toBe(model);
        expect(decodeURIComponent(search)).toBe(`?model=${model}`);
      }),
    );
  });
});
