"use strict";

const fs = require("node:fs");
const path = require("node:path");
const esbuild = require("esbuild");

/**
 * The bundles, each with the doors into it. A bundle runs a module when it is first needed, and once,
 * so that its doors share what they keep (docs/decisions/bundling.md).
 */
const bundles = {
  library: ["index", "provider", "plugin/command", "report", "report/command"],
  simulator: ["simulator", "simulator/command"],
  review: ["review/command"],
  policy: ["policy", "policy-pack"],
};

/** What a bundle reads from beside itself, as seen from src. */
const assets = ["simulator/watch.html"];

/** @type {import("esbuild").BuildOptions} */
const common = {
  bundle: true,
  platform: "node",
  target: "node20.18",
  logLevel: "silent",
};

/** All that is not bundled: what must be there once in a process, and what is not always needed. */
const external = [
  ...["@pulumi/pulumi", "@pulumi/policy", "undici"],
  ...["@redis/client", "rate-limiter-flexible"],
];

/**
 * Writes the bundles and their doors.
 * @param {string} source
 * @param {string} output
 * @returns {Promise<{ files: string[], doors: string[] }>} what was written, as seen from output
 */
async function writeBundles(source, output) {
  const doors = Object.values(bundles).flat();
  const names = await exportedNames(source, doors);
  const files = [];
  for (const [bundle, own] of Object.entries(bundles)) {
    const file = `bundles/${bundle}.js`;
    await writeBundle(source, own, path.join(output, file));
    files.push(file);
    for (const door of own) {
      const script = path.join(output, `${door}.js`);
      fs.mkdirSync(path.dirname(script), { recursive: true });
      const way = path.posix.relative(path.posix.dirname(door), file);
      const opened = `require("${way.startsWith(".") ? way : `./${way}`}")["${door}"]()`;
      const isCommand = fs.readFileSync(path.join(source, `${door}.ts`), "utf8").startsWith("#!");
      const text = isCommand
        ? `#!/usr/bin/env node\n"use strict";\n${opened};\n`
        : textOfDoor(opened, names.get(door) ?? []);
      fs.writeFileSync(script, text);
      files.push(`${door}.js`);
    }
  }
  for (const asset of assets) {
    const file = `bundles/${path.basename(asset)}`;
    fs.copyFileSync(path.join(source, asset), path.join(output, file));
    files.push(file);
  }
  return { files, doors };
}

/**
 * @param {string} source
 * @param {readonly string[]} doors
 * @param {string} file
 */
async function writeBundle(source, doors, file) {
  const { outputFiles, metafile } = await esbuild.build({
    ...common,
    stdin: {
      contents: doors.map((door) => `exports["${door}"] = () => require("./${door}");`).join("\n"),
      resolveDir: source,
    },
    outfile: file,
    external,
    metafile: true,
    write: false,
  });
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const [code] = outputFiles;
  fs.writeFileSync(file, noticesOf(Object.keys(metafile.inputs)) + (code?.text ?? ""));
}

/**
 * What each door exports, beside types.
 * @param {string} source
 * @param {readonly string[]} doors
 */
async function exportedNames(source, doors) {
  const { metafile } = await esbuild.build({
    ...common,
    entryPoints: doors.map((door) => ({ in: path.join(source, `${door}.ts`), out: door })),
    format: "esm",
    packages: "external",
    outdir: source,
    metafile: true,
    write: false,
  });
  const outputs = Object.entries(metafile.outputs);
  return new Map(
    doors.map((door) => {
      const [, output] = outputs.find(([file]) => file.endsWith(`src/${door}.js`)) ?? [];
      return [door, output?.exports ?? []];
    }),
  );
}

/**
 * @param {string} opened the door's exports, as an expression
 * @param {readonly string[]} names what an ES module may import by name: Node.js reads it in the text
 */
function textOfDoor(opened, names) {
  const named = names.map((name) => `exports["${name}"] = `).join("");
  return `"use strict";\nmodule.exports = ${opened};\n0 && (${named}0);\n`;
}

/**
 * The licences of the packages of which a bundle holds a copy.
 * @param {readonly string[]} inputs
 */
function noticesOf(inputs) {
  const folders = inputs.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(folders)]
    .filter((folder) => folder !== undefined)
    .map((folder) => {
      const named = fs.readdirSync(folder).find((name) => /^licen[cs]e(\.|$)/i.test(name));
      if (named === undefined) throw new Error(`${folder} has no licence to go with a copy of it.`);
      const notice = fs.readFileSync(path.join(folder, named), "utf8").trimEnd();
      return `/*\n${path.basename(folder)}:\n\n${notice.replaceAll("*/", "* /")}\n*/\n`;
    })
    .join("");
}

module.exports = { noticesOf, writeBundles };
