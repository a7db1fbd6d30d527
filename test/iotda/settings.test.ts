import { resolveAccount } from "../../src/iotda/settings";

const KEYS = { HW_ACCESS_KEY: "AK", HW_SECRET_KEY: "SK" };
const ENVIRONMENT = { ...KEYS, HW_REGION_NAME: "cn-north-4", HW_PROJECT_ID: "p1" };

/** As a `Provider` carries them. */
function provided(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      `huawei-ota:iotda${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      value,
    ]),
  );
}

const KEYS_OF_LAST_UP = { accessKey: "AK", secretKey: "OLD" };
const OWN_KEYS = { accessKey: "AK2", secretKey: "SK2" };

function resolve(
  environment: Readonly<Record<string, string>>,
  config: Readonly<Record<string, string>> = {},
) {
  return resolveAccount({ environment, config: { get: (key) => config[key] } });
}

describe("Settings", () => {
  it("are found under the names that the vendor's own tools use", () => {
    expect(resolve(ENVIRONMENT)).toMatchObject({
      endpoint: "https://iotda.cn-north-4.myhuaweicloud.com",
      iamEndpoint: "https://iam.cn-north-4.myhuaweicloud.com",
      region: "cn-north-4",
      projectId: "p1",
      credentials: [{ kind: "keys", accessKey: "AK", secretKey: "SK" }],
      signing: "plain",
      explicit: false,
    });
  });

  it("tell the region by the endpoint", () => {
    const account = resolve({
      ...KEYS,
      HUAWEI_OTA_IOTDA_ENDPOINT: "https://9bc3.st1.iotda-app.ap-southeast-1.myhuaweicloud.com",
    });
    expect(account).toMatchObject({ region: "ap-southeast-1", signing: "derived" });
  });

  it("send nothing to a host without encryption, unless it is this computer", () => {
    const endpoint = (url: string) => resolve({ ...ENVIRONMENT, HUAWEI_OTA_IOTDA_ENDPOINT: url });
    expect(() => endpoint("http://iotda.example.com")).toThrow(/HTTPS only/);
    expect(endpoint("http://127.0.0.1:8743")).toMatchObject({
      iamEndpoint: "http://127.0.0.1:8743",
      signing: "plain",
    });
  });

  it("take IAM's address as the vendor's tools spell it", () => {
    const account = resolve({ ...ENVIRONMENT, HW_AUTH_URL: "https://iam.example.com/v3" });
    expect(account.iamEndpoint).toBe("https://iam.example.com");
  });

  it.each([
    ["region", { ...KEYS, HW_PROJECT_ID: "p1" }, "HW_REGION_NAME"],
    [
      "secretKey",
      { HW_ACCESS_KEY: "AK", HW_REGION_NAME: "r", HW_PROJECT_ID: "p" },
      "HW_SECRET_KEY",
    ],
    ["credentials", { HW_REGION_NAME: "r", HW_PROJECT_ID: "p" }, "HW_ACCESS_KEY"],
    [
      "projectId",
      { ...KEYS, HUAWEI_OTA_IOTDA_ENDPOINT: "https://iotda.example.com" },
      "HW_PROJECT_ID",
    ],
  ])("that lack %s say where to put it", (name, environment, variable) => {
    expect(() => resolve(environment)).toThrow(
      new RegExp(`${name}.* (is|are) not set.*${variable}`),
    );
  });

  it.each([
    ["signing", { ...ENVIRONMENT, HUAWEI_OTA_IOTDA_SIGNING: "none" }],
    ["callsPerMinute", { ...ENVIRONMENT, HUAWEI_OTA_IOTDA_CALLS_PER_MINUTE: "0" }],
    ["projectId", { ...ENVIRONMENT, HW_PROJECT_ID: "../p1" }],
    ["region", { ...ENVIRONMENT, HW_REGION_NAME: "cn/north" }],
  ])("with a wrong %s are one sentence", (_name, environment) => {
    expect(() => resolve(environment)).toThrow(/^[^\n]+ must be [^\n]+\.$/);
  });
});

describe("Credentials", () => {
  it("of one place are never paired with those of another", () => {
    const { credentials } = resolve(
      { ...ENVIRONMENT, HW_SECRET_KEY: "" },
      { "huawei-ota:iotdaAccessKey": "AK2", "huawei-ota:iotdaSecretKey": "SK2" },
    );
    expect(credentials).toEqual([
      { kind: "keys", accessKey: "AK2", secretKey: "SK2", securityToken: undefined },
    ]);
  });

  it("may be a user with a password, or a token", () => {
    const { credentials } = resolve({
      HW_REGION_NAME: "r",
      HW_PROJECT_ID: "p",
      HW_USER_NAME: "u",
      HW_USER_PASSWORD: "pw",
      HW_DOMAIN_NAME: "d",
      HW_AUTH_TOKEN: "t",
    });
    expect(credentials).toEqual([
      { kind: "token", token: "t" },
      { kind: "password", userName: "u", password: "pw", domainName: "d" },
    ]);
  });
});

describe("A Provider beside the environment", () => {
  const within = (settings: Readonly<Record<string, string>>, environment = ENVIRONMENT) => {
    const { credentials, ...account } = resolve(environment, provided(settings));
    return {
      ...account,
      who: credentials.map((one) => (one.kind === "keys" ? one.accessKey : one.kind)),
    };
  };
  const NO_PROJECT = { ...KEYS, HW_REGION_NAME: "cn-north-4" };

  it.each([
    ["keys of its own, which say whose project is meant", OWN_KEYS, undefined, ["AK2"], false],
    [
      "a region and keys of its own",
      { ...OWN_KEYS, region: "cn-north-4" },
      undefined,
      ["AK2"],
      true,
    ],
    ["a token of its own", { token: "t" }, undefined, ["token"], false],
    ["a project and keys of its own", { ...OWN_KEYS, projectId: "p2" }, "p2", ["AK2"], true],
    [
      "the same project with other keys",
      { ...OWN_KEYS, projectId: "p1" },
      "p1",
      ["AK", "AK2"],
      true,
    ],
    ["the same key with an older secret", KEYS_OF_LAST_UP, "p1", ["AK", "AK"], false],
    ["another project of the same keys", { projectId: "p2" }, "p2", ["AK"], true],
    ["another region of the same keys", { region: "eu-west-101" }, undefined, ["AK"], false],
    ["the region alone", { region: "cn-north-4" }, "p1", ["AK"], false],
    ["a quota alone", { callsPerMinute: "5" }, "p1", ["AK"], false],
  ])("with %s", (_what, settings, projectId, who, explicit) => {
    expect(within(settings)).toMatchObject({ projectId, who, explicit });
  });

  it("looks its project up with its own keys alone", () => {
    expect(within(OWN_KEYS, NO_PROJECT as typeof ENVIRONMENT)).toMatchObject({
      projectId: undefined,
      region: "cn-north-4",
      who: ["AK2"],
    });
  });

  it("takes no token that is for another project", () => {
    const environment = { HW_AUTH_TOKEN: "t", HW_REGION_NAME: "cn-north-4", HW_PROJECT_ID: "p1" };
    expect(resolve(environment, provided({ projectId: "p1" })).credentials).toHaveLength(1);
    expect(() => resolve(environment, provided({ projectId: "p2" }))).toThrow(
      /credentials are not set.*HW_AUTH_TOKEN is not taken, because projectId of the Provider is "p2" and HW_PROJECT_ID is "p1"/,
    );
  });

  it("of another region takes neither host nor project nor instance of the environment", () => {
    const environment = {
      ...ENVIRONMENT,
      HUAWEI_OTA_IOTDA_ENDPOINT: "https://9bc3.st1.iotda-app.cn-north-4.myhuaweicloud.com",
      HUAWEI_OTA_IOTDA_INSTANCE_ID: "i1",
    };
    expect(resolve(environment, provided({ region: "ap-southeast-1" }))).toMatchObject({
      endpoint: "https://iotda.ap-southeast-1.myhuaweicloud.com",
      projectId: undefined,
      instanceId: undefined,
    });
    const endpoint = "https://iotda.ap-southeast-1.myhuaweicloud.com";
    expect(resolve(environment, provided({ endpoint }))).toMatchObject({
      region: "ap-southeast-1",
      projectId: undefined,
      instanceId: undefined,
    });
  });

  it("of another project is in none of the environment's instances", () => {
    const environment = { ...ENVIRONMENT, HUAWEI_OTA_IOTDA_INSTANCE_ID: "i1" };
    expect(resolve(environment, provided({ projectId: "p2" })).instanceId).toBeUndefined();
    expect(resolve(environment, provided({ projectId: "p1" }))).toMatchObject({
      instanceId: "i1",
      explicit: false,
    });
  });

  it("with half of a pair of keys is refused, and not given the other half or other keys", () => {
    expect(() => resolve(ENVIRONMENT, provided({ accessKey: "AK2" }))).toThrow(
      /IoTDA's secretKey is not set/,
    );
    expect(resolve(ENVIRONMENT, provided({ accessKey: "AK" })).credentials).toMatchObject([
      { accessKey: "AK", secretKey: "SK" },
    ]);
  });
});

describe("Keys of the stack and other keys of the environment", () => {
  const stack = (settings: object) => ({ "huawei-ota:iotda": JSON.stringify(settings) });

  it("are tried in turn in the project that is named", () => {
    const { credentials } = resolve(ENVIRONMENT, stack(OWN_KEYS));
    expect(credentials).toMatchObject([{ accessKey: "AK" }, { accessKey: "AK2" }]);
  });

  it("are refused where each would look up a project of its own", () => {
    const environment = { ...KEYS, HW_REGION_NAME: "cn-north-4" };
    expect(() => resolve(environment, stack(OWN_KEYS))).toThrow(
      /^The stack's configuration huawei-ota:iotda and the environment give two credentials and no projectId.*Set HW_PROJECT_ID/,
    );
    expect(resolve(environment, stack({ ...OWN_KEYS, accessKey: "AK" })).credentials).toHaveLength(
      2,
    );
  });
});

describe("What says which account", () => {
  it("is an error where two places differ", () => {
    expect(() => resolve(ENVIRONMENT, { "huawei-ota:iotda": '{"projectId":"p2"}' })).toThrow(
      /huawei-ota:iotda\.projectId is "p2" but HW_PROJECT_ID is "p1"/,
    );
  });
});
