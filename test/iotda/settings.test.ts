import { resolveAccount } from "../../src/iotda/settings";

const KEYS = { HW_ACCESS_KEY: "AK", HW_SECRET_KEY: "SK" };
const ENVIRONMENT = { ...KEYS, HW_REGION_NAME: "cn-north-4", HW_PROJECT_ID: "p1" };

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
  it("are the environment's first, because they rotate, then the provider's", () => {
    const { credentials, explicit } = resolve(ENVIRONMENT, {
      "huawei-ota:iotdaAccessKey": "AK2",
      "huawei-ota:iotdaSecretKey": "SK2",
    });
    expect(explicit).toBe(true);
    expect(credentials).toMatchObject([{ accessKey: "AK" }, { accessKey: "AK2" }]);
  });

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

describe("What says which account", () => {
  it("is an error where two places differ", () => {
    expect(() => resolve(ENVIRONMENT, { "huawei-ota:iotda": '{"projectId":"p2"}' })).toThrow(
      /huawei-ota:iotda\.projectId is "p2" but HW_PROJECT_ID is "p1"/,
    );
  });
});
