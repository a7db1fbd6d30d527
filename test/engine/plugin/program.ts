import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Stack } from "../stack";

const ROOT = resolve(__dirname, "../../..");

interface Schema {
  readonly resources: Readonly<Record<string, { readonly properties: object }>>;
}

const { resources } = JSON.parse(readFileSync(join(ROOT, "plugin/schema.json"), "utf8")) as Schema;

/**
 * Text that lets a program reach the plugin under the names by which it reaches the library: what an
 * SDK of another language is, in a few lines and for all types.
 */
const SDK = `
const OUTPUTS = ${JSON.stringify(
  Object.fromEntries(
    Object.entries(resources).map(([type, { properties }]) => [type, Object.keys(properties)]),
  ),
)};
const typeOf = (wing, kind) => \`huawei-ota:\${wing}:\${kind}\`;
const plugin = (wing) => new Proxy({}, { get: (_, kind) => class extends pulumi.CustomResource {
  constructor(name, args, opts = {}) {
    const type = typeOf(wing, kind);
    const seeds = Object.fromEntries(OUTPUTS[type].map((output) => [output, undefined]));
    const given = Object.fromEntries(Object.entries(args).map(([key, value]) =>
      [key, pulumi.Resource.isInstance(value) ? value.ref : value]));
    const aliases = [{ type: \`pulumi-nodejs:dynamic/huawei-ota/\${wing}:\${kind}\` }];
    super(type, name, { ...seeds, ...given }, { ...opts, aliases });
  }
} });
`;

/** The prelude of a program whose resources come through the plugin. */
export function throughPlugin(program: string): string {
  return `${SDK}{ const northbound = plugin("northbound"), iotda = plugin("iotda");\n${program}\n}`;
}

/** What a project says to use the plugin that comes with the library. */
export function usePlugin({ directory }: Stack): void {
  writeFileSync(
    join(directory, "Pulumi.yaml"),
    `name: test
runtime: nodejs
plugins:
  providers:
    - name: huawei-ota
      path: node_modules/pulumi-huawei-ota/plugin
`,
  );
}
