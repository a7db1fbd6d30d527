import { spawn } from "node:child_process";
import { once } from "node:events";

import { taskText, waitText } from "./behaviours/program";
import type { Wing } from "./behaviours/wing";
import { wings } from "./behaviours/wings";
import { northbound } from "./behaviours/northbound";
import { pushes, until } from "./stack";
import { story, type Story } from "./story";

/*
 * An engine that is gone without a word to its providers: its command was killed, or what read its
 * output went away.
 */

const calls = ({ simulator }: Story): number => simulator.books().requests.length;

function waitingText(wing: Wing): string {
  return `
    const task = ${taskText(wing, "pilot", { devices: "pilot" })};
    ${waitText(wing, "pilot", "task.id", "timeoutSeconds: 600")};`;
}

async function expectProviderToEnd(tale: Story): Promise<void> {
  expect(tale.stack.providers()).toHaveLength(1);
  const before = calls(tale);
  await until("the provider process has ended", () => tale.stack.providers().length === 0, 20);
  expect(calls(tale)).toBe(before);
  expect(pushes(tale.simulator)).toBe(1);
}

describe.each(wings)("$name: a provider process whose engine is gone", (wing) => {
  const tale = story({ anew: true });

  test("ends in the middle of a wait, and asks the platform nothing more", async () => {
    tale.stack.program(waitingText(wing));
    const running = tale.stack.start("up", "--yes", "--skip-preview");
    await until("the wait has begun", () => running.output().includes("0 of 5 done"));
    running.process.kill("SIGKILL");
    await running.done;
    await expectProviderToEnd(tale);
  });
});

describe("a provider process whose engine is gone", () => {
  const tale = story({ anew: true });

  test("ends where only the first lines of its output were read", async () => {
    tale.stack.program(waitingText(northbound));
    const { directory: cwd, environment: env } = tale.stack;
    // The next line ends the command: the task is made.
    const up = "pulumi up --yes --skip-preview --non-interactive";
    const shell = spawn("sh", ["-c", `${up} | sed "/UpgradeTask pilot creating/q"`], {
      cwd,
      env,
      stdio: "ignore",
    });
    await once(shell, "exit");
    await expectProviderToEnd(tale);
  });

  test("ends where it has nothing to do", async () => {
    tale.stack.program(`
      const task = ${taskText(northbound, "pilot")};
      task.id.apply(() => console.log("the task is there"));
      setInterval(() => undefined, 60_000);
      module.exports = new Promise(() => undefined);`);
    const running = tale.stack.start("up", "--yes", "--skip-preview");
    await until("the task is made", () => running.output().includes("the task is there"));
    running.process.kill("SIGKILL");
    await running.done;
    await expectProviderToEnd(tale);
  });
});
