import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");

function faults(...options: readonly string[]): { status: number | null; stdout: string } {
  const { status, stdout } = spawnSync(process.execPath, ["test/faults/index.js", ...options], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { status, stdout };
}

/** `npm run faults` tries them all; here a few of each wing, spread over the whole matrix. */
test.each(["northbound", "iotda"])(
  "at a sample of the points at which the world can break, %s pushes once, loses nothing and tells no secret",
  (wing) => {
    const { status, stdout } = faults("--wing", wing, "--sample", "8");
    expect({ status, stdout }).toMatchObject({ status: 0 });
    expect(stdout).toMatch(/^all +8( +0){6} +\d+$/m);
  },
  900_000,
);

/** `npm run faults -- --door plugin` tries them all. */
test("through the plugin, a push is neither lost nor repeated with its process or its reply", () => {
  const atThePush = ["provider process killed", "connection lost after the effect"].flatMap(
    (broken) => ["--only", `firmwareUpgrade, ${broken}`],
  );
  const where = ["--door", "plugin", "--wing", "northbound", "--operation", "up"];
  const { status, stdout } = faults(...where, ...atThePush);
  expect({ status, stdout }).toMatchObject({ status: 0 });
  expect(stdout).toMatch(/^all +2( +0){6} +\d+$/m);
}, 300_000);
