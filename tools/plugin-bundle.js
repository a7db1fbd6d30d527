"use strict";

const fs = require("node:fs");
const path = require("node:path");
const esbuild = require("esbuild");
const { noticesOf } = require("./bundle.js");
const { runAsCommand, runSilently, write } = require("./terminal.js");

const root = path.dirname(__dirname);
const output = path.join(root, ".cache", "plugin");
const SCRIPT = "pulumi-resource-huawei-ota";
/** Loaded only where somebody shares a quota by Redis, and not part of the tarball. */
const OPTIONAL = ["@redis/client", "rate-limiter-flexible"];

/**
 * Writes the plugin as one archive for all platforms, which needs Node.js and nothing else.
 * @returns {Promise<string>} the archive
 */
async function bundlePlugin() {
  const { version } = /** @type {{ version: string }} */ (readJson("plugin/schema.json"));
  fs.rmSync(output, { recursive: true, force: true });
  const folder = path.join(output, "content");
  fs.mkdirSync(folder, { recursive: true });
  await writeProgram(path.join(folder, "command.js"));
  for (const name of [SCRIPT, `${SCRIPT}.cmd`]) {
    const text = fs.readFileSync(path.join(root, "plugin", name), "utf8");
    const beside = text.replace(/\.\.([/\\])dist[/\\]plugin[/\\]command\.js/, "command.js");
    if (beside === text) throw new Error(`plugin/${name} starts another program than it used to.`);
    fs.writeFileSync(path.join(folder, name), beside, { mode: 0o755 });
  }
  for (const file of ["plugin/schema.json", "LICENSE"]) {
    fs.copyFileSync(path.join(root, file), path.join(folder, path.basename(file)));
  }
  const archive = path.join(output, `${SCRIPT}-v${version}.tar.gz`);
  await runSilently("tar", ["-czf", archive, "-C", folder, ...fs.readdirSync(folder)], {
    cwd: root,
  });
  return archive;
}

/** @param {string} file */
async function writeProgram(file) {
  const { outputFiles, metafile } = await esbuild.build({
    entryPoints: [path.join(root, "src", "plugin", "command.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    target: "node20.18",
    logLevel: "silent",
    external: OPTIONAL,
    plugins: [withSdk],
    metafile: true,
    write: false,
  });
  const code = (outputFiles[0]?.text ?? "").replace(/^#!.*\n/, "");
  fs.writeFileSync(file, noticesOf(Object.keys(metafile.inputs)) + code);
}

/**
 * What the plugin otherwise loads from where the SDK stands is part of the program.
 * @type {import("esbuild").Plugin}
 */
const withSdk = {
  name: "with-sdk",
  setup(build) {
    build.onLoad({ filter: /[/\\]src[/\\]plugin[/\\]sdk\.ts$/ }, ({ path: file }) => {
      const text = fs.readFileSync(file, "utf8");
      return {
        contents: text.replace(/^const load\b[^;]*;$/m, "").replaceAll(/\bload\("/g, 'require("'),
        loader: "ts",
        resolveDir: path.dirname(require.resolve("@pulumi/pulumi/package.json")),
      };
    });
  },
};

/**
 * @param {string} file
 * @returns {unknown}
 */
function readJson(file) {
  return JSON.parse(fs.readFileSync(path.join(root, file), "utf8"));
}

module.exports = { bundlePlugin };

if (require.main === module) {
  runAsCommand(async () => {
    write(`${path.relative(process.cwd(), await bundlePlugin())}\n`);
    return 0;
  });
}
