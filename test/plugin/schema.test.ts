import { readFileSync } from "node:fs";
import { join } from "node:path";

import { RULES as IOTDA } from "../../src/iotda/settings";
import { RULES as NORTHBOUND } from "../../src/northbound/settings";
import { lookupOf } from "../../src/plugin/functions";
import { kinds } from "../../src/plugin/kinds";
import { UNKNOWN } from "../../src/pulumi/unknown";
import type { SettingRule } from "../../src/settings";

interface Field {
  readonly $ref?: string;
  readonly description?: string;
  readonly secret?: boolean;
}
type Fields = Readonly<Record<string, Field>>;
interface Schema {
  readonly types: Readonly<Record<string, { readonly properties: Fields }>>;
  readonly resources: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly properties: Fields;
        readonly inputProperties: Fields;
        readonly aliases: readonly { readonly type: string }[];
      }
    >
  >;
  readonly functions: Readonly<
    Record<string, { readonly inputs: { readonly properties: Fields } }>
  >;
}

const text = readFileSync(join(__dirname, "../../plugin/schema.json"), "utf8");
const schema = JSON.parse(text) as Schema;

test("The schema has every kind that is served, and no other", () => {
  expect(Object.keys(schema.resources).sort()).toEqual([...kinds.keys()].sort());
});

test("Every function of the schema is served", () => {
  const config = { get: () => undefined };
  for (const token of Object.keys(schema.functions)) {
    expect([token, typeof lookupOf(token, config)]).toEqual([token, "function"]);
  }
  expect(lookupOf("huawei-ota:northbound:versionPackage", config)).toBeUndefined();
  expect(lookupOf("huawei-ota:elsewhere:getDevice", config)).toBeUndefined();
});

test("What the schema refers to is there", () => {
  const named = new Set([...text.matchAll(/"#\/types\/([^"]+)"/g)].map(([, token = ""]) => token));
  expect([...named].filter((token) => !(token in schema.types))).toEqual([]);
  expect(Object.keys(schema.types).filter((token) => !named.has(token))).toEqual([]);
});

test("A type that both wings have stands in a module of its own, and none in that of the package", () => {
  const modules = Object.keys(schema.types).map((token) => token.split(":")[1]);
  expect([...new Set(modules)].sort()).toEqual(["iotda", "northbound", "shared"]);
});

test.each([...kinds])("%s says what each of its fields is, and who it was", (type, kind) => {
  const resource = schema.resources[type];
  const fields = Object.entries({ ...resource?.properties, ...resource?.inputProperties });
  expect(fields.filter(([, { description = "" }]) => description === "")).toEqual([]);
  expect(resource?.description).not.toBe("");
  const [wing = "", name = ""] = kind.name.split(".");
  expect(resource?.aliases).toEqual([{ type: `pulumi-nodejs:dynamic/huawei-ota/${wing}:${name}` }]);
});

test.each([...kinds])("%s gives no output that the schema does not have", (type, kind) => {
  const derived = Object.keys(kind.derived("1", { versionPackage: UNKNOWN }));
  const known = Object.keys(schema.resources[type]?.properties ?? {});
  expect(derived.filter((output) => !known.includes(output))).toEqual([]);
});

test.each([
  ["northbound:NorthboundSettings", NORTHBOUND],
  ["iotda:IotdaSettings", IOTDA],
] as const)("%s has the settings of TypeScript, and the same ones secret", (type, rules) => {
  const { properties = {} } = schema.types[`huawei-ota:${type}`] ?? {};
  const secretIn = (fields: Readonly<Record<string, SettingRule | Field>>): string[] =>
    Object.keys(fields).filter((name) => fields[name]?.secret === true);
  expect(Object.keys(properties).sort()).toEqual(Object.keys(rules).sort());
  expect(secretIn(properties).sort()).toEqual(secretIn(rules).sort());
});
