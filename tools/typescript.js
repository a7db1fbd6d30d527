"use strict";

const fs = require("node:fs");
const Module = require("node:module");
const { transformSync } = require("@swc/core");

/** @typedef {{ _compile: (code: string, file: string) => void }} Loading */

/** From here on this process can require TypeScript: types are taken away, as Jest does. */
function loadTypeScript() {
  /** @type {unknown} */
  const byExtension = Reflect.get(Module, "_extensions");
  const extensions = /** @type {Record<string, (module: Loading, file: string) => void>} */ (
    byExtension
  );
  extensions[".ts"] = (module, file) => {
    const { code } = transformSync(fs.readFileSync(file, "utf8"), {
      filename: file,
      swcrc: false,
      jsc: { parser: { syntax: "typescript" }, target: "es2023" },
      module: { type: "commonjs" },
    });
    module._compile(code, file);
  };
}

module.exports = { loadTypeScript };
