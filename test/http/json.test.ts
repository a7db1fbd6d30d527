import fc from "fast-check";

import { OtaError } from "../../src/errors";
import { parseJson } from "../../src/http/json";

function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}

const BACKSLASH = "\\";

describe("The JSON of a reply", () => {
  it("is read as it is, whatever it holds but control characters", () => {
    const printable = fc.jsonValue().filter((value) => {
      const texts = JSON.stringify(value).replaceAll(/\\[nrt]/g, "");
      return !/\\[bfu]|\p{Cc}/u.test(texts);
    });
    fc.assert(
      fc.property(printable, (value) => {
        expect(parseJson(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("has no control characters but line ends and tabs, however they are written", () => {
    expect(parseJson(String.raw`"a\u001b[2J\u0007\b\f\n\t\r\u009b\u007F"`)).toBe(
      "a\ufffd[2J\ufffd\ufffd\ufffd\n\t\r\ufffd\ufffd",
    );
    expect(parseJson('"a\u009b2J\u007f"')).toBe("a\ufffd2J\ufffd");
    expect(parseJson(String.raw`"\\u001b \" \u4e2d"`)).toBe(`${BACKSLASH}u001b " 中`);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(parseJson(JSON.stringify(text))).not.toMatch(/[^\n\r\t\P{Cc}]/u);
      }),
    );
  });

  it("may be absent, or begin with a byte order mark", () => {
    expect(parseJson(" \n")).toBeUndefined();
    expect(parseJson('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  it("is nested at most a hundred levels deep, brackets in texts not counted", () => {
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    expect(isJson(nested(100))).toBe(true);
    expect(() => parseJson(nested(101))).toThrow("its body is nested more than 100 levels deep");
    expect(isJson(JSON.stringify([`"${nested(200)}`, "[".repeat(200)]))).toBe(true);
    expect(isJson(`[${"[],".repeat(500)}{}]`)).toBe(true);
  });

  it("is one error when it is none, that repeats nothing of it", () => {
    for (const text of ["<html>\u001b[2J", "{", "nul", "[1,]", '{"a":NaN}']) {
      expect(() => parseJson(text)).toThrow(new OtaError("its body is no JSON"));
    }
  });
});
