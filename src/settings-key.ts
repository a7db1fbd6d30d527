/** The key under which a `Provider` carries one setting: `huawei-ota:northboundAppId`. */
export function providerKey(wing: string, name: string): string {
  return `huawei-ota:${wing}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
