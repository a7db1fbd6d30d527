"use strict";

const { spawn } = require("node:child_process");

/**
 * Opens a page where there is a screen and a command for it, and does nothing where there is none.
 * @param {string} url
 * @param {NodeJS.ProcessEnv} [environment]
 */
function openInBrowser(url, environment = process.env) {
  const isMac = process.platform === "darwin";
  const screens = [environment["DISPLAY"], environment["WAYLAND_DISPLAY"]];
  if (!isMac && !screens.some(Boolean)) return;
  const child = spawn(isMac ? "open" : "xdg-open", [url], {
    env: environment,
    stdio: "ignore",
    detached: true,
  });
  // Who has no such command has read the address.
  child.on("error", () => undefined);
  child.unref();
}

module.exports = { openInBrowser };
