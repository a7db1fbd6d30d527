import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { builtDirectory } from "../../tools/engine/build.js";
import { engineEnvironment, ensureEngine } from "../../tools/engine/index.js";

const plugins = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

let folder: string;
let bin: string;
let environment: NodeJS.ProcessEnv;
let lines: string[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "engine-"));
  bin = path.join(folder, "bin");
  environment = { PATH: bin, XDG_CACHE_HOME: path.join(folder, "cache") };
  lines = [];
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function install(name: string, script = "", directory = bin): void {
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

function installPulumi(version: string): void {
  install("pulumi", `echo ${version}`);
  for (const plugin of plugins) install(plugin);
}

/** A Go whose programs are empty files, and which notes each build. */
function installGo(script = ""): void {
  const note = `echo build >> "${folder}/builds"`;
  const findOutput = `while [ "$1" != -o ]; do shift; done`;
  install("go", `${script}\n${note}\n${findOutput}\n: > "$2"`);
}

const findEngine = () => ensureEngine({ log: (line) => lines.push(line), environment });

describe("an installed Pulumi", () => {
  it.each(["v3.216.0", "v3.259.0", "v3.300.1-alpha.7", "v4.0.0"])(
    "is used when it is new enough: %s",
    async (version) => {
      installPulumi(version);
      const engine = await findEngine();
      expect(engine).toEqual({ directory: bin, version: version.slice(1), source: "path" });
      expect(lines).toEqual([]);
    },
  );

  it("is used when its plugins stand elsewhere on the PATH", async () => {
    const elsewhere = path.join(folder, "elsewhere");
    install("pulumi", "echo v3.259.0");
    for (const plugin of plugins) install(plugin, "", elsewhere);
    environment["PATH"] = bin + path.delimiter + elsewhere;
    expect(await findEngine()).toMatchObject({ directory: bin, source: "path" });
  });

  it.each([
    ["too old", "echo v3.215.9", plugins, "pulumi is 3.215.9, older than 3.216"],
    ["silent about its version", "exit 1", plugins, "pulumi does not say its version"],
    [
      "without its language host",
      "echo v3.259.0",
      plugins.slice(1),
      "pulumi has no pulumi-language-nodejs with it",
    ],
  ])("that is %s is passed over with one line", async (_, script, present, reason) => {
    install("pulumi", script);
    for (const plugin of present) install(plugin);
    const built = builtDirectory(environment);
    mkdirSync(built, { recursive: true });
    expect(await findEngine()).toMatchObject({ directory: built, source: "built" });
    expect(lines).toEqual([`passing over the installed Pulumi: ${bin}/${reason}`]);
  });
});

describe("where no Pulumi is installed", () => {
  it("an engine that was built before is used", async () => {
    const directory = builtDirectory(environment);
    mkdirSync(directory, { recursive: true });
    expect(await findEngine()).toMatchObject({ directory, source: "built" });
    expect(lines).toEqual([]);
  });

  it("the engine is built, whole, with its resource plugin", async () => {
    installGo();
    const { directory } = await findEngine();
    expect(directory).toBe(builtDirectory(environment));
    expect(readdirSync(directory).sort()).toEqual(["pulumi", ...plugins]);
    expect(readdirSync(path.dirname(directory))).toEqual([path.basename(directory)]);
  });

  it("two that want it at once build it once", async () => {
    installGo();
    const [first, second] = await Promise.all([findEngine(), findEngine()]);
    expect(first).toEqual(second);
    expect(lines.filter((line) => line.startsWith("built "))).toHaveLength(2);
    expect(lines).toContain("another process is building: 0 s");
  });

  it("a build that fails says what Go said, and leaves nothing behind", async () => {
    installGo("echo 'no space left on device' >&2; exit 1");
    await expect(findEngine()).rejects.toThrow(
      /^Go could not build pulumi-language-nodejs \S+:\nno space left on device$/,
    );
    expect(readdirSync(path.dirname(builtDirectory(environment)))).toEqual([]);
  });

  it("and no Go either, the command line says what to install and ends with 1", () => {
    const program = path.resolve(__dirname, "../../tools/engine");
    const ended = spawnSync(process.execPath, [program], { encoding: "utf8", env: environment });
    expect(ended.stdout).toBe("");
    expect(ended.stderr).toMatch(
      /^There is no Pulumi engine.* Install the Pulumi CLI, 3\.216 or later .* or Go .*\.\n$/,
    );
    expect(ended.status).toBe(1);
  });
});

it("an engine of one's own keeps its states in a folder and asks nothing of the network", () => {
  const home = path.join(folder, "home");
  const backend = path.join(folder, "states");
  const result = engineEnvironment({ directory: bin, home, backend, passphrase: "secret" });
  expect(result).toMatchObject({
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_CONFIG_PASSPHRASE: "secret",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  });
  expect(result["PATH"]?.split(path.delimiter)[0]).toBe(bin);
  expect(readdirSync(folder).sort()).toEqual(["home", "states"]);
});
