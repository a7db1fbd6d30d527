import { readFileSync } from "node:fs";
import path from "node:path";

interface Entry {
  version?: string;
  optionalDependencies?: Record<string, string>;
}

const text = readFileSync(path.resolve(__dirname, "../../package-lock.json"), "utf8");
const { packages } = JSON.parse(text) as { packages: Record<string, Entry | undefined> };

/** As Node.js looks for a package: beside the one that wants it, then further up. */
function find(name: string, from: string): Entry | undefined {
  const found = packages[`${from === "" ? "" : `${from}/`}node_modules/${name}`];
  if (found !== undefined || from === "") return found;
  return find(name, from.slice(0, Math.max(0, from.lastIndexOf("/node_modules/"))));
}

it("the lock file serves every platform, whichever it was written on", () => {
  const missing = Object.entries(packages).flatMap(([folder, entry]) =>
    Object.keys(entry?.optionalDependencies ?? {}).filter((name) => !find(name, folder)),
  );
  // `npm ci` refuses a lock file that lacks one of them.
  expect(missing).toEqual([]);
});
