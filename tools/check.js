"use strict";

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { build } = require("./build.js");
const { dataSchema, schemaFile } = require("./data-schema.js");
const { pluginSchema, pluginSchemaFile } = require("./plugin-schema.js");
const { runAsCommand, runSilently, step, write } = require("./terminal.js");

const root = path.dirname(__dirname);
const isFixing = process.argv.includes("--fix");
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "huawei-ota-check-"));

/**
 * @param {string} tool
 * @param {...string} args
 */
function run(tool, ...args) {
  const command = path.join(root, "node_modules", ".bin", tool);
  return runSilently(command, args, { cwd: root, shell: process.platform === "win32" });
}

/**
 * Fails with the difference, and with what to do about it.
 * @param {string} committed
 * @param {string} generated
 */
async function requireSame(committed, generated) {
  try {
    await runSilently("git", ["diff", "--no-index", "--no-color", committed, generated], {
      cwd: root,
    });
  } catch (error) {
    const difference = /** @type {Error} */ (error).message;
    throw new Error(
      `${difference}\n\n${committed} is not what the sources make. If the change is meant, ` +
        `run \`npm run fix\` and commit ${committed}.`,
      { cause: error },
    );
  }
}

async function checkTypes() {
  await run("tsc", "-p", "tsconfig.json", "--noEmit");
  await run("tsc", "-p", "tsconfig.test.json");
}

async function checkApiReports() {
  fs.mkdirSync(path.join(root, "etc"), { recursive: true });
  for (const door of ["index", "policy", "provider", "report", "simulator"]) {
    const config = door === "index" ? "api-extractor.json" : `api-extractor.${door}.json`;
    try {
      await run("api-extractor", "run", "-c", config, ...(isFixing ? ["--local"] : []));
    } catch (error) {
      const report = `${door}.api.md`;
      const generated = path.join(root, ".cache", "api", report);
      if (fs.existsSync(generated)) await requireSame(`etc/${report}`, generated);
      throw error;
    }
  }
}

async function checkReference() {
  const generated = isFixing ? "docs/reference" : path.join(temporary, "reference");
  await run("typedoc", "--logLevel", "Warn", "--out", generated);
  if (!isFixing) await requireSame("docs/reference", generated);
}

/**
 * @param {string} file
 * @param {string} schema
 */
async function checkSchema(file, schema) {
  const generated = isFixing ? file : path.join(temporary, path.basename(file));
  fs.writeFileSync(generated, schema);
  await run("prettier", "--config", ".prettierrc.json", "--write", generated);
  if (!isFixing) await requireSame(path.relative(root, file), generated);
}

/** @returns {Promise<string>} the package as it would be published */
async function pack() {
  const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", temporary];
  const name = await runSilently("npm", args, { cwd: root, shell: process.platform === "win32" });
  return path.join(temporary, name.trim().split("\n").at(-1) ?? "");
}

/** @type {{ name: string, needsBuild?: boolean, check: () => Promise<unknown> }[]} */
const steps = [
  { name: "types", check: checkTypes },
  { name: "lint", check: () => run("eslint", ".", ...(isFixing ? ["--fix"] : [])) },
  { name: "format", check: () => run("prettier", isFixing ? "--write" : "--check", ".") },
  { name: "api reports", needsBuild: true, check: checkApiReports },
  { name: "reference", check: checkReference },
  { name: "data schema", check: () => checkSchema(schemaFile, dataSchema()) },
  { name: "plugin schema", check: () => checkSchema(pluginSchemaFile, pluginSchema()) },
  {
    name: "publint",
    needsBuild: true,
    check: async () => run("publint", "--strict", await pack()),
  },
  { name: "attw", needsBuild: true, check: async () => run("attw", await pack()) },
  { name: "knip", check: () => run("knip", "--no-progress") },
];

async function main() {
  let failed = 0;
  let isBuilt = false;
  /** @type {typeof steps} */
  const all = [
    {
      name: "build",
      check: async () => {
        await build();
        isBuilt = true;
      },
    },
    ...steps,
  ];
  for (const { name, needsBuild, check } of all) {
    try {
      await step(name, async () => {
        if (needsBuild === true && !isBuilt) throw new Error("This needs the build.");
        await check();
        return undefined;
      });
    } catch (error) {
      failed++;
      const output = /** @type {Error} */ (error).message.trimEnd();
      write(`${output.replaceAll(/^(?=.)/gm, "    ")}\n`);
    }
  }
  fs.rmSync(temporary, { recursive: true, force: true });
  return failed === 0 ? 0 : 1;
}

runAsCommand(main);
