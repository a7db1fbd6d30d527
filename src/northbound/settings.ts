import { certificatesOf, pkcs12Of, privateKeyOf, refuseOtherKey } from "../certificates";
import { OtaError } from "../errors";
import type { ClientCertificate } from "../http/client-certificate";
import { endpointOf, findSafeguards, type Safeguards, wholeNumber } from "../setting-values";
import {
  findSettings,
  type Found,
  type FoundSettings,
  type RawSettings,
  type SettingRule,
  type WingSettings,
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
   * Secret of the application. Environment: `HUAWEI_OTA_NORTHBOUND_SECRET`, which is tried first where
   * the environment names the same application, because secrets rotate, and never where it names
   * another.
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
  /**
   * Client certificate and key in one PKCS#12 file, in place of `clientCert` and `clientKey`: its path,
   * or its content as Base64. Environment: `HUAWEI_OTA_NORTHBOUND_CLIENT_PFX`.
   */
  readonly clientPfx?: string;
  /**
   * Passphrase of the key or of the PKCS#12 file. Environment:
   * `HUAWEI_OTA_NORTHBOUND_CLIENT_KEY_PASSPHRASE`.
   */
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
  endpoint: { environment: "HUAWEI_OTA_NORTHBOUND_ENDPOINT", precedence: "account", address: true },
  appId: {
    environment: "HUAWEI_OTA_NORTHBOUND_APP_ID",
    precedence: "account",
    within: ["endpoint"],
  },
  secret: { environment: "HUAWEI_OTA_NORTHBOUND_SECRET", precedence: "rotating", secret: true },
  caCert: { environment: "HUAWEI_OTA_NORTHBOUND_CA_CERT", precedence: "rotating" },
  clientCert: {
    environment: "HUAWEI_OTA_NORTHBOUND_CLIENT_CERT",
    precedence: "rotating",
  },
  clientKey: {
    environment: "HUAWEI_OTA_NORTHBOUND_CLIENT_KEY",
    precedence: "rotating",
    secret: true,
  },
  clientPfx: {
    environment: "HUAWEI_OTA_NORTHBOUND_CLIENT_PFX",
    precedence: "rotating",
    secret: true,
  },
  clientKeyPassphrase: {
    environment: "HUAWEI_OTA_NORTHBOUND_CLIENT_KEY_PASSPHRASE",
    precedence: "rotating",
    secret: true,
  },
  serverName: {
    environment: "HUAWEI_OTA_NORTHBOUND_SERVER_NAME",
    precedence: "plain",
    within: ["endpoint"],
  },
  callsPerMinute: { environment: "HUAWEI_OTA_NORTHBOUND_CALLS_PER_MINUTE", precedence: "plain" },
  replyTimeoutSeconds: {
    environment: "HUAWEI_OTA_NORTHBOUND_REPLY_TIMEOUT_SECONDS",
    precedence: "plain",
  },
} satisfies Record<keyof NorthboundSettings, SettingRule>;

type Name = keyof NorthboundSettings;
type Kind = "secret" | "clientCertificate" | "clientPfx" | "authority";

const SETTINGS: WingSettings<Name, Kind> = {
  wing: "northbound",
  whose: "The northbound platform's",
  rules: RULES,
  credentials: {
    secret: { needs: ["secret"], within: ["endpoint", "appId"] },
    clientCertificate: {
      needs: ["clientCert", "clientKey"],
      may: ["clientKeyPassphrase"],
      within: ["endpoint"],
    },
    clientPfx: { needs: ["clientPfx"], may: ["clientKeyPassphrase"], within: ["endpoint"] },
    authority: { needs: ["caCert"], within: [] },
  },
  key: ["appId"],
};

/** Settings that are complete and right. */
export interface Account extends Safeguards, Required<ClientCertificate> {
  readonly endpoint: string;
  readonly appId: string;
  /** Each secret that some place gives, the likeliest first. */
  readonly secrets: readonly string[];
  readonly caCert: string | undefined;
  readonly serverName: string | undefined;
  readonly callsPerMinute: number;
  readonly connectTimeoutSeconds: number;
  readonly replyTimeoutSeconds: number;
  /** Whether the program itself names the account, on a `Provider`. */
  readonly explicit: boolean;
}

/** Everything or one sentence about what is missing or wrong, and where to put it. */
export function resolveAccount(raw: RawSettings): Account {
  const found = findSettings(SETTINGS, raw);
  const required = (name: Name): Found => {
    const one = found.one(name);
    if (one === undefined) throw found.missing(name);
    return one;
  };
  const [authority] = found.inTurn("authority");
  const caCert = authority?.value("caCert");
  return {
    endpoint: endpointOf(required("endpoint")),
    appId: identifier(required("appId")),
    secrets: secretsOf(found),
    caCert: caCert && certificatesOf(caCert),
    ...clientCertificateOf(found),
    serverName: found.one("serverName")?.value,
    callsPerMinute: wholeNumber(found.one("callsPerMinute"), 100, 1_000_000),
    connectTimeoutSeconds: 10,
    replyTimeoutSeconds: wholeNumber(found.one("replyTimeoutSeconds"), 30, 3_600),
    explicit: found.isExplicit(),
    ...findSafeguards(raw.environment),
  };
}

function clientCertificateOf(found: FoundSettings<Name, Kind>): Required<ClientCertificate> {
  const half = found.half("clientCertificate", "clientPfx");
  if (half !== undefined) {
    throw new OtaError(
      `${half.given} is set without ${half.missing}; set both. ${found.whereToPut(half.missing)}`,
    );
  }
  const value = found.inTurn("clientCertificate", "clientPfx")[0]?.value;
  const [cert, key, pfx] = [value?.("clientCert"), value?.("clientKey"), value?.("clientPfx")];
  if (pfx !== undefined && (cert ?? key) !== undefined) {
    throw new OtaError(
      `${pfx.place} and ${(cert ?? key)?.place ?? ""} are both set; a client has one certificate, so take one of them away.`,
    );
  }
  const passphrase = value?.("clientKeyPassphrase");
  const clientCert = cert && certificatesOf(cert);
  const clientKey = key && privateKeyOf(key, passphrase);
  if (cert && clientCert && key && clientKey) {
    refuseOtherKey({ found: cert, pem: clientCert }, { found: key, pem: clientKey }, passphrase);
  }
  return {
    clientCert,
    clientKey,
    clientPfx: pfx && pkcs12Of(pfx, passphrase),
    clientKeyPassphrase: passphrase?.value,
  };
}

function secretsOf(found: FoundSettings<Name, Kind>): string[] {
  const all = found.inTurn("secret").flatMap(({ value }) => value("secret") ?? []);
  if (all.length === 0) throw found.missing("secret");
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
