"use strict";

const net = require("node:net");

/**
 * A door to a platform, that can be shut: connections end, and new ones are refused.
 * @param {string} url where the platform is, `http://HOST:PORT`
 */
async function openGate(url) {
  const { hostname, port } = new URL(url);
  /** @type {Set<net.Socket>} */
  const sockets = new Set();
  const server = net.createServer((near) => {
    const far = net.connect(Number(port), hostname);
    for (const [socket, other] of /** @type {const} */ ([
      [near, far],
      [far, near],
    ])) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  const listen = (/** @type {number} */ at) =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(at, "127.0.0.1", () => {
        resolve(undefined);
      });
    });
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      for (const socket of sockets) socket.destroy();
    });

  await listen(0);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The gate has no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    shut: close,
    open: () => listen(address.port),
    close: () => (server.listening ? close() : Promise.resolve()),
  };
}

module.exports = { openGate };
