import { X509Certificate } from "node:crypto";
import { Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";

/** What a client shows where a server asks who it is. */
export interface ClientCertificate {
  /** `undefined`: not set. Without the key there is no such setting to advise. */
  readonly clientCert?: string | undefined;
  readonly clientKey?: string | undefined;
  /** Base64 of a PKCS#12 file, in place of the two. */
  readonly clientPfx?: string | undefined;
  readonly clientKeyPassphrase?: string | undefined;
}

/** As Node.js takes it for a connection. */
export function tlsOptionsOf(client: ClientCertificate) {
  const { clientCert, clientKey, clientPfx, clientKeyPassphrase } = client;
  return {
    ...(clientCert === undefined ? {} : { cert: clientCert }),
    ...(clientKey === undefined ? {} : { key: clientKey }),
    ...(clientPfx === undefined ? {} : { pfx: Buffer.from(clientPfx, "base64") }),
    ...(clientKeyPassphrase === undefined ? {} : { passphrase: clientKeyPassphrase }),
  };
}

/** The setting that has it. */
export function settingOf({ clientCert, clientPfx }: ClientCertificate): string | undefined {
  if (clientPfx !== undefined) return "clientPfx";
  return clientCert === undefined ? undefined : "clientCert";
}

/** Why the certificate is not valid at that moment, milliseconds since the epoch. */
export function invalidityOf(client: ClientCertificate, now: number): string | undefined {
  const certificate = certificateOf(client);
  if (certificate === undefined) return undefined;
  const { validFrom, validTo } = certificate;
  if (now > Date.parse(validTo)) return `expired on ${validTo}`;
  return now < Date.parse(validFrom) ? `is not valid before ${validFrom}` : undefined;
}

function certificateOf(client: ClientCertificate): X509Certificate | undefined {
  if (client.clientPfx === undefined) {
    return client.clientCert === undefined ? undefined : new X509Certificate(client.clientCert);
  }
  // Node.js tells what a PKCS#12 file holds only by a socket that would show it.
  const secureContext = createSecureContext(tlsOptionsOf(client));
  const socket = new TLSSocket(new Socket(), { secureContext });
  try {
    return socket.getX509Certificate();
  } finally {
    socket.destroy();
  }
}
