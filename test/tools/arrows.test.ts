import { spawnSync } from "node:child_process";
import path from "node:path";

const root = path.resolve(__dirname, "../..");

interface Snippet {
  file: string;
  text: string;
}

const snippets: Snippet[] = [];
let findings: string[][];

beforeAll(() => {
  const linter = path.join(__dirname, "lint-snippets.mjs");
  const ended = spawnSync(process.execPath, [linter], {
    cwd: root,
    encoding: "utf8",
    input: JSON.stringify(snippets),
  });
  if (ended.status !== 0) throw new Error(ended.stderr);
  findings = JSON.parse(ended.stdout) as string[][];
}, 60_000);

/** All snippets are linted by one process, so each is declared with its test. */
function lint(title: string, file: string, text: string, expected: readonly string[]): void {
  const index = snippets.push({ file, text }) - 1;
  it(title, () => {
    expect(findings[index]).toEqual(expected);
  });
}

const imports = (from: string) => `import { thing } from "${from}";\nexport const other = thing;\n`;

describe("no arrow leads", () => {
  for (const [file, from] of [
    ["src/review/rollout.ts", "../wing/rollout"],
    ["src/review/rollout.ts", "../pulumi/hooks"],
    ["src/policy/reading.ts", "../northbound/settings"],
    ["src/report/model.ts", "../wing/rollout"],
    ["src/report/platform.ts", "../simulator/world"],
    ["src/pulumi/hooks.ts", "../upgrade/task"],
    ["src/pulumi/hooks.ts", "../http/client"],
    ["src/pulumi/hooks.ts", "../northbound/settings"],
    ["src/pulumi/hooks.ts", "../iotda"],
    ["src/upgrade/task.ts", "../pulumi/report"],
    ["src/upgrade/task.ts", "../http/client"],
    ["src/upgrade/task.ts", "../northbound/api/wire"],
    ["src/upgrade/task.ts", "../iotda/api/wire"],
    ["src/upgrade/task.ts", "@pulumi/pulumi"],
    ["src/http/client.ts", "../pulumi/report"],
    ["src/http/client.ts", "../upgrade/task"],
    ["src/http/client.ts", "../northbound/api/login"],
    ["src/http/client.ts", "../iotda/api/sign"],
    ["src/http/client.ts", "undici"],
    ["src/northbound/api/platform.ts", "undici"],
    ["src/northbound/api/tasks.ts", "../upgrade-task/hooks"],
    ["src/northbound/api/tasks.ts", "../upgrade-task/same-as"],
    ["src/northbound/api/tasks.ts", "../version-package/find"],
    ["src/iotda/api/wire/task.ts", "../../upgrade-task/schema"],
    ["src/iotda/api/tasks.ts", "../upgrade-task"],
    ["src/iotda/api/tasks.ts", "../upgrade-completion/hooks"],
    ["src/iotda/api/tasks.ts", "../lookups/reader"],
    ["src/iotda/api/tasks.ts", "../../northbound/upgrade-task/same"],
    ["src/wing/gate-input.ts", "zod"],
    ["src/wing/gate-input.ts", "./night-window"],
    ["src/wing/package-input.ts", "undici"],
    ["src/wing/package-input.ts", "../http/send"],
    ["src/wing/night-window-args.ts", "../upgrade/schedule"],
    ["src/wing/completion-args.ts", "zod"],
    ["src/wing/completion-resource.ts", "zod"],
    ["src/wing/completion-resource.ts", "./completion-inputs"],
    ["src/wing/task-resource.ts", "undici"],
    ["src/wing/task-resource.ts", "./upgrade-task"],
    ["src/wing/task-resource.ts", "../pulumi/inputs"],
    ["src/wing/task-resource.ts", "../iotda/upgrade-task/resource"],
    ["src/wing/upgrade-task.ts", "../northbound/upgrade-task/same"],
    ["src/wing/upgrade-task.ts", "undici"],
    ["src/wing/upgrade-task.ts", "../plugin/server"],
    ["src/pulumi/report.ts", "../plugin/sdk"],
    ["src/plugin/server.ts", "../wing/upgrade-task"],
    ["src/plugin/kinds.ts", "../simulator/world"],
    ["src/plugin/wire.ts", "zod"],
    ["src/northbound/settings.ts", "../iotda/settings"],
    ["src/iotda/upgrade-task/hooks.ts", "../../northbound/upgrade-task/hooks"],
    ["src/iotda/upgrade-task/resource.ts", "zod"],
    ["src/northbound/version-package/resource.ts", "zod"],
    ["src/northbound/version-package/resource.ts", "undici"],
    ["src/northbound/version-package/resource.ts", "../../iotda"],
    ["src/northbound/version-package/hooks.ts", "../../simulator/world"],
    ["src/northbound/index.ts", "../simulator"],
    ["src/index.ts", "zod"],
    ["src/index.ts", "undici/types"],
    ["src/index.ts", "./simulator"],
    ["src/provider.ts", "./simulator"],
    ["src/errors.ts", "./http/client"],
    ["src/clock.ts", "zod"],
    ["src/simulator.ts", "./clock"],
    ["src/simulator.ts", "./northbound/api/wire"],
    ["src/simulator/northbound.ts", "../northbound/api/wire"],
    ["src/simulator/world.ts", "../clock"],
    ["src/simulator/routes/tasks.ts", "../../errors"],
    ["src/simulator/server.ts", "undici"],
  ] as const) {
    lint(`from ${file} to ${from}`, file, imports(from), ["no-restricted-imports"]);
  }

  lint(
    "to a type either",
    "src/http/client.ts",
    'import type { Task } from "../upgrade/task";\nexport type Other = Task;\n',
    ["no-restricted-imports"],
  );
  lint(
    "through a re-export",
    "src/northbound/index.ts",
    'export { thing } from "../iotda/settings";\n',
    ["no-restricted-imports"],
  );
  lint(
    "through import()",
    "src/pulumi/hooks.ts",
    'export const thing = import("../upgrade/task");\n',
    ["no-restricted-syntax"],
  );
});

describe("an arrow leads", () => {
  for (const [file, from] of [
    ["src/northbound/upgrade-task/hooks.ts", "../../upgrade/task"],
    ["src/northbound/upgrade-task/hooks.ts", "../api/platform"],
    ["src/northbound/upgrade-task/schema.ts", "zod"],
    ["src/northbound/version-package/resource.ts", "../../pulumi/dynamic-resource"],
    ["src/northbound/version-package/resource.ts", "@pulumi/pulumi"],
    ["src/northbound/version-package/usage.ts", "../upgrade-task/hooks"],
    ["src/iotda/api/platform.ts", "../../http/client"],
    ["src/northbound/api/tasks.ts", "../upgrade-task/same"],
    ["src/northbound/api/tasks.ts", "../upgrade-task/times"],
    ["src/iotda/api/task-name.ts", "../upgrade-task/same"],
    ["src/iotda/api/tasks.ts", "../../wing/task-wing"],
    ["src/wing/package-input.ts", "../errors"],
    ["src/wing/gate-input.ts", "@pulumi/pulumi"],
    ["src/wing/task-resource.ts", "../pulumi/dynamic-resource"],
    ["src/wing/task-resource.ts", "./package-input"],
    ["src/wing/upgrade-task.ts", "../upgrade/platform"],
    ["src/wing/declared.ts", "zod"],
    ["src/pulumi/hooks.ts", "../clock"],
    ["src/upgrade/task.ts", "../errors"],
    ["src/http/send.ts", "undici"],
    ["src/http/client.ts", "./send"],
    ["src/index.ts", "./northbound"],
    ["src/provider.ts", "./iotda/version-package/hooks"],
    ["src/simulator.ts", "./simulator/server"],
    ["src/simulator/server.ts", "./world"],
    ["src/simulator/routes/tasks.ts", "../world"],
  ] as const) {
    lint(`from ${file} to ${from}`, file, imports(from), []);
  }
});

describe("refused everywhere", () => {
  const manners: Record<string, [text: string, rule: string]> = {
    "a default export": ["export default 1;\n", "no-restricted-syntax"],
    "a default export by another way": [
      "const one = 1;\nexport { one as default };\n",
      "no-restricted-syntax",
    ],
    "export *": ['export * from "./task";\n', "no-restricted-syntax"],
    "an enum": ["export enum Colour { red }\n", "no-restricted-syntax"],
    "a parameter property": [
      "export class Box { constructor(readonly size: number) { this.size; } }\n",
      "no-restricted-syntax",
    ],
    any: ["export let thing: any;\n", "@typescript-eslint/no-explicit-any"],
  };
  for (const [name, [text, rule]] of Object.entries(manners)) {
    for (const file of ["src/upgrade/task.ts", "src/index.ts", "test/upgrade/task.test.ts"]) {
      const index = snippets.push({ file, text }) - 1;
      it(`${name}, in ${file}`, () => {
        expect(findings[index]).toContain(rule);
      });
    }
  }

  lint(
    "but a namespace of names is no export *",
    "src/index.ts",
    'export * as northbound from "./northbound";\n',
    [],
  );
});
