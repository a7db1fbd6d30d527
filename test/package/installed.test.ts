import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { build } from "esbuild";

import type { Simulator } from "../../src/simulator";
import { cacheDirectory } from "../../tools/engine/build";
import { newStack, pushes, type Stack, startPlatform } from "../engine/stack";

/* The package as users get it: packed, and installed in a folder that knows nothing of this one. */

const ROOT = resolve(__dirname, "../..");
const PULUMI = (
  JSON.parse(readFileSync(join(ROOT, "node_modules/@pulumi/pulumi/package.json"), "utf8")) as {
    version: string;
  }
).version;

const DECLARATIONS = `
const kind = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };
const firmware = new northbound.VersionPackage("meter-1.4", { fileType: "firmwarePackage", model: "NBM1", version: "V1.4" });
const task = new northbound.FirmwareUpgradeTask("pilot", { versionPackage: firmware, targets: { deviceGroups: ["pilot"], ...kind } });
new northbound.UpgradeCompletion("pilot", { task });
`;
const COMMONJS = `const { northbound } = require("pulumi-huawei-ota");\n${DECLARATIONS}`;
const ES_MODULE = `import { northbound } from "pulumi-huawei-ota";\n${DECLARATIONS}export const id = task.id;\n`;

const installers = {
  npm: ["npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"],
  pnpm: [
    ...["npx", "--yes", "pnpm@9", "install", "--prefer-offline", "--reporter=silent"],
    `--store-dir=${join(cacheDirectory(process.env), "pnpm-store")}`,
  ],
} as const;

let packed: string;
beforeAll(async () => {
  packed = mkdtempSync(join(tmpdir(), "huawei-ota-packed-"));
  await run(ROOT, ["npm", "pack", "--ignore-scripts", "--silent", `--pack-destination=${packed}`]);
});
afterAll(() => {
  rmSync(packed, { recursive: true, force: true });
});

describe.each(["npm", "pnpm"] as const)("installed with %s", (installer) => {
  let simulator: Simulator;
  let stack: Stack;
  beforeAll(async () => {
    simulator = await startPlatform({ clock: { speed: 60 } });
    stack = await newStack({ simulator, program: "" });
    rmSync(join(stack.directory, "node_modules"), { recursive: true });
    writeProject("commonjs", COMMONJS);
    await run(stack.directory, installers[installer]);
  });
  afterAll(async () => {
    stack.remove();
    await simulator.close();
  });

  function writeProject(type: "commonjs" | "module", program: string): void {
    const [tarball = ""] = readdirSync(packed);
    const dependencies = {
      "@pulumi/pulumi": PULUMI,
      "pulumi-huawei-ota": `file:${join(packed, tarball)}`,
    };
    const manifest = { name: "installed", private: true, type, main: "index.js", dependencies };
    writeFileSync(join(stack.directory, "package.json"), JSON.stringify(manifest));
    writeFileSync(join(stack.directory, "index.js"), program);
  }

  test.each([
    ["a CommonJS program", "commonjs", COMMONJS],
    ["a program of ES modules", "module", ES_MODULE],
  ] as const)(
    "%s is applied, has nothing more to do, and is destroyed",
    async (_what, type, program) => {
      writeProject(type, program);
      simulator.reset();

      expect(await stack.up()).toMatchObject({ code: 0 });
      expect(pushes(simulator)).toBe(1);
      expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
      expect(await stack.destroy()).toMatchObject({ code: 0 });
      expect((await stack.state()).deployment.resources ?? []).toHaveLength(0);
      expect(pushes(simulator)).toBe(1);
    },
  );

  test("a bundler of a program finds all that the library needs", async () => {
    const bundled = join(stack.directory, "bundled.cjs");
    const program = `
      import * as ota from "pulumi-huawei-ota";
      import * as provider from "pulumi-huawei-ota/provider";
      import * as simulator from "pulumi-huawei-ota/simulator";
      console.log([ota, provider, simulator].map((door) => Object.keys(door).length > 0).join());
    `;
    const { errors } = await build({
      stdin: { contents: program, resolveDir: stack.directory },
      outfile: bundled,
      bundle: true,
      platform: "node",
      // Looks for its own compiler by its path, so that it runs from its own folder only.
      external: ["@pulumi/pulumi"],
      logLevel: "silent",
    });
    expect(errors).toEqual([]);
    expect(await run(stack.directory, ["node", bundled])).toBe("true,true,true\n");
  });

  test("the plugin starts from where the package is installed", async () => {
    const script = "node_modules/pulumi-huawei-ota/plugin/pulumi-resource-huawei-ota";
    const child = spawn(join(stack.directory, script), { stdio: ["ignore", "pipe", "inherit"] });
    const port = await new Promise<string>((done, fail) => {
      child.stdout.once("data", (chunk: Buffer) => {
        done(chunk.toString());
      });
      child.once("error", fail);
      child.once("exit", () => {
        fail(new Error("The plugin ended."));
      });
    });
    child.kill();
    expect(port).toMatch(/^\d+\n$/);
  });

  test("the review's command is there, and the rules load without the packages that only a pack needs", async () => {
    const help = await run(stack.directory, ["npx", "--no-install", "huawei-ota-review", "--help"]);
    expect(help).toContain("--propose-approval");
    const program = 'console.log(require("pulumi-huawei-ota/policy").upgradeRules().length)';
    expect(await run(stack.directory, ["node", "-e", program])).toBe("8\n");
    const pack = join(stack.directory, "node_modules/pulumi-huawei-ota/policy");
    const { main } = JSON.parse(readFileSync(join(pack, "package.json"), "utf8")) as {
      main: string;
    };
    expect(existsSync(join(pack, main))).toBe(true);
    expect(existsSync(join(pack, "PulumiPolicy.yaml"))).toBe(true);
  });

  test("the report's command is there, and its functions load", async () => {
    const help = await run(stack.directory, ["npx", "--no-install", "huawei-ota-report", "--help"]);
    expect(help).toContain("--state FILE");
    const program = 'console.log(Object.keys(require("pulumi-huawei-ota/report")).sort().join())';
    expect(await run(stack.directory, ["node", "-e", program])).toBe(
      "renderReport,upgradeReport\n",
    );
  });

  test("the simulator's command is there", async () => {
    const help = await run(stack.directory, [
      "npx",
      "--no-install",
      "huawei-ota-simulator",
      "--help",
    ]);
    expect(help).toContain("--data FILE");
  });

  test("the simulator's page is there", async () => {
    const program = `
      const { startSimulator } = require("pulumi-huawei-ota/simulator");
      startSimulator().then(async (simulator) => {
        console.log((await (await fetch(simulator.url)).text()).split("\\n")[0]);
        await simulator.close();
      });
    `;
    expect(await run(stack.directory, ["node", "-e", program])).toBe("<!doctype html>\n");
  });
});

test("the package is not many files, none of which points to one that is not there", async () => {
  const listed = await run(packed, ["tar", "-tzf", ...readdirSync(packed)]);
  const files = listed.trim().split("\n");
  expect(files.length).toBeLessThan(130);
  expect(files.filter((file) => file.endsWith(".map"))).toEqual([]);
});

/** A command to its end, which must be good; gives what it printed. */
function run(directory: string, [command = "", ...args]: readonly string[]): Promise<string> {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")),
  );
  return new Promise((settle, reject) => {
    const child = spawn(command, args, { cwd: directory, env: environment });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    }
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) settle(output);
      else reject(new Error(`${command} ${args.join(" ")} ended with ${String(code)}:\n${output}`));
    });
  });
}
