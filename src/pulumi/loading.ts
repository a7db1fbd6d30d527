import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const NAME = "pulumi-huawei-ota";

/**
 * Why the provider process would not load this very version from the program's folder, as a sentence;
 * `undefined` where it will.
 *
 * @param own - this version; `undefined` where a bundler has left nothing that tells it
 */
export function loadingFault(
  folder: string,
  own = ownVersion(__dirname),
  resolveFrom = (file: string): string => createRequire(file).resolve(`${NAME}/package.json`),
): string | undefined {
  let found: string;
  try {
    found = resolveFrom(join(folder, "_"));
  } catch {
    return `${NAME} cannot be loaded from ${folder}, where Pulumi's provider process looks for it: name it among the dependencies of the package.json there, and install it.`;
  }
  const { version } = readPackage(found) ?? {};
  if (own === undefined || version === own) return undefined;
  return `The program uses ${NAME} ${own}, and Pulumi's provider process would load ${version ?? "another"} from ${dirname(found)}: let there be one version of it, as \`npm ls ${NAME}\` shows.`;
}

/** Of the package that a folder of ours is in. */
function ownVersion(folder: string): string | undefined {
  const { name, version } = readPackage(join(folder, "package.json")) ?? {};
  if (name === NAME) return version;
  const parent = dirname(folder);
  return parent === folder ? undefined : ownVersion(parent);
}

function readPackage(file: string): { name?: string; version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as { name?: string; version?: string };
  } catch {
    return undefined;
  }
}
