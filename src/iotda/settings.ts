import { OtaError } from "../errors";
import {
  endpointOf,
  findSafeguards,
  findSettings,
  type Found,
  type FoundSettings,
  isLoopback,
  MissingSettingError,
  pemOf,
  type RawSettings,
  type Safeguards,
  type SettingRules,
  wholeNumber,
} from "../settings";

/**
 * Which project of IoTDA, and who we are: a pair of access keys, a user with a password, or a token.
 * What is left out comes from the stack's configuration `huawei-ota:iotda` or from the environment.
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-iothub/iot_06_v5_0091.html
 */
export interface IotdaSettings {
  /**
   * `https://host`. Default: the shared host of the region. Environment:
   * `HUAWEI_OTA_IOTDA_ENDPOINT`.
   */
  readonly endpoint?: string;
  /** Region, such as `"cn-north-4"`; read from `endpoint` where that tells it. Environment: `HW_REGION_NAME`. */
  readonly region?: string;
  /** Id of the project. Default: asked of IAM by the region's name. Environment: `HW_PROJECT_ID`. */
  readonly projectId?: string;
  /** Id of the instance, sent only when it is set. Environment: `HUAWEI_OTA_IOTDA_INSTANCE_ID`. */
  readonly instanceId?: string;
  /** Access key (AK). Environment: `HW_ACCESS_KEY`, asked first because keys rotate. */
  readonly accessKey?: string;
  /** Secret key (SK) of the access key. Environment: `HW_SECRET_KEY`. */
  readonly secretKey?: string;
  /** Token of temporary access keys. Environment: `HW_SECURITY_TOKEN`. */
  readonly securityToken?: string;
  /** Name of an IAM user. Environment: `HW_USER_NAME`. */
  readonly userName?: string;
  /** The user's password. Environment: `HW_USER_PASSWORD`. */
  readonly password?: string;
  /** Name of the user's account. Environment: `HW_DOMAIN_NAME`. */
  readonly domainName?: string;
  /** A ready token of IAM. Environment: `HW_AUTH_TOKEN`. */
  readonly token?: string;
  /** Address of IAM. Default: that of the region. Environment: `HW_AUTH_URL`. */
  readonly iamEndpoint?: string;
  /**
   * How access keys sign: `"plain"` (`SDK-HMAC-SHA256`) or `"derived"` (`V11-HMAC-SHA256`). Default:
   * plain on the shared hosts, derived on the hosts of instances. Environment:
   * `HUAWEI_OTA_IOTDA_SIGNING`.
   */
  readonly signing?: "plain" | "derived";
  /**
   * Certificate of the authority that issued the server's certificate, PEM text or a file's path.
   * Default: the authorities that Node.js trusts. Environment: `HUAWEI_OTA_IOTDA_CA_CERT`.
   */
  readonly caCert?: string;
  /**
   * How many calls a minute this process makes at most. Default: 600. Environment:
   * `HUAWEI_OTA_IOTDA_CALLS_PER_MINUTE`.
   */
  readonly callsPerMinute?: number;
  /**
   * How long a reply may take, in seconds. Default: 30. Environment:
   * `HUAWEI_OTA_IOTDA_REPLY_TIMEOUT_SECONDS`.
   */
  readonly replyTimeoutSeconds?: number;
}

export const RULES = {
  endpoint: { environment: "HUAWEI_OTA_IOTDA_ENDPOINT", precedence: "account" },
  region: { environment: "HW_REGION_NAME", precedence: "account" },
  projectId: { environment: "HW_PROJECT_ID", precedence: "account" },
  instanceId: { environment: "HUAWEI_OTA_IOTDA_INSTANCE_ID", precedence: "account" },
  accessKey: { environment: "HW_ACCESS_KEY", precedence: "rotating" },
  secretKey: { environment: "HW_SECRET_KEY", precedence: "rotating", secret: true },
  securityToken: { environment: "HW_SECURITY_TOKEN", precedence: "rotating", secret: true },
  userName: { environment: "HW_USER_NAME", precedence: "rotating" },
  password: { environment: "HW_USER_PASSWORD", precedence: "rotating", secret: true },
  domainName: { environment: "HW_DOMAIN_NAME", precedence: "rotating" },
  token: { environment: "HW_AUTH_TOKEN", precedence: "rotating", secret: true },
  iamEndpoint: { environment: "HW_AUTH_URL", precedence: "plain" },
  signing: { environment: "HUAWEI_OTA_IOTDA_SIGNING", precedence: "plain" },
  caCert: { environment: "HUAWEI_OTA_IOTDA_CA_CERT", precedence: "rotating", pem: true },
  callsPerMinute: { environment: "HUAWEI_OTA_IOTDA_CALLS_PER_MINUTE", precedence: "plain" },
  replyTimeoutSeconds: {
    environment: "HUAWEI_OTA_IOTDA_REPLY_TIMEOUT_SECONDS",
    precedence: "plain",
  },
} as const satisfies SettingRules & Record<keyof IotdaSettings, unknown>;

type Name = keyof typeof RULES;

/** One way to say who we are. */
export type Credentials =
  | {
      readonly kind: "keys";
      readonly accessKey: string;
      readonly secretKey: string;
      readonly securityToken: string | undefined;
    }
  | { readonly kind: "token"; readonly token: string }
  | {
      readonly kind: "password";
      readonly userName: string;
      readonly password: string;
      readonly domainName: string;
    };

/** The settings of one project, complete and checked. */
export interface Account extends Safeguards {
  readonly endpoint: string;
  readonly region: string | undefined;
  readonly projectId: string | undefined;
  readonly instanceId: string | undefined;
  /** What some place gives, the likeliest first. */
  readonly credentials: readonly Credentials[];
  readonly iamEndpoint: string | undefined;
  readonly signing: "plain" | "derived";
  readonly caCert: string | undefined;
  readonly callsPerMinute: number;
  readonly connectTimeoutSeconds: number;
  readonly replyTimeoutSeconds: number;
  /** Whether the program itself names the account, on a `Provider`. */
  readonly explicit: boolean;
}

/** Everything or one sentence about what is missing or wrong, and where to put it. */
export function resolveAccount(raw: RawSettings): Account {
  const found = findSettings(RULES, "iotda", raw);
  const given = found.endpoint[0];
  const region = found.region[0]?.value ?? regionIn(given?.value ?? "");
  const endpoint = given === undefined ? sharedHost(region) : endpointOf(given);
  const iamEndpoint = iamOf(found.iamEndpoint[0], endpoint, region);
  const projectId = found.projectId[0];
  if (projectId === undefined && region === undefined) throw missing("projectId");
  const credentials = credentialsOf(found);
  if (projectId === undefined && iamEndpoint === undefined) throw missing("projectId");
  const signing = signingOf(found.signing[0], endpoint);
  if (signing === "derived" && region === undefined) throw missing("region");
  return {
    endpoint,
    region: region === undefined ? undefined : identifier("region", region),
    projectId: projectId && identifier("projectId", projectId.value),
    instanceId: found.instanceId[0] && identifier("instanceId", found.instanceId[0].value),
    credentials,
    iamEndpoint,
    signing,
    caCert: found.caCert[0] && pemOf(found.caCert[0]),
    callsPerMinute: wholeNumber(found.callsPerMinute[0], 600, 1_000_000),
    connectTimeoutSeconds: 10,
    replyTimeoutSeconds: wholeNumber(found.replyTimeoutSeconds[0], 30, 3_600),
    explicit: found.explicit,
    ...findSafeguards(raw.environment),
  };
}

function sharedHost(region: string | undefined): string {
  if (region === undefined) throw missing("region");
  return `https://iotda.${identifier("region", region)}.myhuaweicloud.com`;
}

/** `iotda.REGION.myhuaweicloud.com`, or `ID.st1.iotda-app.REGION.myhuaweicloud.com`. */
function regionIn(endpoint: string): string | undefined {
  return /\b(?:iotda|iotda-app)\.([a-z0-9-]+)\.my(?:huaweicloud|hwclouds)\.(?:com|cn)/.exec(
    endpoint,
  )?.[1];
}

function iamOf(
  found: Found | undefined,
  endpoint: string,
  region: string | undefined,
): string | undefined {
  if (found !== undefined) {
    return endpointOf({ ...found, value: found.value.replace(/\/v3\/?$/, "") });
  }
  // A simulator is both.
  if (isLoopback(new URL(endpoint).hostname)) return endpoint;
  return region === undefined ? undefined : `https://iam.${region}.myhuaweicloud.com`;
}

/** Hosts of instances take derived signatures only. */
function signingOf(found: Found | undefined, endpoint: string): "plain" | "derived" {
  if (found !== undefined) {
    if (found.value === "plain" || found.value === "derived") return found.value;
    throw new OtaError(`${found.place} is "${found.value}"; it must be "plain" or "derived".`);
  }
  const { hostname } = new URL(endpoint);
  const isShared = /^iotda\.[a-z0-9-]+\.my(?:huaweicloud|hwclouds)\.(?:com|cn)$/.test(hostname);
  return isShared || isLoopback(hostname) ? "plain" : "derived";
}

const SETS = {
  keys: ["accessKey", "secretKey"],
  token: ["token"],
  password: ["userName", "password", "domainName"],
} as const;

/** Sets that one place gives whole: a key of one place is never paired with the secret of another. */
function credentialsOf(found: FoundSettings<Name>): Credentials[] {
  const all: Credentials[] = [];
  let incomplete: Name | undefined;
  for (const source of ["environment", "provider", "stack"] as const) {
    const value = (name: Name): string | undefined =>
      found[name].find((one) => one.source === source)?.value;
    for (const [kind, names] of Object.entries(SETS) as [keyof typeof SETS, readonly Name[]][]) {
      const values = names.map(value);
      if (values.every((one) => one !== undefined)) all.push(credentials(kind, value));
      else if (values.some((one) => one !== undefined)) {
        incomplete ??= names.find((name) => value(name) === undefined);
      }
    }
  }
  if (all.length > 0) return all;
  if (incomplete !== undefined) throw missing(incomplete);
  throw new MissingSettingError(
    "IoTDA's credentials are not set. Set HW_ACCESS_KEY and HW_SECRET_KEY, or HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME, or HW_AUTH_TOKEN, or give accessKey and secretKey to a Provider.",
  );
}

function credentials(
  kind: keyof typeof SETS,
  value: (name: Name) => string | undefined,
): Credentials {
  const text = (name: Name): string => value(name) ?? "";
  switch (kind) {
    case "keys":
      return {
        kind,
        accessKey: text("accessKey"),
        secretKey: text("secretKey"),
        securityToken: value("securityToken"),
      };
    case "token":
      return { kind, token: text("token") };
    case "password":
      return {
        kind,
        userName: text("userName"),
        password: text("password"),
        domainName: text("domainName"),
      };
  }
}

function missing(name: Name): MissingSettingError {
  const { environment, precedence } = RULES[name];
  const flag = precedence === "rotating" ? "--secret " : "";
  return new MissingSettingError(
    `IoTDA's ${name} is not set. Set ${environment}, or run \`pulumi config set ${flag}--path huawei-ota:iotda.${name} VALUE\`, or give ${name} to a Provider.`,
  );
}

function identifier(name: Name, value: string): string {
  if (/^[A-Za-z0-9_.-]{1,64}$/.test(value)) return value;
  throw new OtaError(
    `IoTDA's ${name} is "${value}"; it must be 1 to 64 letters, digits, "_", "." and "-".`,
  );
}
