import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");

/** `npm run walk -- --walks 200` takes more of them. */
test("whatever ten people do to their programs, each device is pushed what was declared, and once", () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["test/walk/index.js", "--walks", "10"],
    { cwd: ROOT, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } },
  );
  process.stderr.write(stdout);
  expect({ status, stderr }).toMatchObject({ status: 0 });
}, 1_800_000);
