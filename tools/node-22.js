"use strict";

const { execFileSync, spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const { cacheDirectory } = require("./engine/build.js");
const { runAsCommand, runSilently, step, write } = require("./terminal.js");

const root = path.dirname(__dirname);
const isNewEnough = Number(process.versions.node.split(".")[0]) >= 22;

// The repository itself has the last Pulumi that still runs on Node 20.
const versions = {
  "@pulumi/pulumi": "3.270.0",
  ...(isNewEnough ? {} : { node: "22.23.3" }),
};

/** What hangs on Node or on the inside of the SDK; the rules of upgrades are the same everywhere. */
const quickTests = ["contract", "http", "iotda", "northbound", "pulumi", "simulator", "tools"];

/** One story of each behaviour that the SDK has a part in: the rest is the same code. */
const engineTests = [
  ...["everyday", "interruptions", "lookups", "options", "reach", "secrets"].map(
    (name) => `behaviours/${name}`,
  ),
  "components",
  "cancel-heard",
  "engine-gone",
];

/** What somebody types who begins with the packed package. */
const strangersPath = "test/package/first-use";

/**
 * Runs those tests, and a sample of those on the engine, on Node 22 with a newer Pulumi, in a copy
 * of the project outside the repository.
 */
async function main() {
  const name = `node-22-${createHash("sha256").update(root).digest("hex").slice(0, 12)}`;
  const copy = path.join(cacheDirectory(process.env), name);
  await step("copy", async () => {
    copyProject(copy);
    await install(copy);
    // Now, and not when a test first runs a command in the copy: others would read it half-written.
    await runSilently(process.execPath, [path.join("tools", "build.js")], { cwd: copy });
    return Object.entries(versions)
      .map((entry) => entry.join(" "))
      .join(", ");
  });

  const binaries = path.join(copy, "node_modules", ".bin");
  const node = isNewEnough ? process.execPath : path.join(binaries, "node");
  const environment = {
    ...process.env,
    PATH: [binaries, process.env["PATH"] ?? ""].join(path.delimiter),
  };
  write(`tests on Node ${execFileSync(node, ["--version"], { encoding: "utf8" })}`);
  const jest = path.join("node_modules", "jest", "bin", "jest.js");
  const given = process.argv.slice(2);
  const run = (/** @type {string[]} */ paths, /** @type {string} */ project) => {
    const args = [jest, ...(given.length === 0 ? paths : given), "--selectProjects", project];
    const env = { ...environment, ONE_SCENARIO: "1" };
    return spawnSync(node, args, { cwd: copy, env, stdio: "inherit" }).status ?? 1;
  };
  const quick = run(["--passWithNoTests", ...quickTests.map((name) => `test/${name}/`)], "quick");
  const engine = run(
    engineTests.map((name) => `test/engine/${name}`),
    "engine",
  );
  const stranger = given.length === 0 ? run([strangersPath], "package") : 0;
  return [quick, engine, stranger].find((status) => status !== 0) ?? 0;
}

/** @param {string} copy */
function copyProject(copy) {
  fs.mkdirSync(copy, { recursive: true });
  for (const entry of fs.readdirSync(copy)) {
    if (entry !== "node_modules") fs.rmSync(path.join(copy, entry), { recursive: true });
  }
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", list, { cwd: root, encoding: "utf8" }).split("\0");
  for (const file of files) {
    const from = path.join(root, file);
    if (file !== "" && fs.existsSync(from)) {
      fs.cpSync(from, path.join(copy, file), { recursive: true });
    }
  }
}

/** @param {string} copy */
async function install(copy) {
  const file = path.join(copy, "package.json");
  /** @type {unknown} */
  const parsed = JSON.parse(fs.readFileSync(file, "utf8"));
  const manifest = /** @type {{ devDependencies: Record<string, string> }} */ (parsed);
  const wanted = JSON.stringify(
    {
      ...manifest,
      devDependencies: { ...manifest.devDependencies, ...versions },
      // The npm package "node" fetches its binary when it is installed, which npm 11 asks about.
      allowScripts: { node: true },
    },
    undefined,
    2,
  );
  const lock = path.join(copy, "package-lock.json");
  const hash = createHash("sha256").update(wanted).update(fs.readFileSync(lock)).digest("hex");
  fs.writeFileSync(file, wanted);

  // The commands that tests run in the copy install anew where the lock is not what is there.
  const installedLock = path.join(copy, "node_modules", `.lock-of-${hash}.json`);
  if (fs.existsSync(installedLock)) {
    fs.copyFileSync(installedLock, lock);
    return;
  }
  const isWindows = process.platform === "win32";
  await runSilently(isWindows ? "npm.cmd" : "npm", ["install", "--loglevel=error"], {
    cwd: copy,
    shell: isWindows,
  });
  fs.copyFileSync(lock, installedLock);
}

runAsCommand(main);
