import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { compileFunction } from "node:vm";

import { parse } from "yaml";

import type { Simulator } from "../../src/simulator";
import { checkWorkflows } from "../../tools/actionlint";
import { newExampleStack, setConfig } from "./example";
import { APP_ID, type CommandResult, pushes, SECRET, type Stack, startPlatform } from "./stack";

/*
 * The commands of the example's GitHub workflows, taken from the files by the ids of their steps and
 * run as a runner does. What only GitHub has (secrets, files for outputs) is given in the environment.
 */

const WORKFLOWS = resolve(__dirname, "../../examples/pipeline/.github/workflows");

interface WorkflowStep {
  readonly id?: string;
  readonly name?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly env?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly env?: Readonly<Record<string, string>>;
        readonly steps: readonly WorkflowStep[];
      }
    >
  >;
}

let simulator: Simulator;
let stack: Stack;
let secrets: Record<string, string>;

beforeAll(async () => {
  simulator = await startPlatform({
    clock: { speed: 0 },
    behaviour: { waitSeconds: 0, upgradeSeconds: 0, callsPerMinute: null },
  });
  stack = await newExampleStack("pipeline", "production", {
    environment: { HUAWEI_OTA_LIST_SETTLE_SECONDS: "0" },
  });
  const account = "huawei-ota:northbound";
  await setConfig(stack, "--path", `${account}.endpoint`, simulator.url);
  await setConfig(stack, "--path", `${account}.appId`, APP_ID);
  secrets = {
    HUAWEI_OTA_NORTHBOUND_SECRET: SECRET,
    PULUMI_BACKEND_URL: stack.environment["PULUMI_BACKEND_URL"] ?? "",
    PULUMI_CONFIG_PASSPHRASE: stack.environment["PULUMI_CONFIG_PASSPHRASE"] ?? "",
  };
});
afterAll(async () => {
  stack.remove();
  await simulator.close();
});

function inFolder(name: string): string {
  return join(stack.directory, name);
}

function textOf(name: string): string {
  return readFileSync(inFolder(name), "utf8");
}

/** The step, by its id or name, and the environment that the workflow gives it. */
function findStep(
  file: string,
  job: string,
  idOrName: string,
): { readonly step: WorkflowStep; readonly environment: Readonly<Record<string, string>> } {
  const workflow = parse(readFileSync(join(WORKFLOWS, file), "utf8")) as Workflow;
  const found = workflow.jobs[job];
  const step = found?.steps.find(({ id, name }) => id === idOrName || name === idOrName);
  if (step === undefined) throw new Error(`${file} has no step "${idOrName}" in its job ${job}.`);
  return { step, environment: { ...workflow.env, ...found?.env, ...step.env } };
}

/** The few expressions of these workflows, with what GitHub would put in their place. */
function evaluated(text: string): string {
  return text.replace(/\$\{\{ (.*?) \}\}/g, (_all, expression: string) => {
    const secret = /^secrets\.(\w+)$/.exec(expression)?.[1];
    const value =
      secret === undefined ? { "github.workspace": stack.directory }[expression] : secrets[secret];
    if (value === undefined) throw new Error(`No value is known for ${expression}.`);
    return value;
  });
}

/** Runs a step as a runner does under `shell: bash`. */
async function runStep(file: string, job: string, idOrName: string): Promise<CommandResult> {
  const { step, environment } = findStep(file, job, idOrName);
  const script = inFolder("step.sh");
  writeFileSync(script, step.run ?? "");
  for (const name of ["github-output", "github-summary"]) rmSync(inFolder(name), { force: true });
  const { PULUMI_BACKEND_URL: _, PULUMI_CONFIG_PASSPHRASE: __, ...runner } = stack.environment;
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
    cwd: stack.directory,
    env: {
      ...runner,
      ...Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [name, evaluated(value)]),
      ),
      GITHUB_OUTPUT: inFolder("github-output"),
      GITHUB_STEP_SUMMARY: inFolder("github-summary"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  }
  const code = await new Promise<number | null>((settle, reject) => {
    child.on("error", reject);
    child.on("close", settle);
  });
  return { code, output };
}

interface ApiCall {
  readonly name: string;
  readonly body?: string;
  readonly title?: string;
}

/** Runs the script of an actions/github-script step with a GitHub that has `issues` open. */
async function runGithubScript(
  file: string,
  job: string,
  name: string,
  options: {
    readonly environment: Readonly<Record<string, string>>;
    readonly issues?: readonly object[];
  },
): Promise<ApiCall[]> {
  const { step } = findStep(file, job, name);
  const calls: ApiCall[] = [];
  const record = (call: string) => (values: object) => {
    calls.push({ ...values, name: call });
    return Promise.resolve({ data: {} });
  };
  const existing = options.issues ?? [];
  const github = {
    paginate: () => Promise.resolve(existing),
    rest: {
      issues: {
        listComments: undefined,
        listForRepo: () => Promise.resolve({ data: existing }),
        create: record("issues.create"),
        createComment: record("issues.createComment"),
        update: record("issues.update"),
        updateComment: record("issues.updateComment"),
      },
    },
  };
  const context = {
    repo: { owner: "waterworks", repo: "meters" },
    runId: 7,
    serverUrl: "https://github.example",
    payload: { pull_request: { number: 12, head: { sha: "0f5e1c2" } } },
  };
  const requireInFolder = createRequire(inFolder("script.js"));
  const requireAsThere = (id: string): unknown =>
    id === "node:fs"
      ? { readFileSync: (path: string) => textOf(path) }
      : (requireInFolder(id) as unknown);
  const text = step.with?.["script"] ?? "";
  const parameters = ["github", "context", "require", "process"];
  const script = compileFunction(`return (async () => {${text}})();`, parameters) as (
    ...values: unknown[]
  ) => Promise<void>;
  await script(github, context, requireAsThere, { env: options.environment });
  return calls;
}

test("the program is that of staged-rollout, as its page says", () => {
  const programs = ["pipeline", "staged-rollout"].flatMap((example) =>
    ["index.ts", "approved.yaml"].map((file) =>
      readFileSync(resolve(__dirname, "../../examples", example, file), "utf8"),
    ),
  );
  expect(programs.slice(2)).toEqual(programs.slice(0, 2));
});

test("actionlint finds nothing in the workflows", () => {
  const files = readdirSync(WORKFLOWS).map((file) => join(WORKFLOWS, file));
  expect(files).toHaveLength(4);
  expect(checkWorkflows(files)).toEqual({ exitCode: 0, output: "" });
});

describe("preview", () => {
  test("it ends with 0, writes what the comment shows, and changes nothing", async () => {
    const { code, output } = await runStep("preview.yml", "preview", "preview");
    expect({ code, output }).toMatchObject({ code: 0 });
    const shown = textOf("comment.md");
    expect(output).toBe(shown);
    expect(shown).toContain("### This merge pushes V1.4 to at most ");
    expect(shown).toMatch(/pilot.*canary.*rest/s);
    expect(shown + textOf("events.jsonl")).not.toContain(SECRET);
    expect(simulator.books().counts.byMethod["DELETE"] ?? 0).toBe(0);
    expect(simulator.books().counts.taskPosts).toBe(0);
  });

  test("the comment is made once and then brought up to date", async () => {
    const environment = {};
    const [made] = await runGithubScript("preview.yml", "preview", "Tell the pull request", {
      environment,
    });
    expect(made?.name).toBe("issues.createComment");
    expect(made?.body).toContain(textOf("comment.md"));
    expect(made?.body).toContain("Commit 0f5e1c2, [run](");
    const [renewed, ...others] = await runGithubScript(
      "preview.yml",
      "preview",
      "Tell the pull request",
      { environment, issues: [{ id: 3, user: { type: "Bot" }, body: made?.body }] },
    );
    expect(others).toEqual([]);
    expect(renewed).toMatchObject({ name: "issues.updateComment", comment_id: 3 });
  });

  test("a mistake fails it, and the comment says which", async () => {
    await setConfig(stack, "maxDevices", "3");
    const { code } = await runStep("preview.yml", "preview", "preview");
    expect(code).not.toBe(0);
    const [comment] = await runGithubScript("preview.yml", "preview", "Tell the pull request", {
      environment: {},
    });
    expect(comment?.body).toMatch(/### ❌ The preview failed[^]*maxDevices is 3/);
    await setConfig(stack, "maxDevices", "5000");
  });
});

describe("apply", () => {
  test("the plan changes nothing and is shown to the reviewer", async () => {
    expect(await runStep("apply.yml", "plan", "plan")).toMatchObject({ code: 0 });
    expect(existsSync(inFolder("plan.json"))).toBe(true);
    expect(textOf("plan.md")).toContain("### This merge pushes V1.4 to at most ");
    expect(simulator.books().counts.taskPosts).toBe(0);

    const shown = await runStep("apply.yml", "plan", "Show the plan to the reviewer");
    expect(shown).toMatchObject({ code: 0 });
    expect(textOf("github-summary")).toBe(textOf("plan.md"));
  });

  test("it does what the plan says, and keeps a line before and after each change", async () => {
    expect(await runStep("apply.yml", "apply", "up")).toMatchObject({ code: 0 });
    expect(pushes(simulator)).toBe(2);

    const lines = textOf("audit.jsonl").trimEnd().split("\n");
    const log = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const [pilot, canary] = simulator.books().tasks;
    const rollout = { urn: expect.stringMatching(/::meters$/) as string };
    expect(log).toMatchObject([
      { event: "before", method: "POST", wave: "pilot", ...rollout },
      { event: "after", outcome: "done", wave: "pilot", id: pilot?.operationId, ...rollout },
      { event: "before", method: "POST", wave: "canary", ...rollout },
      { event: "after", outcome: "done", wave: "canary", id: canary?.operationId, ...rollout },
    ]);
    expect(textOf("audit.jsonl")).not.toContain(SECRET);
  });

  test("a workflow that is run again pushes nothing and changes nothing", async () => {
    expect(await runStep("apply.yml", "plan", "plan")).toMatchObject({ code: 0 });
    expect(await runStep("apply.yml", "apply", "up")).toMatchObject({ code: 0 });
    expect(pushes(simulator)).toBe(2);
  });

  test("a change that nobody has read in the plan is not made", async () => {
    expect(await runStep("apply.yml", "plan", "plan")).toMatchObject({ code: 0 });
    await setConfig(stack, "fleetGroup", "pilot");
    const { code, output } = await runStep("apply.yml", "apply", "up");
    expect(code).not.toBe(0);
    expect(output).toContain("violates plan");
    expect(pushes(simulator)).toBe(2);
    await setConfig(stack, "fleetGroup", "fleet");
  });

  test("what a cancelled apply means is said in its summary", async () => {
    const step = "Say what a cancelled apply means";
    expect(await runStep("apply.yml", "apply", step)).toMatchObject({ code: 0 });
    expect(textOf("github-summary")).toContain("pulumi cancel");
  });
});

describe("drift", () => {
  const tell = (exitCode: string, issues: readonly object[]): Promise<ApiCall[]> =>
    runGithubScript("drift.yml", "drift", "Open, update or close the issue", {
      environment: { EXIT_CODE: exitCode },
      issues,
    });

  test("it ends with 0 while the platform is as declared, and closes an issue", async () => {
    const { code, output } = await runStep("drift.yml", "drift", "refresh");
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(textOf("github-output")).toBe("exit-code=0\n");
    expect(await tell("0", [])).toEqual([]);
    const calls = await tell("0", [{ number: 5 }]);
    expect(calls).toMatchObject([
      { name: "issues.createComment", issue_number: 5 },
      { name: "issues.update", issue_number: 5, state: "closed" },
    ]);
  });

  test("it ends with 7 when the package was deleted, and opens an issue", async () => {
    simulator.deletePackage("firmware-nbm1-v1.4");

    const { code } = await runStep("drift.yml", "drift", "refresh");
    expect(code).toBe(7);
    expect(textOf("github-output")).toBe("exit-code=7\n");
    const [issue, ...others] = await tell("7", []);
    expect(others).toEqual([]);
    expect(issue).toMatchObject({
      name: "issues.create",
      title: "The platform is not as declared",
    });
    expect(issue?.body).toContain("was deleted on the platform");
    expect(pushes(simulator)).toBe(2);
  });

  test("it ends otherwise when the platform does not answer, and the issue says so", async () => {
    await simulator.close();
    const { code } = await runStep("drift.yml", "drift", "refresh");
    expect(code).not.toBe(0);
    expect(code).not.toBe(7);
    const [issue] = await tell(String(code), []);
    expect(issue?.title).toBe("Whether the platform is as declared could not be found out");
  });
});
