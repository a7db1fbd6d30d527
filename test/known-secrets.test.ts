import {
  keepPasswordIn,
  keepSecret,
  keepSecretFields,
  type Secrets,
  withoutSecrets,
} from "../src/known-secrets";

let secrets: Secrets;
beforeEach(() => {
  secrets = new Map();
});
const shown = (text: string): string => withoutSecrets(text, secrets);

describe("A sentence", () => {
  it("has the name of what holds it in place of a secret, wherever it stands", () => {
    keepSecret("model", "Meter9000", secrets);
    expect(shown('model is "Meter9000"; xMeter9000x')).toBe(
      'model is "[secret: model]"; x[secret: model]x',
    );
  });

  it("is as it was where it has none", () => {
    keepSecret("model", "Meter9000", secrets);
    expect(shown("model is missing.")).toBe("model is missing.");
  });

  it.each([
    ["a form", (secret: string) => new URLSearchParams({ secret }).toString()],
    ["an address", (secret: string) => `/tasks/${encodeURIComponent(secret)}`],
    ["JSON", (secret: string) => JSON.stringify({ secret })],
  ])("has none in the spelling of %s", (_name, spell) => {
    const secret = 'p&ss w"rd\\ü';
    keepSecret("password", secret, secrets);
    expect(shown(spell(secret))).toContain("[secret: password]");
    expect(shown(spell(secret)).replace("[secret: password]", "")).not.toMatch(/p.*ss/);
  });

  it("keeps codes and words in which a short secret stands by chance", () => {
    keepSecretFields({ retryTimes: 3, fileType: "is" }, ["retryTimes", "fileType"], secrets);
    expect(shown("retryTimes is 3; this must be from 1 to 5 (123028).")).toBe(
      "retryTimes [secret: fileType] [secret: retryTimes]; this must be from 1 to 5 (123028).",
    );
  });

  it("loses the longer of two secrets whole, and no name to another secret", () => {
    keepSecret("one", "abcdef", secrets);
    keepSecret("two", "abcdefgh", secrets);
    keepSecret("three", "secret", secrets);
    expect(shown("abcdefgh abcdef")).toBe("[secret: two] [secret: one]");
  });

  it("takes a secret for a text, and not for a pattern", () => {
    keepSecret("key", "a+(b)|c*[/]", secrets);
    expect(shown("it is a+(b)|c*[/], or c")).toBe("it is [secret: key], or c");
  });

  it("has nothing of what stands anywhere in a secret field, and an empty one hides nothing", () => {
    const fields = { targets: { devices: ["meter-12", ""], all: true }, model: null };
    keepSecretFields(fields, ["targets", "model", "none"], secrets);
    expect(shown("meter-12 is true, and null")).toBe("[secret: targets] is true, and null");
  });

  it("has no password of an address, as it is written or as it is sent", () => {
    keepPasswordIn("HTTPS_PROXY", "http://user:p%40ssw%6frd@proxy:3128", secrets);
    keepPasswordIn("HTTP_PROXY", "http://user:100%@proxy:3128", secrets);
    keepPasswordIn("NONE", "http://proxy:3128", secrets);
    expect(shown("p%40ssw%6frd p@ssword 100% proxy:3128")).toBe(
      "[secret: HTTPS_PROXY] [secret: HTTPS_PROXY] [secret: HTTP_PROXY] proxy:3128",
    );
  });
});
