import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { startSimulator, type SimulatorData } from "../../src/simulator";
import { openInBrowser } from "../../tools/demo/browser";
import { rollout } from "../../tools/demo/rollout";

const ROOT = resolve(__dirname, "../..");

test("to watch, a rollout has 2,000 meters, of which none runs the new version yet", async () => {
  const data = rollout.watched?.setting.world as SimulatorData;
  await using simulator = await startSimulator({ data });
  const { devices } = simulator.books();
  expect(devices).toHaveLength(2000);
  expect(devices.filter(({ firmwareVersion }) => firmwareVersion !== "V1.3")).toEqual([]);
  const [space] = simulator.watch().spaces;
  expect(space?.sections?.map(({ groups, devices: own }) => [groups, own.length])).toEqual([
    [["pilot"], 40],
    [["fleet"], 1960],
  ]);
});

test("without --watch the rollout is the one of 40 meters, with the example's own data", () => {
  expect(rollout.setting.world).toBeUndefined();
  expect(rollout.introduction).toContain("a simulated platform with 40 meters");
  expect(rollout.watched?.introduction).toContain("a simulated platform with 2,000 meters");
});

test("the page is opened where there is a screen and a command for it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "huawei-ota-browser-"));
  const opened = join(folder, "opened");
  for (const name of ["xdg-open", "open"]) {
    writeFileSync(
      join(folder, name),
      `#!/bin/sh\necho "$1" > '${opened}.part'\nmv '${opened}.part' '${opened}'\n`,
    );
    chmodSync(join(folder, name), 0o755);
  }
  const environment = { PATH: `${folder}:/bin:/usr/bin`, DISPLAY: ":0" };
  openInBrowser("http://127.0.0.1:1234", environment);
  while (!existsSync(opened)) await new Promise((done) => setTimeout(done, 10));
  expect(readFileSync(opened, "utf8")).toBe("http://127.0.0.1:1234\n");
  rmSync(folder, { recursive: true });
});

test.each([
  ["no screen", {}],
  ["no command", { DISPLAY: ":0" }],
])("with %s it goes on", (_what, given) => {
  const program = `
    const { openInBrowser } = require("./tools/demo/browser.js");
    openInBrowser("http://127.0.0.1:1234", ${JSON.stringify({ ...given, PATH: "/nowhere" })});
    setTimeout(() => console.log("went on"), 100);
  `;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", program], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "went on\n", stderr: "" });
});
