import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";

import * as library from "../../src";

/*
 * TypeScript code as `pulumi import` prints it: written by the code generator of Pulumi 3.259 from the
 * schema. The command itself prints it with a host of Node.js programs that is newer than the tests'.
 */

interface Type {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Type;
}
type Fields = Readonly<Record<string, Type>>;
interface Schema {
  readonly language: { readonly nodejs: { readonly packageName: string } };
  readonly types: Readonly<Record<string, { readonly properties: Fields }>>;
  readonly resources: Readonly<Record<string, { readonly inputProperties: Fields }>>;
}

const read = (...file: readonly string[]): string => readFileSync(join(__dirname, ...file), "utf8");
const printed = read("imported.txt");
const schema = JSON.parse(read("../../plugin/schema.json")) as Schema;

interface Made {
  readonly wing: "iotda" | "northbound";
  readonly kind: string;
  readonly args: object;
}

/** What the code makes. */
function made(): Made[] {
  const all: Made[] = [];
  const wingOf = (wing: Made["wing"]) =>
    new Proxy(
      {},
      {
        get: (_, kind) =>
          function (_name: string, args: object) {
            all.push({ wing, kind: String(kind), args });
          },
      },
    );
  const code = printed.replace(/^import .*$/gm, "");
  runInNewContext(code, {
    huawei_ota: { northbound: wingOf("northbound"), iotda: wingOf("iotda") },
  });
  return all;
}

/** The paths in a value at which it is not what the schema says. */
function strange(value: unknown, type: Type | undefined, path: string): string[] {
  if (type === undefined) return [path];
  if (type.items !== undefined) {
    return Array.isArray(value)
      ? value.flatMap((item, index) => strange(item, type.items, `${path}[${String(index)}]`))
      : [path];
  }
  if (type.$ref !== undefined) {
    return among(value, schema.types[type.$ref.replace("#/types/", "")]?.properties, path);
  }
  return typeof value === type.type ? [] : [path];
}

function among(value: unknown, fields: Fields | undefined, path: string): string[] {
  if (typeof value !== "object" || value === null || fields === undefined) return [path];
  return Object.entries(value).flatMap(([name, own]) =>
    strange(own, fields[name], `${path}.${name}`),
  );
}

test("Printed code takes this library by its name", () => {
  expect(printed).toContain(`import * as huawei_ota from "${schema.language.nodejs.packageName}";`);
});

test("What printed code makes is in the schema, input by input, and in the library", () => {
  const all = made();
  expect(all).toHaveLength(7);
  for (const { wing, kind, args } of all) {
    const fields = schema.resources[`huawei-ota:${wing}:${kind}`]?.inputProperties;
    expect(among(args, fields, kind)).toEqual([]);
    expect(library[wing]).toHaveProperty(kind, expect.any(Function));
  }
});

test("An input that the schema does not know would show", () => {
  const fields = schema.resources["huawei-ota:northbound:FirmwareUpgradeTask"]?.inputProperties;
  const wrong = { fileId: 1, targets: { device: [], devices: ["1", 2] }, speed: 1 };
  expect(among(wrong, fields, "task")).toEqual([
    "task.fileId",
    "task.targets.device",
    "task.targets.devices[1]",
    "task.speed",
  ]);
});
