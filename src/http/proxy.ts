import { OtaError } from "../errors";
import { keepPasswordIn } from "../known-secrets";
import { isLoopback } from "../setting-values";

/** The proxies between this machine and a server, as undici takes them. */
export interface Proxies {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

/**
 * `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, each in small letters first; `undefined` where none is
 * between, as before this machine itself.
 */
export function proxiesOf(
  endpoint: string,
  environment: Readonly<Record<string, string | undefined>>,
): Proxies | undefined {
  if (isLoopback(new URL(endpoint).hostname)) return undefined;
  const httpProxy = addressIn("HTTP_PROXY", environment);
  const httpsProxy = addressIn("HTTPS_PROXY", environment);
  if (httpProxy === "" && httpsProxy === "") return undefined;
  return {
    httpProxy,
    httpsProxy,
    noProxy: (environment["no_proxy"] ?? environment["NO_PROXY"] ?? "").trim(),
  };
}

/** Tools differ in whether a proxy's address needs its scheme. */
function addressIn(
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const small = environment[name.toLowerCase()]?.trim() ?? "";
  const value = small === "" ? (environment[name]?.trim() ?? "") : small;
  if (value === "") return "";
  const address = value.includes("://") ? value : `http://${value}`;
  if (/^https?:\/\/[^/]/i.test(address) && URL.canParse(address)) {
    keepPasswordIn(name, address);
    return address;
  }
  throw new OtaError(
    `${small === "" ? name : name.toLowerCase()} is not the address of a proxy; it must be http://host:port, with a user and a password where the proxy asks for them. (What it is now is not shown, because that may hold a password.)`,
  );
}
