import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { cacheDirectory } from "../../tools/engine/build";
import { iotdaBench, projectId } from "./iotda-client";

/* Huawei's own client signs, asks and reads as the vendor means it; the simulator must please it. */

const VERSION = "3.1.219";
const PACKAGES = [`huaweicloudsdkcore==${VERSION}`, `huaweicloudsdkiotda==${VERSION}`];
const SCRIPT = join(__dirname, "huawei_sdk.py");

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

function run(command: string, ...given: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, given, { env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } });
    let [output, errors] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.on("error", (error) => {
      resolve({ code: null, output, errors: error.message });
    });
    child.on("close", (code) => {
      resolve({ code, output, errors });
    });
  });
}

async function succeed(wanted: string, command: string, ...given: readonly string[]) {
  const { code, errors } = await run(command, ...given);
  if (code === 0) return;
  const reason = errors.trim().split("\n").slice(-3).join("\n");
  throw new Error(`Huawei's client needs ${wanted}, and that failed:\n${reason}`);
}

/** A Python with Huawei's client, made once and kept in the cache folder. */
async function pythonWithSdk(): Promise<string> {
  const directory = join(cacheDirectory(process.env), `huawei-sdk-${VERSION}`);
  const inside = process.platform === "win32" ? "Scripts/python.exe" : "bin/python";
  if (!existsSync(directory)) {
    mkdirSync(dirname(directory), { recursive: true });
    const temporary = mkdtempSync(`${directory}.building-`);
    try {
      await succeed("python3 with its venv module", "python3", "-m", "venv", temporary);
      const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
      const python = join(temporary, inside);
      await succeed(`pip install ${PACKAGES.join(" ")}`, python, ...pip, ...PACKAGES);
      if (!existsSync(directory)) renameSync(temporary, directory);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
  return join(directory, inside);
}

let python: string;
beforeAll(async () => {
  python = await pythonWithSdk();
});

async function drive(url: string, signing: string, secretKey: string, project = projectId) {
  const { code, output, errors } = await run(python, SCRIPT, url, signing, secretKey, project);
  if (code !== 0) throw new Error(`Huawei's client broke off:\n${errors}`);
  return JSON.parse(output) as unknown;
}

const TOLD = {
  sign: "ab".repeat(32),
  packages: [true],
  first: "PartialSuccess",
  reasons: ["The update of the device failed."],
  retried: [["once", "success"]],
  "after the retry": "Success",
  stopped: [["lost", "success"]],
  "after the stop": "Stopped",
  tasks: ["fleet_2", "流量计_1"],
  gone: 404,
};

// As in real use: the client signs by the computer's clock.
const clock = { speed: 0 };

test("Huawei's client makes, shows, lists, retries, stops and deletes with plain signatures", async () => {
  const { simulator } = await iotdaBench({}, { clock });
  expect(await drive(simulator.url, "plain", "secret-key")).toEqual(TOLD);
});

test("on a private host it does the same with derived signatures", async () => {
  const { simulator } = await iotdaBench({ iotdaPrivateHost: true }, { clock });
  expect(await drive(simulator.url, "derived", "secret-key")).toEqual(TOLD);
});

test("it finds out the project's id by the region", async () => {
  const { simulator } = await iotdaBench({}, { clock });
  expect(await drive(simulator.url, "plain", "secret-key", "ask")).toEqual(TOLD);
});

test("on a private host its plain signature is refused", async () => {
  const { simulator } = await iotdaBench({ iotdaPrivateHost: true }, { clock });
  const told = await drive(simulator.url, "plain", "secret-key");
  expect(told).toEqual({ refused: [401, "IOTDA.000002"] });
});

test.each(["plain", "derived"])("a %s signature with the wrong key is refused", async (signing) => {
  const { simulator } = await iotdaBench({}, { clock });
  const told = await drive(simulator.url, signing, "another-key");
  expect(told).toEqual({ refused: [401, "APIGW.0301"] });
});
