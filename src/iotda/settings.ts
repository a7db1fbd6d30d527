import { certificatesOf } from "../certificates";
import { OtaError } from "../errors";
import {
  endpointOf,
  findSafeguards,
  isLoopback,
  type Safeguards,
  wholeNumber,
} from "../setting-values";
import {
  CREDENTIALS,
  type CredentialSet,
  findSettings,
  type Found,
  type FoundSettings,
  type RawSettings,
  type SettingRules,
  type WingSettings,
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
  /**
   * Access key (AK). Environment: `HW_ACCESS_KEY`, tried first where the environment names the same
   * project, because keys rotate.
   */
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
  endpoint: { environment: "HUAWEI_OTA_IOTDA_ENDPOINT", precedence: "account", address: true },
  region: {
    environment: "HW_REGION_NAME",
    precedence: "account",
    toldBy: { setting: "endpoint", read: regionIn },
  },
  projectId: {
    environment: "HW_PROJECT_ID",
    precedence: "account",
    within: ["region", CREDENTIALS],
  },
  instanceId: {
    environment: "HUAWEI_OTA_IOTDA_INSTANCE_ID",
    precedence: "account",
    within: ["endpoint", "region", "projectId", CREDENTIALS],
  },
  accessKey: { environment: "HW_ACCESS_KEY", precedence: "rotating" },
  secretKey: { environment: "HW_SECRET_KEY", precedence: "rotating", secret: true },
  securityToken: { environment: "HW_SECURITY_TOKEN", precedence: "rotating", secret: true },
  userName: { environment: "HW_USER_NAME", precedence: "rotating" },
  password: { environment: "HW_USER_PASSWORD", precedence: "rotating", secret: true },
  domainName: { environment: "HW_DOMAIN_NAME", precedence: "rotating" },
  token: { environment: "HW_AUTH_TOKEN", precedence: "rotating", secret: true },
  iamEndpoint: { environment: "HW_AUTH_URL", precedence: "plain", address: true },
  signing: {
    environment: "HUAWEI_OTA_IOTDA_SIGNING",
    precedence: "plain",
    within: ["endpoint"],
  },
  caCert: { environment: "HUAWEI_OTA_IOTDA_CA_CERT", precedence: "rotating" },
  callsPerMinute: { environment: "HUAWEI_OTA_IOTDA_CALLS_PER_MINUTE", precedence: "plain" },
  replyTimeoutSeconds: {
    environment: "HUAWEI_OTA_IOTDA_REPLY_TIMEOUT_SECONDS",
    precedence: "plain",
  },
} as const satisfies SettingRules & Record<keyof IotdaSettings, unknown>;

type Name = keyof typeof RULES;
type Kind = Credentials["kind"] | "authority";

const SETTINGS: WingSettings<Name, Kind> = {
  wing: "iotda",
  whose: "IoTDA's",
  rules: RULES,
  credentials: {
    // Of an IAM account, which has a project in each region.
    keys: {
      needs: ["accessKey", "secretKey"],
      may: ["securityToken"],
      whose: ["accessKey"],
      within: [],
    },
    // Of one project.
    token: { needs: ["token"], whose: ["token"], within: ["endpoint", "region", "projectId"] },
    password: {
      needs: ["userName", "password", "domainName"],
      whose: ["domainName"],
      within: ["iamEndpoint"],
    },
    authority: { needs: ["caCert"], within: [] },
  },
  key: ["projectId", "instanceId"],
};

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
  const found = findSettings(SETTINGS, raw);
  const region = found.one("region");
  const given = hostIn(region, found.one("endpoint"));
  const endpoint = given === undefined ? sharedHost(found, region) : endpointOf(given);
  const iamEndpoint = iamOf(found.one("iamEndpoint"), endpoint, region?.value);
  const projectId = found.one("projectId");
  if (projectId === undefined && region === undefined) throw found.missing("projectId");
  const credentials = credentialsOf(found);
  if (projectId === undefined && iamEndpoint === undefined) throw found.missing("projectId");
  const signing = signingOf(found.one("signing"), endpoint);
  if (signing === "derived" && region === undefined) throw found.missing("region");
  const instanceId = found.one("instanceId");
  const caCert = found.inTurn("authority")[0]?.value("caCert");
  return {
    endpoint,
    region: region && identifier("region", region.value),
    projectId: projectId && identifier("projectId", projectId.value),
    instanceId: instanceId && identifier("instanceId", instanceId.value),
    credentials,
    iamEndpoint,
    signing,
    caCert: caCert && certificatesOf(caCert),
    callsPerMinute: wholeNumber(found.one("callsPerMinute"), 600, 1_000_000),
    connectTimeoutSeconds: 10,
    replyTimeoutSeconds: wholeNumber(found.one("replyTimeoutSeconds"), 30, 3_600),
    explicit: found.isExplicit(),
    ...findSafeguards(raw.environment),
  };
}

/** A host around the program is none for a Provider of another region, where it tells its own. */
function hostIn(region: Found | undefined, host: Found | undefined): Found | undefined {
  if (host === undefined || host.source === "provider" || region?.source !== "provider")
    return host;
  return [undefined, region.value].includes(regionIn(host.value)) ? host : undefined;
}

function sharedHost(found: FoundSettings<Name, Kind>, region: Found | undefined): string {
  if (region === undefined) throw found.missing("region");
  return `https://iotda.${identifier("region", region.value)}.myhuaweicloud.com`;
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

function credentialsOf(found: FoundSettings<Name, Kind>): Credentials[] {
  const half = found.half("keys", "token", "password");
  if (half !== undefined) throw found.missing(half.missing);
  const all = found.inTurn("keys", "token", "password");
  if (all.length > 0) return all.map(credentialsIn);
  throw found.notFound(
    "IoTDA's credentials are not set. Set HW_ACCESS_KEY and HW_SECRET_KEY, or HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME, or HW_AUTH_TOKEN, or give accessKey and secretKey to a Provider.",
    "token",
  );
}

function credentialsIn({ kind, value }: CredentialSet<Name, Kind>): Credentials {
  const text = (name: Name): string => value(name)?.value ?? "";
  if (kind === "token") return { kind, token: text("token") };
  if (kind === "password") {
    const [userName, password] = [text("userName"), text("password")];
    return { kind, userName, password, domainName: text("domainName") };
  }
  return {
    kind: "keys",
    accessKey: text("accessKey"),
    secretKey: text("secretKey"),
    securityToken: value("securityToken")?.value,
  };
}

function identifier(name: Name, value: string): string {
  if (/^[A-Za-z0-9_.-]{1,64}$/.test(value)) return value;
  throw new OtaError(
    `IoTDA's ${name} is "${value}"; it must be 1 to 64 letters, digits, "_", "." and "-".`,
  );
}
