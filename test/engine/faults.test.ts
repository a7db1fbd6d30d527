import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");

/** `npm run faults` tries them all; here a few of each wing, spread over the whole matrix. */
test.each(["northbound", "iotda"])(
  "at a sample of the points at which the world can break, %s pushes once, loses nothing and tells no secret",
  (wing) => {
    const { status, stdout } = spawnSync(
      process.execPath,
      ["test/faults/index.js", "--wing", wing, "--sample", "8"],
      { cwd: ROOT, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } },
    );
    expect({ status, stdout }).toMatchObject({ status: 0 });
    expect(stdout).toMatch(/^all +8( +0){6} +\d+$/m);
  },
  900_000,
);
