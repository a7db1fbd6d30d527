import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { parse } from "yaml";

import type { Simulator } from "../../src/simulator";
import { newExampleStack } from "./example";
import { type Stack, startPlatform } from "./stack";
import { STANDING_STILL } from "./story";

/*
 * The example's hourly run, step by step as a runner does it, with a repository of its own
 * and a `gh` that writes down what it is asked.
 */

const WORKFLOW = resolve(__dirname, "../../examples/pipeline/.github/workflows/continue.yml");

interface Workflow {
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: {
    readonly continue: {
      readonly env: Readonly<Record<string, string>>;
      readonly steps: readonly {
        readonly id?: string;
        readonly run?: string;
        readonly env?: Readonly<Record<string, string>>;
      }[];
    };
  };
}

const workflow = parse(readFileSync(WORKFLOW, "utf8")) as Workflow;

let simulator: Simulator;
let stack: Stack;

beforeAll(async () => {
  simulator = await startPlatform({
    clock: { speed: 0 },
    behaviour: { ...STANDING_STILL, waitSeconds: 0, upgradeSeconds: 4 },
  });
  stack = await newExampleStack("pipeline", "production", {
    simulator,
    environment: { HUAWEI_OTA_LIST_SETTLE_SECONDS: "0" },
  });
  const origin = join(stack.directory, ".origin");
  git("init", "--quiet", "--bare", origin);
  writeFileSync(join(stack.directory, ".gitignore"), "*\n!approved.yaml\n!.gitignore\n");
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "--message", "The rollout");
  git("remote", "add", "origin", origin);
  const commands = join(stack.directory, ".commands");
  mkdirSync(commands);
  const gh = '#!/bin/sh\nprintf "%s\\n" "$@" > "$GH_ASKED"\ncat >> "$GH_ASKED"\n';
  writeFileSync(join(commands, "gh"), gh, { mode: 0o755 });
});
afterAll(async () => {
  stack.remove();
  await simulator.close();
});

function inFolder(name: string): string {
  return join(stack.directory, name);
}

function git(...args: string[]): string {
  const identity = ["-c", "user.name=tests", "-c", "user.email=tests@example.com"];
  const { status, stdout, stderr } = spawnSync("git", [...identity, ...args], {
    cwd: stack.directory,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`git ${args.join(" ")} failed: ${stderr}`);
  return stdout;
}

/** The run's steps in their order; gives what `gh` was asked. */
async function run(): Promise<string> {
  const asked = inFolder("asked.txt");
  rmSync(asked, { force: true });
  writeFileSync(asked, "");
  for (const { id, run: commands = "", env } of workflow.jobs.continue.steps) {
    if (id === undefined) continue;
    const script = inFolder("step.sh");
    writeFileSync(script, commands);
    const { status, output } = await bash(script, { ...env, GH_ASKED: asked });
    if (status !== 0) throw new Error(`The step ${id} failed: ${output}`);
  }
  return readFileSync(asked, "utf8");
}

/** Not in this process's turn: the platform answers in it. */
async function bash(
  script: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ status: number | null; output: string }> {
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
    cwd: stack.directory,
    env: {
      ...stack.environment,
      ...environment,
      STACK: workflow.env["STACK"],
      ...Object.fromEntries(
        Object.entries(workflow.jobs.continue.env).map(([name, value]) => [
          name,
          value.replace("${{ github.workspace }}", stack.directory),
        ]),
      ),
      PATH: `${inFolder(".commands")}:${stack.environment["PATH"] ?? ""}`,
      GITHUB_STEP_SUMMARY: inFolder("summary.md"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  }
  const status = await new Promise<number | null>((settle) => child.on("close", settle));
  return { status, output };
}

test("runs take the rollout on, and open the approval of its last wave once, with the evidence", async () => {
  await stack.pulumi("config", "set", "bakeSeconds", "60");
  expect(await run()).toBe("");
  simulator.clock.advance(30);
  expect(await run()).toBe("");
  simulator.clock.advance(30);
  expect(await run()).toBe("");
  simulator.clock.advance(90);
  const asked = await run();
  expect(asked).toContain("pr\ncreate\n--title\nApprove rest of meters for V1.4\n");
  expect(asked).toMatch(/--head\napprove-[0-9a-f]{12}\n/);
  expect(asked).toContain("| canary |");
  expect(readFileSync(inFolder("summary.md"), "utf8")).toContain("**Held since ");

  const waves = readFileSync(inFolder("audit.jsonl"), "utf8").matchAll(/"wave":"(\w+)"/g);
  expect([...new Set(Array.from(waves, ([, wave]) => wave))]).toEqual(["pilot", "canary"]);

  const branch = /--head\n(approve-\S+)\n/.exec(asked)?.[1] ?? "";
  expect(git("diff", "HEAD~1", branch, "--", "approved.yaml")).toContain(
    "-waves: []\n+waves: [rest]\n",
  );
  git("switch", "--quiet", "-");
  expect(await run()).toBe("");
});
