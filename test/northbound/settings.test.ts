import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { OtaError } from "../../src/errors";
import { base64, certificate, CERTIFICATES } from "../certificates";
import { type Account, resolveAccount } from "../../src/northbound/settings";

type Values = Readonly<Record<string, string | undefined>>;

interface Places {
  readonly environment?: Values;
  /** As `pulumi config set --path huawei-ota:northbound.NAME` writes them. */
  readonly stack?: Readonly<Record<string, unknown>> | string;
  /** As a `Provider` carries them. */
  readonly provider?: Values;
}

const PREFIX = "HUAWEI_OTA_NORTHBOUND_";

const complete: Values = {
  [`${PREFIX}ENDPOINT`]: "https://platform.example:8743",
  [`${PREFIX}APP_ID`]: "waterworks",
  [`${PREFIX}SECRET`]: "s3cret",
};

function resolve({ environment = complete, stack, provider = {} }: Places = {}): Account {
  const text = typeof stack === "object" ? JSON.stringify(stack) : stack;
  const keys = Object.entries(provider).map(([name, value]) => [
    `huawei-ota:northbound${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    value,
  ]);
  const config: Values = {
    ...(Object.fromEntries(keys) as Values),
    ...(text === undefined ? {} : { "huawei-ota:northbound": text }),
  };
  return resolveAccount({ config: { get: (key) => config[key] }, environment });
}

describe("What a place says that is no text", () => {
  it.each([
    [
      "an object",
      { appId: { secret: 1 } },
      "is a value of type object; it must be text or a number",
    ],
    ["a list", { appId: ["waterworks"] }, "is a list; it must be text or a number"],
    ["true", { appId: true }, "is a value of type boolean; it must be text or a number"],
    ["a number that has lost digits", '{"appId":12345678901234567}', "give it as text, in quotes"],
  ])("(%s) is refused by its name", (_what, stack, sentence) => {
    expect(complaint({ stack })).toContain("huawei-ota:northbound.appId is ");
    expect(complaint({ stack })).toContain(sentence);
  });

  it("is not given where it is null", () => {
    expect(resolve({ stack: { appId: null, callsPerMinute: 50 } })).toMatchObject({
      appId: "waterworks",
      callsPerMinute: 50,
    });
  });
});

test("A key of the stack's configuration that was set without --path is told by how to set it", () => {
  const config = {
    get: (key: string) => (key === "huawei-ota:northbound.appId" ? "a" : undefined),
  };
  expect(() => resolveAccount({ config, environment: complete })).toThrow(
    'The stack\'s configuration has a key "huawei-ota:northbound.appId", which was set without --path and is no part of huawei-ota:northbound. Take it away with `pulumi config rm huawei-ota:northbound.appId`, and set it with `pulumi config set --path huawei-ota:northbound.appId VALUE`.',
  );
});

function complaint(places: Places): string {
  try {
    resolve(places);
  } catch (error) {
    if (error instanceof OtaError) return error.message;
    throw error;
  }
  throw new Error("Nothing was wrong.");
}

const withEnvironment = (change: Values): Places => ({
  environment: {
    ...complete,
    ...Object.fromEntries(Object.entries(change).map(([name, value]) => [PREFIX + name, value])),
  },
});

const [PEM, KEY] = [certificate("client.pem"), certificate("client.key")];
const [OWN, OWN_KEY] = [certificate("expired-client.pem"), certificate("expired-client.key")];

describe("Settings", () => {
  it("may all come from the environment, and what is left out has the platform's defaults", () => {
    expect(resolve()).toEqual({
      endpoint: "https://platform.example:8743",
      appId: "waterworks",
      secrets: ["s3cret"],
      caCert: undefined,
      clientCert: undefined,
      clientKey: undefined,
      clientPfx: undefined,
      clientKeyPassphrase: undefined,
      serverName: undefined,
      callsPerMinute: 100,
      connectTimeoutSeconds: 10,
      replyTimeoutSeconds: 30,
      explicit: false,
      readOnly: false,
      auditLog: undefined,
      redisUrl: undefined,
    });
  });

  const elsewhere = { endpoint: "https://other.example", appId: "other", secret: "other-s3cret" };

  it("may all come from the stack's configuration", () => {
    const account = resolve({ environment: {}, stack: { ...elsewhere, callsPerMinute: 50 } });
    expect(account).toMatchObject({ appId: "other", callsPerMinute: 50, explicit: false });
    expect(account.secrets).toEqual(["other-s3cret"]);
  });

  it("may all come from a Provider, which makes the account explicit", () => {
    const account = resolve({ environment: {}, provider: { ...elsewhere, callsPerMinute: "50" } });
    expect(account).toMatchObject({ appId: "other", callsPerMinute: 50, explicit: true });
  });

  it("are read without the blanks and line ends around them", () => {
    expect(resolve(withEnvironment({ SECRET: " s3cret\n" })).secrets).toEqual(["s3cret"]);
  });
});

describe("What says which account", () => {
  it.each<[string, string, string]>([
    ["appId", "APP_ID", "other"],
    ["endpoint", "ENDPOINT", "https://other.example"],
  ])(
    "%s is an error where stack and environment differ, which names both",
    (name, variable, value) => {
      const current = complete[PREFIX + variable] ?? "";
      expect(complaint({ stack: { [name]: value } })).toContain(
        `huawei-ota:northbound.${name} is "${value}" but ${PREFIX}${variable} is "${current}"`,
      );
    },
  );

  it("may stand in several places where it is the same", () => {
    const endpoint = "https://platform.example:8743/";
    expect(resolve({ stack: { endpoint }, provider: { appId: "waterworks" } })).toMatchObject({
      endpoint: "https://platform.example:8743",
      appId: "waterworks",
    });
  });
});

const other = { endpoint: "https://other.example", appId: "other", secret: "other-s3cret" };
const secretOnly = { [`${PREFIX}SECRET`]: "s3cret" };

describe("A Provider beside the environment", () => {
  it("is an account of its own, with its own secret and no other", () => {
    expect(resolve({ provider: other })).toMatchObject({
      appId: "other",
      endpoint: "https://other.example",
      secrets: ["other-s3cret"],
      explicit: true,
    });
    const { appId, secret } = other;
    expect(resolve({ provider: { appId, secret } })).toMatchObject({
      endpoint: "https://platform.example:8743",
      secrets: ["other-s3cret"],
    });
  });

  it("that names the same application has the environment's secret first, and its own in reserve", () => {
    const { secrets } = resolve({ provider: { appId: "waterworks", secret: "of the last up" } });
    expect(secrets).toEqual(["s3cret", "of the last up"]);
  });

  it("that names an application takes the environment's secret where that names none", () => {
    const { secret: _, ...provider } = other;
    expect(resolve({ environment: secretOnly, provider }).secrets).toEqual(["s3cret"]);
  });

  it.each([
    ["the environment", {}, "HUAWEI_OTA_NORTHBOUND_APP_ID"],
    [
      "the stack",
      { environment: secretOnly, stack: { appId: "waterworks" } },
      "huawei-ota:northbound.appId",
    ],
  ])("never takes a secret that is for the application of %s", (_whose, places, named) => {
    const provider = { ...other, secret: undefined };
    if (!("stack" in places)) provider.endpoint = "https://platform.example:8743/";
    expect(complaint({ ...places, provider })).toMatch(
      new RegExp(
        `^The northbound platform's secret is not set\\. .* \\(HUAWEI_OTA_NORTHBOUND_SECRET is not taken, because appId of the Provider is "other" and ${named} is "waterworks"\\.\\)$`,
      ),
    );
  });

  it("at another endpoint takes neither application nor secret of the environment", () => {
    const { appId: _, ...provider } = other;
    expect(complaint({ provider })).toContain(
      'HUAWEI_OTA_NORTHBOUND_APP_ID is not taken, because endpoint of the Provider is "https://other.example" and HUAWEI_OTA_NORTHBOUND_ENDPOINT is',
    );
  });

  it.each([
    ["callsPerMinute", { callsPerMinute: "5" }],
    ["endpoint", { endpoint: "https://platform.example:8743" }],
    ["secret", { secret: "other" }],
  ])("that only sets %s does not name the account", (_name, provider) => {
    expect(resolve({ provider })).toMatchObject({ appId: "waterworks", explicit: false });
  });

  it("has a client certificate and its key from one place", () => {
    const pem = { CLIENT_CERT: PEM, CLIENT_KEY: KEY, CLIENT_KEY_PASSPHRASE: "open" };
    const provider = { ...other, clientCert: OWN, clientKey: OWN_KEY };
    expect(resolve({ ...withEnvironment(pem), provider })).toMatchObject({
      clientCert: OWN,
      clientKey: OWN_KEY,
      clientKeyPassphrase: undefined,
    });
    expect(complaint({ ...withEnvironment(pem), provider: { clientCert: OWN } })).toContain(
      "clientCert is set without clientKey",
    );
    expect(resolve({ ...withEnvironment(pem), provider: { clientCert: PEM } }).clientKey).toBe(KEY);
  });
});

describe("An endpoint", () => {
  it.each([
    "https://PLATFORM.example:8743",
    "HTTPS://platform.example:8743/",
    " https://platform.example:8743// ",
  ])("%j is the same address", (endpoint) => {
    expect(resolve({ stack: { endpoint }, environment: complete })).toMatchObject({
      endpoint: "https://platform.example:8743",
    });
  });

  it("has the default port where it names none", () => {
    const environment = { ...complete, [`${PREFIX}ENDPOINT`]: "https://platform.example" };
    const stack = { endpoint: "https://platform.example:443" };
    expect(resolve({ environment, stack }).endpoint).toBe("https://platform.example");
  });

  it("is shown without a query, which may hold a password", () => {
    const said = complaint(withEnvironment({ ENDPOINT: "https://other.example?key=pa55#pa55" }));
    expect(said).toContain('is "https://other.example?…"');
    expect(said).not.toContain("pa55");
  });

  it.each(["https://user:pa/ss@other.example", "user:pa/ss@other.example"])(
    "%s is shown without its password",
    (endpoint) => {
      expect(complaint({ stack: { endpoint } })).toMatch(/^(?!.*pa\/ss).*…@other\.example" but /);
      expect(complaint(withEnvironment({ ENDPOINT: endpoint }))).not.toContain("pa/ss");
    },
  );
});

describe("What rotates", () => {
  it("comes from the environment first, and every secret is kept in turn", () => {
    const account = resolve({ stack: { secret: "stack" }, provider: { secret: "provider" } });
    expect(account.secrets).toEqual(["s3cret", "provider", "stack"]);
  });

  it("comes from the Provider first where the environment does not say whose secret it has", () => {
    const { [`${PREFIX}APP_ID`]: _a, [`${PREFIX}ENDPOINT`]: _e, ...environment } = complete;
    const provider = { endpoint: "https://b.example", appId: "b", secret: "b-secret" };
    expect(resolve({ environment, provider }).secrets).toEqual(["b-secret", "s3cret"]);
  });

  it("is kept once where two places are the same", () => {
    expect(resolve({ provider: { secret: "s3cret" } }).secrets).toEqual(["s3cret"]);
  });

  it("holds for certificates too", () => {
    const provider = { caCert: OWN };
    expect(resolve({ ...withEnvironment({ CA_CERT: PEM }), provider }).caCert).toBe(PEM);
  });
});

describe("What is neither", () => {
  it("comes from the Provider, else the stack, else the environment", () => {
    const places = withEnvironment({ CALLS_PER_MINUTE: "10", SERVER_NAME: "environment" });
    const stack = { callsPerMinute: 20, serverName: "stack" };
    expect(resolve(places)).toMatchObject({ callsPerMinute: 10, serverName: "environment" });
    expect(resolve({ ...places, stack })).toMatchObject({
      callsPerMinute: 20,
      serverName: "stack",
    });
    expect(resolve({ ...places, stack, provider: { callsPerMinute: "30" } })).toMatchObject({
      callsPerMinute: 30,
      serverName: "stack",
    });
  });
});

describe("A certificate or key", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "settings-"));
    writeFileSync(join(folder, "ca.pem"), PEM);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("may be PEM text or a file with it", () => {
    expect(resolve(withEnvironment({ CA_CERT: PEM })).caCert).toBe(PEM);
    expect(resolve(withEnvironment({ CA_CERT: join(folder, "ca.pem") })).caCert).toBe(PEM);
  });

  it("that is neither is an error that names the place and not the content", () => {
    const message = complaint(withEnvironment({ CA_CERT: join(folder, "none.pem") }));
    expect(message).toBe(
      `${PREFIX}CA_CERT is neither PEM text, which begins with "-----BEGIN", nor the path of a file that can be read (ENOENT).`,
    );
  });

  const withPair = (cert: string, key: string, passphrase?: string): Places =>
    withEnvironment({
      CLIENT_CERT: cert,
      CLIENT_KEY: key,
      CLIENT_KEY_PASSPHRASE: passphrase,
    });

  it.each<[string, (text: string) => string]>([
    [
      "with a backslash and an n in place of each line's end",
      (text) => text.replaceAll("\n", "\\n"),
    ],
    ["with \\r\\n written out", (text) => text.replaceAll("\n", "\\r\\n")],
    ["on one line", (text) => text.trim().replaceAll("\n", " ")],
    ["on one line without any blank", (text) => text.replaceAll("\n", "")],
    ["in quotes", (text) => `"${text}"`],
    ["in single quotes, with the lines written out", (text) => `'${text.replaceAll("\n", "\\n")}'`],
    ["with the lines of Windows", (text) => text.replaceAll("\n", "\r\n")],
    ["with words around it", (text) => `Bag Attributes\n${text}the end`],
  ])("is understood %s, as text and in a file", (_how, change) => {
    const expected = { clientCert: PEM, clientKey: KEY, caCert: PEM + OWN };
    const places = withPair(change(PEM), change(KEY));
    const bundle = { ...places.environment, [`${PREFIX}CA_CERT`]: change(PEM + OWN) };
    expect(resolve({ environment: bundle })).toMatchObject(expected);
    writeFileSync(join(folder, "odd.pem"), change(PEM + OWN));
    expect(resolve(withEnvironment({ CA_CERT: join(folder, "odd.pem") })).caCert).toBe(PEM + OWN);
  });

  it("that is encrypted in the old way is understood on one line too", () => {
    const key = certificate("client-encrypted.key");
    for (const text of [key, key.replaceAll("\n", " "), key.replaceAll("\n", "\\n")])
      expect(resolve(withPair(PEM, text, "open")).clientKey).toBe(key);
  });

  it("is looked for in the project's folder, wherever in it the program runs", () => {
    const project = realpathSync(folder);
    mkdirSync(join(project, "src"));
    writeFileSync(join(project, "Pulumi.yaml"), "name: waterworks\n");
    jest.spyOn(process, "cwd").mockReturnValue(join(project, "src"));
    expect(resolve(withEnvironment({ CA_CERT: "ca.pem" })).caCert).toBe(PEM);
    expect(complaint(withEnvironment({ CA_CERT: "none.pem" }))).toBe(
      `${PREFIX}CA_CERT is neither PEM text, which begins with "-----BEGIN", nor the path of a file that can be read (ENOENT; a relative path counts from ${project}).`,
    );
    writeFileSync(join(project, "empty.pem"), "nothing");
    expect(complaint(withEnvironment({ CA_CERT: "empty.pem" }))).toBe(
      `${PREFIX}CA_CERT names a file without PEM text, which begins with "-----BEGIN"; a relative path counts from ${project}.`,
    );
    jest.restoreAllMocks();
  });

  it.each<[string, Places, string]>([
    [
      "a certificate that is spoilt",
      withEnvironment({ CA_CERT: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }),
      `${PREFIX}CA_CERT holds a certificate that cannot be read`,
    ],
    [
      "a certificate that is cut off",
      withEnvironment({ CA_CERT: PEM.slice(0, 200) }),
      `${PREFIX}CA_CERT holds no "-----BEGIN CERTIFICATE-----" with its end, but no whole block of PEM.`,
    ],
    [
      "a key in place of a certificate",
      withPair(KEY, KEY),
      `${PREFIX}CLIENT_CERT holds no "-----BEGIN CERTIFICATE-----" with its end, but PRIVATE KEY.`,
    ],
    [
      "a certificate in place of a key",
      withPair(PEM, PEM),
      `${PREFIX}CLIENT_KEY holds no "-----BEGIN PRIVATE KEY-----" with its end, but CERTIFICATE.`,
    ],
    [
      "the key of another",
      withPair(PEM, OWN_KEY),
      `${PREFIX}CLIENT_KEY is not the key of ${PREFIX}CLIENT_CERT`,
    ],
    [
      "a key without its passphrase",
      withPair(PEM, certificate("client-encrypted.key")),
      `${PREFIX}CLIENT_KEY is encrypted; set clientKeyPassphrase beside it.`,
    ],
    [
      "a key with a wrong passphrase",
      withPair(PEM, certificate("client-encrypted.key"), "wrong-word"),
      `${PREFIX}CLIENT_KEY is a private key that cannot be read with ${PREFIX}CLIENT_KEY_PASSPHRASE`,
    ],
  ])("is refused where it is read: %s", (_what, places, sentence) => {
    const message = complaint(places);
    expect(message).toContain(sentence);
    expect(message).not.toMatch(/wrong-word|MIG|AAAA/);
  });

  it("may come as one PKCS#12 file with its passphrase, or as Base64", () => {
    const passphrase = { CLIENT_KEY_PASSPHRASE: "open" };
    for (const pfx of [join(CERTIFICATES, "client.pfx"), base64("client.pfx")]) {
      expect(resolve(withEnvironment({ CLIENT_PFX: pfx, ...passphrase }))).toMatchObject({
        clientPfx: base64("client.pfx"),
        clientKeyPassphrase: "open",
        clientCert: undefined,
      });
    }
    expect(
      resolve({ provider: { clientPfx: base64("client.pfx"), clientKeyPassphrase: "open" } })
        .clientPfx,
    ).toBe(base64("client.pfx"));
  });

  it.each<[string, Values, string]>([
    [
      "a wrong passphrase",
      { CLIENT_KEY_PASSPHRASE: "wrong-word" },
      `that can be opened with ${PREFIX}CLIENT_KEY_PASSPHRASE (mac verify failure)`,
    ],
    ["no passphrase", {}, "without a passphrase; set clientKeyPassphrase if it has one"],
    [
      "no such file",
      { CLIENT_PFX: "/none.pfx" },
      `${PREFIX}CLIENT_PFX is neither the path of a PKCS#12 file that can be read nor the Base64 text of one (ENOENT).`,
    ],
    [
      "another file",
      { CLIENT_PFX: join(CERTIFICATES, "client.pem") },
      "is no PKCS#12 file that can be opened",
    ],
    [
      "old ciphers",
      { CLIENT_PFX: join(CERTIFICATES, "old-client.pfx"), CLIENT_KEY_PASSPHRASE: "open" },
      "openssl pkcs12 -legacy",
    ],
    [
      "a second certificate",
      { CLIENT_CERT: PEM },
      `${PREFIX}CLIENT_PFX and ${PREFIX}CLIENT_CERT are both set`,
    ],
  ])("as PKCS#12 is refused where it is read: %s", (_what, change, sentence) => {
    const message = complaint(
      withEnvironment({ CLIENT_PFX: join(CERTIFICATES, "client.pfx"), ...change }),
    );
    expect(message).toContain(sentence);
    expect(message).not.toContain("wrong-word");
  });

  it("comes with its other half", () => {
    expect(complaint(withEnvironment({ CLIENT_CERT: PEM }))).toBe(
      "clientCert is set without clientKey; set both. Set HUAWEI_OTA_NORTHBOUND_CLIENT_KEY, or run `pulumi config set --secret --path huawei-ota:northbound.clientKey VALUE`, or give clientKey to a Provider.",
    );
    expect(complaint(withEnvironment({ CLIENT_KEY: KEY }))).toContain(
      "clientKey is set without clientCert",
    );
    const both = withEnvironment({
      CLIENT_CERT: PEM,
      CLIENT_KEY: KEY,
      CLIENT_KEY_PASSPHRASE: "open",
    });
    expect(resolve(both)).toMatchObject({ clientCert: PEM, clientKeyPassphrase: "open" });
  });
});

describe("Each setting that is missing", () => {
  it.each([
    ["endpoint", "ENDPOINT", ""],
    ["appId", "APP_ID", ""],
    ["secret", "SECRET", "--secret "],
  ])("%s is one sentence with its name and where to put it", (name, variable, flag) => {
    for (const value of [undefined, "", "  "]) {
      expect(complaint(withEnvironment({ [variable]: value }))).toBe(
        `The northbound platform's ${name} is not set. Set ${PREFIX}${variable}, or run \`pulumi config set ${flag}--path huawei-ota:northbound.${name} VALUE\`, or give ${name} to a Provider.`,
      );
    }
  });
});

describe("Each setting that is wrong", () => {
  it.each([
    "platform.example:8743",
    "ftp://platform.example",
    "https://platform.example/iodm",
    "https://platform.example?a=b",
    "https://user:pass@platform.example",
    "https://",
    "nonsense",
  ])("endpoint: %s", (endpoint) => {
    expect(complaint(withEnvironment({ ENDPOINT: endpoint }))).toBe(
      `${PREFIX}ENDPOINT is "${endpoint.replace("user:pass", "…").replace("a=b", "…")}"; it must be https://server:port, without a path, a query or a password.`,
    );
  });

  it.each([
    "http://platform.example:8743",
    "http://10.0.0.1",
    "http://127.0.0.1.example",
    "http://localhost.example",
  ])("endpoint: %s would send the secret unprotected", (endpoint) => {
    expect(complaint(withEnvironment({ ENDPOINT: endpoint }))).toContain("speaks HTTPS only");
  });

  it.each(["http://127.0.0.1:8743", "http://localhost:8743", "http://[::1]:8743"])(
    "is not %s, a simulator on this machine",
    (endpoint) => {
      expect(resolve(withEnvironment({ ENDPOINT: endpoint })).endpoint).toBe(endpoint);
    },
  );

  it.each(["two words", "a\nb", "x".repeat(257), "wasserwärme"])("appId: %j", (appId) => {
    expect(complaint(withEnvironment({ APP_ID: appId }))).toContain(
      `${PREFIX}APP_ID is no application id`,
    );
  });

  it("secret: too long, and the secret is not shown", () => {
    const message = complaint(withEnvironment({ SECRET: "x".repeat(257) }));
    expect(message).toBe(
      `${PREFIX}SECRET is longer than the 256 characters that the platform takes.`,
    );
  });

  it.each(["0", "-1", "1.5", "many", "1000001"])("callsPerMinute: %s", (value) => {
    expect(complaint(withEnvironment({ CALLS_PER_MINUTE: value }))).toBe(
      `${PREFIX}CALLS_PER_MINUTE is "${value}"; it must be a whole number from 1 to 1000000.`,
    );
  });

  it("replyTimeoutSeconds", () => {
    expect(complaint({ provider: { replyTimeoutSeconds: "3601" } })).toBe(
      'replyTimeoutSeconds of the Provider is "3601"; it must be a whole number from 1 to 3600.',
    );
  });

  it("the stack's configuration as a whole", () => {
    for (const stack of ["waterworks", "[]", "null", "3"]) {
      expect(complaint({ stack })).toContain("huawei-ota:northbound must be an object");
    }
    expect(complaint({ stack: { appID: "waterworks" } })).toContain(
      'huawei-ota:northbound has no setting "appID"; it knows endpoint, appId, secret',
    );
  });

  it("HUAWEI_OTA_READ_ONLY", () => {
    const withReadOnly = (value: string): Places => ({
      environment: { ...complete, HUAWEI_OTA_READ_ONLY: value },
    });
    expect(complaint(withReadOnly("maybe"))).toBe(
      'HUAWEI_OTA_READ_ONLY is "maybe"; set it to 1 to refuse every change, or to 0.',
    );
    for (const on of ["1", "true", " TRUE "]) expect(resolve(withReadOnly(on)).readOnly).toBe(true);
    for (const off of ["", "0", "false"]) expect(resolve(withReadOnly(off)).readOnly).toBe(false);
  });
});

it("The audit log is a file's name with what a pipeline says of itself, or nothing", () => {
  const at = (value: string, more = {}) =>
    resolve({ environment: { ...complete, ...more, HUAWEI_OTA_AUDIT_LOG: value } }).auditLog;
  const file = "/var/log/ota.jsonl";
  expect(at(file)).toEqual({ file, pipeline: {} });
  expect(at("", { GITHUB_SHA: "0badc0de" })).toBeUndefined();
  const pipeline = { commit: "0badc0de", run: "77", actor: "ada" };
  expect(at(file, { GITHUB_SHA: "0badc0de", GITHUB_RUN_ID: "77", GITHUB_ACTOR: "ada" })).toEqual({
    ...{ file, pipeline },
  });
  const gitlab = { CI_COMMIT_SHA: "0badc0de", CI_PIPELINE_ID: "77", GITLAB_USER_LOGIN: "ada" };
  expect(at(file, { GITHUB_SHA: "", ...gitlab })).toEqual({ file, pipeline });
});

it("The Redis server is an address, or nothing, and is never shown", () => {
  const at = (value: string) =>
    resolve({ environment: { ...complete, HUAWEI_OTA_REDIS_URL: value } }).redisUrl;
  expect(at(" redis://:secret-word@redis.example:6379/1 ")).toBe(
    "redis://:secret-word@redis.example:6379/1",
  );
  expect(at("rediss://redis.example")).toBe("rediss://redis.example");
  expect(at("")).toBeUndefined();
  for (const wrong of ["redis.example:6379", "http://:secret-word@redis.example", "redis://"]) {
    const said =
      /^(?!.*secret-word)HUAWEI_OTA_REDIS_URL is not the address of a Redis server; it must be /;
    expect(() => at(wrong)).toThrow(said);
  }
});
