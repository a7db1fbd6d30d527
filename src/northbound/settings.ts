import { OtaError } from "../errors";
import {
  endpointOf,
  findSafeguards,
  findSettings,
  type Found,
  type FoundSettings,
  MissingSettingError,
  pemOf,
  type RawSettings,
  type Safeguards,
  type SettingRules,
  wholeNumber,
} from "../settings";

/**
 * Which application on which northbound platform, and how to reach it. What is left out comes from
 * the stack's configuration `huawei-ota:northbound` or from `HUAWEI_OTA_NORTHBOUND_*`.
 *
 * @see vendor page "Creating a Firmware Upgrade Task" for server and port
 */
export interface NorthboundSettings {
  /** `https://server:port`; the usual port is 8743. Environment: `HUAWEI_OTA_NORTHBOUND_ENDPOINT`. */
  readonly endpoint?: string;
  /** Id of the application, sent as `app_key`. Environment: `HUAWEI_OTA_NORTHBOUND_APP_ID`. */
  readonly appId?: string;
  /**
   * Secret of the application. Environment: `HUAWEI_OTA_NORTHBOUND_SECRET`, which is asked first
   * because secrets rotate.
   */
  readonly secret?: string;
  /**
   * Certificate of the authority that issued the server's certificate, PEM text or a file's path.
   * Default: the authorities that Node.js trusts. Environment: `HUAWEI_OTA_NORTHBOUND_CA_CERT`.
   */
  readonly caCert?: string;
  /**
   * Client certificate, PEM text or a file's path, where the platform demands one. Environment:
   * `HUAWEI_OTA_NORTHBOUND_CLIENT_CERT`.
   */
  readonly clientCert?: string;
  /**
   * Key of the client certificate, PEM text or a file's path. Environment:
   * `HUAWEI_OTA_NORTHBOUND_CLIENT_KEY`.
   */
  readonly clientKey?: string;
  /** Passphrase of the key. Environment: `HUAWEI_OTA_NORTHBOUND_CLIENT_KEY_PASSPHRASE`. */
  readonly clientKeyPassphrase?: string;
  /**
   * Name in the server's certificate where it is not that of the endpoint. Environment:
   * `HUAWEI_OTA_NORTHBOUND_SERVER_NAME`.
   */
  readonly serverName?: string;
  /**
   * The application's quota. Default: 100 calls a minute, the platform's own. Environment:
   * `HUAWEI_OTA_NORTHBOUND_CALLS_PER_MINUTE`.
   */
  readonly callsPerMinute?: number;
  /**
   * How long a reply may take, in seconds. Default: 30. Environment:
   * `HUAWEI_OTA_NORTHBOUND_REPLY_TIMEOUT_SECONDS`.
   */
  readonly replyTimeoutSeconds?: number;
}

export const RULES = {
  endpoint: { environment: "HUAWEI_OTA_NORTHBOUND_ENDPOINT", precedence: "account" },
  appId: { environment: "HUAWEI_OTA_NORTHBOUND_APP_ID", precedence: "account" },
  secret: { environment: "HUAWEI_OTA_NORTHBOUND_SECRET", precedence: "rotating", secret: true },
  caCert: { environment: "HUAWEI_OTA_NORTHBOUND_CA_CERT", precedence: "rotating", pem: true },
  clientCert: {
    environment: "HUAWEI_OTA_NORTHBOUND_CLIENT_CERT",
    precedence: "rotating",
    pem: true,
  },
  clientKey: {
    environment: "HUAWEI_OTA_NORTHBOUND_CLIENT_KEY",
    precedence: "rotating",
    pem: true,
    secret: true,
  },
  clientKeyPassphrase: {
    environment: "HUAWEI_OTA_NORTHBOUND_CLIENT_KEY_PASSPHRASE",
    precedence: "rotating",
    secret: true,
  },
  serverName: { environment: "HUAWEI_OTA_NORTHBOUND_SERVER_NAME", precedence: "plain" },
  callsPerMinute: { environment: "HUAWEI_OTA_NORTHBOUND_CALLS_PER_MINUTE", precedence: "plain" },
  replyTimeoutSeconds: {
    environment: "HUAWEI_OTA_NORTHBOUND_REPLY_TIMEOUT_SECONDS",
    precedence: "plain",
  },
} satisfies Record<keyof NorthboundSettings, SettingRules[string]>;

/** Settings that are complete and right. */
export interface Account extends Safeguards {
  readonly endpoint: string;
  readonly appId: string;
  /** Each secret that some place gives, the likeliest first. */
  readonly secrets: readonly string[];
  readonly caCert: string | undefined;
  readonly clientCert: string | undefined;
  readonly clientKey: string | undefined;
  readonly clientKeyPassphrase: string | undefined;
  readonly serverName: string | undefined;
  readonly callsPerMinute: number;
  readonly connectTimeoutSeconds: number;
  readonly replyTimeoutSeconds: number;
  /** Whether the program itself names the account, on a `Provider`. */
  readonly explicit: boolean;
}

/** Everything or one sentence about what is missing or wrong, and where to put it. */
export function resolveAccount(raw: RawSettings): Account {
  const found = findSettings(RULES, "northbound", raw);
  const pem = (all: readonly Found[]): string | undefined => all[0] && pemOf(all[0]);
  const account: Account = {
    endpoint: endpointOf(required("endpoint", found.endpoint)),
    appId: identifier(required("appId", found.appId)),
    secrets: secretsOf(secretsInTurn(found)),
    caCert: pem(found.caCert),
    clientCert: pem(found.clientCert),
    clientKey: pem(found.clientKey),
    clientKeyPassphrase: found.clientKeyPassphrase[0]?.value,
    serverName: found.serverName[0]?.value,
    callsPerMinute: wholeNumber(found.callsPerMinute[0], 100, 1_000_000),
    connectTimeoutSeconds: 10,
    replyTimeoutSeconds: wholeNumber(found.replyTimeoutSeconds[0], 30, 3_600),
    explicit: found.explicit,
    ...findSafeguards(raw.environment),
  };
  if ((account.clientCert === undefined) !== (account.clientKey === undefined)) {
    const [given, missing] =
      account.clientCert === undefined ? ["clientKey", "clientCert"] : ["clientCert", "clientKey"];
    throw new OtaError(`${given} is set without ${missing}; set both. ${whereToPut(missing)}`);
  }
  return account;
}

function required(name: keyof typeof RULES, all: readonly Found[]): Found {
  const [first] = all;
  if (first === undefined) {
    throw new MissingSettingError(
      `The northbound platform's ${name} is not set. ${whereToPut(name)}`,
    );
  }
  return first;
}

function whereToPut(name: string): string {
  const variable = RULES[name as keyof typeof RULES].environment;
  const flag = RULES[name as keyof typeof RULES].precedence === "rotating" ? "--secret " : "";
  return `Set ${variable}, or run \`pulumi config set ${flag}--path huawei-ota:northbound.${name} VALUE\`, or give ${name} to a Provider.`;
}

/**
 * The environment's first, because secrets rotate there; but a Provider's own first where the
 * environment does not say which application its secret is for: it may be another one's.
 */
function secretsInTurn({ explicit, appId, secret }: FoundSettings<keyof typeof RULES>): Found[] {
  const namesTheApplication = appId.some(({ source }) => source === "environment");
  const own = secret.filter(({ source }) => source === "provider");
  if (!explicit || namesTheApplication || own.length === 0) return [...secret];
  return [...own, ...secret.filter(({ source }) => source !== "provider")];
}

function secretsOf(all: readonly Found[]): string[] {
  required("secret", all);
  const tooLong = all.find(({ value }) => value.length > 256);
  if (tooLong !== undefined) {
    throw new OtaError(
      `${tooLong.place} is longer than the 256 characters that the platform takes.`,
    );
  }
  return [...new Set(all.map(({ value }) => value))];
}

function identifier({ value, place }: Found): string {
  if (!/^[\x21-\x7e]{1,256}$/.test(value)) {
    throw new OtaError(
      `${place} is no application id: it must be 1 to 256 printable characters without spaces.`,
    );
  }
  return value;
}
