import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { parse } from "yaml";

import type { Simulator } from "../../src/simulator";
import { newExampleStack } from "./example";
import { type CommandResult, pushes, type Stack, startPlatform } from "./stack";

/* The example's pipeline for GitLab: the preview's own script, with a GitLab that keeps its notes. */

const FOLDER = resolve(__dirname, "../../examples/pipeline");

interface Job {
  readonly script: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

type Pipeline = Readonly<Record<"preview" | "plan" | "apply" | "continue" | "drift", Job>> & {
  readonly variables: Readonly<Record<string, string>>;
};

const pipeline = parse(readFileSync(join(FOLDER, ".gitlab-ci.yml"), "utf8")) as Pipeline;

interface Note {
  readonly id: number;
  body: string;
}

let simulator: Simulator;
let stack: Stack;
let gitlab: Server;
let notes: Note[];
let refused: number;

beforeAll(async () => {
  simulator = await startPlatform({ clock: { speed: 0 }, behaviour: { callsPerMinute: null } });
  stack = await newExampleStack("pipeline", "production", {
    simulator,
    environment: { HUAWEI_OTA_LIST_SETTLE_SECONDS: "0" },
  });
  notes = Array.from({ length: 100 }, (_, id) => ({ id, body: "Looks good." }));
  refused = 0;
  gitlab = createServer((request, reply) => {
    void (async () => {
      const url = new URL(request.url ?? "", "http://gitlab");
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const given = Buffer.concat(chunks).toString();
      const isOurs =
        request.headers["private-token"] === "a token" &&
        url.pathname.startsWith("/projects/7/merge_requests/12/notes");
      if (!isOurs) {
        refused += 1;
        reply.writeHead(401).end("{}");
        return;
      }
      const { body } = (given === "" ? {} : JSON.parse(given)) as { body?: string };
      const page = Number(url.searchParams.get("page") ?? "1");
      const known = notes.find(({ id }) => url.pathname.endsWith(`/${id}`));
      if (request.method === "PUT" && known !== undefined) known.body = body ?? "";
      if (request.method === "POST") notes.push({ id: notes.length, body: body ?? "" });
      reply.setHeader("x-next-page", notes.length > page * 100 ? String(page + 1) : "");
      reply.end(JSON.stringify(notes.slice((page - 1) * 100, page * 100)));
    })();
  });
  await new Promise<void>((settle) => gitlab.listen(0, "127.0.0.1", settle));
});
afterAll(async () => {
  stack.remove();
  gitlab.close();
  await simulator.close();
});

/** Runs a job's script as a runner does. */
async function runJob(job: Job, token: string | undefined): Promise<CommandResult> {
  const script = join(stack.directory, "job.sh");
  writeFileSync(script, job.script.join("\n"));
  const child = spawn("bash", ["-eo", "pipefail", script], {
    cwd: stack.directory,
    env: {
      ...stack.environment,
      ...pipeline.variables,
      ...Object.fromEntries(
        Object.entries(job.variables ?? {}).map(([name, value]) => [
          name,
          value.replace("$CI_PROJECT_DIR", stack.directory),
        ]),
      ),
      CI_API_V4_URL: `http://127.0.0.1:${(gitlab.address() as AddressInfo).port}`,
      CI_PROJECT_ID: "7",
      CI_MERGE_REQUEST_IID: "12",
      ...(token === undefined ? {} : { REVIEW_TOKEN: token }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  }
  const code = await new Promise<number | null>((settle) => child.on("close", settle));
  return { code, output };
}

test("the preview comments on the merge request once, and brings the comment up to date", async () => {
  expect(await runJob(pipeline.preview, "a token")).toMatchObject({ code: 0 });
  expect(notes).toHaveLength(101);
  expect(notes.at(-1)?.body).toContain("### This merge pushes V1.4 to at most ");
  const widget = readFileSync(join(stack.directory, "widget.json"), "utf8");
  expect(JSON.parse(widget)).toEqual({ create: 3, update: 0, delete: 0 });

  await stack.pulumi("config", "set", "maxDevices", "3");
  const { code } = await runJob(pipeline.preview, "a token");
  expect(code).not.toBe(0);
  expect(notes).toHaveLength(101);
  expect(notes.at(-1)?.body).toContain("### ❌ The preview failed");
  expect(refused).toBe(0);
  expect(pushes(simulator)).toBe(0);
  await stack.pulumi("config", "rm", "maxDevices");
});

test("the hourly run begins a wave, says so, and waits for nobody", async () => {
  const { code, output } = await runJob(pipeline.continue, undefined);
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(output).toContain("pilot: 0 of 5 done, 0 failed");
  expect(readFileSync(join(stack.directory, "audit.jsonl"), "utf8")).toContain('"wave":"pilot"');
  expect(pushes(simulator)).toBe(1);
});

test("what is applied, planned and compared are the commands of the workflows for GitHub", () => {
  const workflows = ["apply.yml", "continue.yml", "drift.yml"].map((file) =>
    readFileSync(join(FOLDER, ".github/workflows", file), "utf8"),
  );
  const { plan, apply, continue: goOn, drift } = pipeline;
  const commands = [plan, apply, goOn, drift].flatMap(({ script }) =>
    script
      .join("\n")
      .split("\n")
      .filter((line) => line.includes("pulumi ")),
  );
  expect(commands).toHaveLength(4);
  for (const command of commands) expect(workflows.join("\n")).toContain(command);
});

/** What a local runner of GitLab's pipelines says of a file, by GitLab's own schema. */
function lint(text: string): { readonly status: number | null; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), "huawei-ota-gitlab-"));
  try {
    writeFileSync(join(folder, ".gitlab-ci.yml"), text);
    spawnSync("git", ["init", "--quiet", "."], { cwd: folder });
    spawnSync("git", ["remote", "add", "origin", "git@gitlab.example:meters/upgrades.git"], {
      cwd: folder,
    });
    const runner = require.resolve("gitlab-ci-local/dist/index.js");
    const { status, stdout, stderr } = spawnSync(process.execPath, [runner, "--list-all"], {
      cwd: folder,
      encoding: "utf8",
    });
    return { status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("its file is what GitLab takes, and a misspelt word in it is not", () => {
  const text = readFileSync(join(FOLDER, ".gitlab-ci.yml"), "utf8");
  const { status, output } = lint(text);
  expect({ status, output }).toMatchObject({ status: 0 });
  for (const job of ["preview", "plan", "apply", "continue", "drift"]) {
    expect(output).toMatch(new RegExp(`^${job} `, "m"));
  }
  const wrong = lint(text.replaceAll("resource_group:", "resource_grup:"));
  expect(wrong.status).not.toBe(0);
  expect(wrong.output).toContain("'resource_grup' property is not expected to be here at apply");
});
