import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { behaviourNames } from "../../src/simulator/behaviour";
import { flagOf } from "../../src/simulator/arguments";
import { world } from "./client";
import { compileCommand } from "./compiled-command";

const command = compileCommand();
const folder = dirname(command);
const dataFile = join(folder, "data.json");
writeFileSync(dataFile, JSON.stringify(world));

const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

function start(...given: readonly string[]) {
  const child = spawn(process.execPath, [command, ...given]);
  running.push(child);
  return child;
}

async function listening(...given: readonly string[]) {
  const child = start("--port", "0", "--data", dataFile, ...given);
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  expect(line).toMatch(/^listening https?:\/\/127\.0\.0\.1:\d+$/);
  return { child, url: line.slice("listening ".length) };
}

async function ending(...given: readonly string[]) {
  const child = start(...given);
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, "close")) as [number];
  return { code, output, errors };
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "it serves until %s, then ends cleanly",
  async (signal) => {
    const { child, url } = await listening();
    expect((await fetch(`${url}/_control/clock`)).status).toBe(200);
    const holding = JSON.stringify({ kind: "hold" });
    await fetch(`${url}/_control/faults`, { method: "POST", body: holding });
    const held = expect(fetch(`${url}/held`)).rejects.toThrow();
    let seen = "";
    while (!seen.includes('"held"')) seen = await (await fetch(`${url}/_control/books`)).text();
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([0, null]);
    await held;
  },
);

test("flags set the clock and the switches", async () => {
  const flags = ["--start", "2026-05-01T08:00:00Z", "--speed", "0", "--list-lag-seconds", "30"];
  const { url } = await listening(...flags, "--calls-per-minute", "off", "--token-type", "Bearer ");
  const clock = await (await fetch(`${url}/_control/clock`)).json();
  expect(clock).toEqual({ now: "2026-05-01T08:00:00.000Z", speed: 0 });
  const behaviour = await (await fetch(`${url}/_control/behaviour`)).json();
  expect(behaviour).toMatchObject({
    listLagSeconds: 30,
    callsPerMinute: null,
    tokenType: "Bearer ",
  });
});

test("with a certificate it speaks HTTPS", async () => {
  const certificates = join(__dirname, "certificates");
  const { url } = await listening(
    ...["--tls-certificate", join(certificates, "server.pem")],
    ...["--tls-key", join(certificates, "server.key")],
    ...["--tls-client-authority", join(certificates, "authority.pem")],
  );
  expect(url).toMatch(/^https:/);
});

test("the log keeps each request as a JSON line, and neither secrets nor tokens", async () => {
  const log = join(folder, "requests.jsonl");
  const { child, url } = await listening("--log", log);
  const body = new URLSearchParams({ appId: "waterworks", secret: "s3cret" });
  const login = await fetch(`${url}/iocm/app/sec/v1.1.0/login`, { method: "POST", body });
  const token = (await login.json()) as { accessToken: string; refreshToken: string };
  const headers = { app_key: "waterworks", Authorization: `Bearer ${token.accessToken}` };
  const packages = await fetch(`${url}/iodm/northbound/v1.5.0/category?version=V1.4`, { headers });
  await packages.text();
  child.kill("SIGTERM");
  await once(child, "exit");
  const text = readFileSync(log, "utf8");
  for (const secret of ["s3cret", token.accessToken, token.refreshToken]) {
    expect(text).not.toContain(secret);
  }
  const lines = text.trim().split("\n");
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    {
      sequence: 1,
      method: "POST",
      status: 200,
      body: { appId: "waterworks", secret: "[redacted]" },
    },
    { sequence: 2, query: { version: "V1.4" }, appId: "waterworks", authorization: "[redacted]" },
  ]);
});

test("--help lists every option and every switch", async () => {
  const { code, output } = await ending("--help");
  expect(code).toBe(0);
  const options = ["--data FILE", "--port", "--host", "--log", "--tls-certificate", "--tls-key"];
  const more = ["--tls-client-authority", "--start", "--speed", "--help"];
  const switches = behaviourNames.map((name) => `--${flagOf(name)} `);
  for (const option of [...options, ...more, ...switches]) expect(output).toContain(option);
});

const broken = join(folder, "broken.json");
writeFileSync(broken, '{ "applications": [');
const binary = join(folder, "binary.json");
writeFileSync(binary, Buffer.from([0x22, 0xff, 0x22]));
const wrong = join(folder, "wrong.json");
writeFileSync(wrong, "\uFEFF" + JSON.stringify({ applications: [{ appId: "a" }] }));

test.each<[readonly string[], string]>([
  [["--dta", "x"], "Unknown option '--dta'; --help lists the options."],
  [["--data"], "Option '--data <value>' argument missing; --help lists the options."],
  [["stray"], "Unexpected argument 'stray'"],
  [["--data", "/nowhere.json"], "The data file /nowhere.json cannot be read (ENOENT)."],
  [["--data", binary], `The data file ${binary} is not UTF-8.`],
  [["--data", broken], `The data file ${broken} is not valid JSON:`],
  [
    ["--data", wrong],
    `The data file ${wrong}: applications[0].secret must be a text that is not empty.`,
  ],
  [["--data", dataFile, "--port", "x"], '--port must be a number from 0 to 65535, not "x".'],
  [["--data", dataFile, "--speed", "-1"], "Option '--speed' argument is ambiguous"],
  [["--data", dataFile, "--speed=-1"], '--speed must be a number of at least 0, not "-1".'],
  [["--data", dataFile, "--start", "soon"], "The clock's start must be a point in time"],
  [["--data", dataFile, "--echo", "loud"], "The command line.echo must be one of"],
  [
    ["--data", dataFile, "--list-lag-seconds", "x"],
    '--list-lag-seconds must be a number, not "x".',
  ],
  [["--data", dataFile, "--tls-key", wrong], "HTTPS needs both --tls-certificate and --tls-key."],
  [
    ["--data", dataFile, "--log", "/nowhere/log"],
    "The log file /nowhere/log cannot be written (ENOENT).",
  ],
])("%j is refused in one sentence, with exit code 2", async (given, message) => {
  const { code, output, errors } = await ending(...given);
  expect(errors).toContain(`huawei-ota-simulator: ${message}`);
  expect(errors.trim().split("\n")).toHaveLength(1);
  expect([code, output]).toEqual([2, ""]);
});

test("a port that is taken is an error, with exit code 1", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? String(address.port) : "";
  const { code, errors } = await ending("--data", dataFile, "--port", port);
  server.close();
  expect(code).toBe(1);
  expect(errors).toContain("EADDRINUSE");
});
