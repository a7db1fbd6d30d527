import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");

/** The same walks each time, so that a red one is the change's; `npm run walk` takes others. */
const WALKS = [
  { walks: 2, seed: 9100 },
  { walks: 2, seed: 9105 },
  { walks: 1, seed: 9002 },
];

test.each(WALKS)(
  "whatever people do to their programs, each device is pushed what was declared, and once: $walks walks from seed $seed",
  ({ walks, seed }) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["test/walk/index.js", "--walks", String(walks), "--seed", String(seed)],
      { cwd: ROOT, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } },
    );
    process.stderr.write(stdout);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  },
  1_800_000,
);
