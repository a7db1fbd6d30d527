"use strict";

const { randomInt } = require("node:crypto");
const net = require("node:net");

const TRIES = 20;
const TOKEN = /(?:"(?:accessToken|refreshToken)"\s*:\s*"|x-subject-token: )([^"\s]+)/gi;

/**
 * A port below those that the system gives away: one of those could be given to somebody else while
 * the gate is shut.
 * @param {(port: number) => Promise<unknown>} listen
 */
async function listenSomewhere(listen) {
  for (let tries = 1; ; tries += 1) {
    const port = randomInt(20_000, 30_000);
    try {
      await listen(port);
      return port;
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}

/**
 * A door to a platform, that can be shut: connections end, and new ones are refused. It notes the
 * tokens that the platform gives out.
 * @param {string} url where the platform is, `http://HOST:PORT`
 */
async function openGate(url) {
  const { hostname, port } = new URL(url);
  /** @type {Set<net.Socket>} */
  const sockets = new Set();
  /** @type {Set<string>} */
  const tokens = new Set();
  const server = net.createServer((near) => {
    const far = net.connect(Number(port), hostname);
    let replies = "";
    far.on("data", (chunk) => {
      replies += String(chunk);
      for (const [, token] of replies.matchAll(TOKEN)) if (token !== undefined) tokens.add(token);
    });
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
        server.off("error", reject);
        resolve(undefined);
      });
    });
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      for (const socket of sockets) socket.destroy();
    });

  const ownPort = await listenSomewhere(listen);
  return {
    url: `http://127.0.0.1:${ownPort}`,
    tokens: () => [...tokens],
    shut: close,
    open: () => listen(ownPort),
    close: () => (server.listening ? close() : Promise.resolve()),
  };
}

module.exports = { openGate };
