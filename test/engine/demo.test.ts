import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");

function npmRunDemo(...args: string[]) {
  return spawnSync("npm", ["run", "--silent", "demo", "--", ...args], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
}

test("the demo proves all that it tells, and counts as many POSTs as tasks", () => {
  const { status, stdout, stderr } = npmRunDemo();
  expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
  expect(stdout).not.toContain("✗");
  expect(stdout).not.toContain("\u001b");
  // It would rewrite the very files that the tests beside this one are reading.
  expect(stderr).not.toMatch(/\bbuild {2,}/);

  const [, table = ""] = stdout.split("What the platform was asked\n");
  const rows = new Map(
    [...table.matchAll(/^ {3}(\S.*\S) +(\d+)$/gm)].map(([, name = "", count]) => [
      name,
      Number(count),
    ]),
  );
  expect(rows.get("POSTs of tasks")).toBe(4);
  expect(rows.get("DELETEs")).toBe(0);
  expect(table).toMatch(/✓ 4 tasks declared, 4 POSTs \(\d+ s\)\n$/);
});

test("the story of IoTDA proves all that it tells", () => {
  const { status, stdout, stderr } = npmRunDemo("iotda");
  expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
  expect(stdout).not.toContain("✗");
  expect(stdout).toMatch(/✓ 4 tasks declared, 4 POSTs; 2 packages declared, 2 POSTs \(\d+ s\)\n$/);
});

test("the story of a rollout proves all that it tells", () => {
  const { status, stdout, stderr } = npmRunDemo("rollout");
  expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
  expect(stdout).not.toContain("✗");
  expect(stdout).toContain("The wave canary has failed for V1.4: 0 of 4 devices succeeded");
  expect(stdout).toMatch(/✓ A canary that failed, [^\n]*: 40 meters on V1\.4 \(\d+ s\)\n$/);
});

test("its help names the stories, and an unknown story is refused", () => {
  const help = npmRunDemo("--help");
  expect(help).toMatchObject({ status: 0 });
  expect(help.stdout).toMatch(/^ {2}northbound /m);
  expect(help.stdout).toMatch(/^ {2}iotda /m);

  const unknown = npmRunDemo("nowhere");
  expect(unknown.status).not.toBe(0);
  expect(unknown.stderr).toContain('There is no story "nowhere".');
});
