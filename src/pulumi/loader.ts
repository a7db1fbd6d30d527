/**
 * The text that every resource carries in the state, for ever: it loads the implementation from the
 * installed version of this package, from the folder of the program. Keep it byte for byte.
 */
export function loaderOf(kind: string): string {
  return `exports.handler = () => require("module").createRequire(process.cwd() + "/_")("pulumi-huawei-ota/provider")["${kind}"];`;
}
