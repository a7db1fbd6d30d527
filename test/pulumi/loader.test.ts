import * as pulumi from "@pulumi/pulumi";

import { iotda, northbound } from "../../src";
import * as provider from "../../src/provider";
import { typeOf } from "../../src/pulumi/dynamic-resource";
import { loaderOf } from "../../src/pulumi/loader";

interface ResourceClass {
  readonly __pulumiType: string;
  get(name: string, id: string): pulumi.CustomResource;
}

/** By kind: `northbound.VersionPackage`. */
const classes = Object.fromEntries(
  Object.entries({ northbound, iotda }).flatMap(([wing, exported]) =>
    Object.entries(exported)
      .filter(([, one]) => "__pulumiType" in one)
      .map(([name, one]) => [`${wing}.${name}`, one as unknown as ResourceClass]),
  ),
);

test("each kind has a class, and each class its kind", () => {
  expect(Object.keys(classes).sort()).toEqual(Object.keys(provider).sort());
});

test("the loader that stands in every state is what it always was, byte for byte", () => {
  expect(loaderOf("northbound.FirmwareUpgradeTask")).toBe(
    'exports.handler = () => require("module").createRequire(process.cwd() + "/_")("pulumi-huawei-ota/provider")["northbound.FirmwareUpgradeTask"];',
  );
});

test.each(Object.keys(classes))("the loader of %s takes at most 200 bytes", (kind) => {
  expect(Buffer.byteLength(loaderOf(kind))).toBeLessThanOrEqual(200);
});

test.each(Object.keys(classes))("what the loader of %s asks for is there", (kind) => {
  const kinds: Record<string, unknown> = { ...provider };
  expect(kinds[kind]).toMatchObject({ check: expect.any(Function) as unknown });
});

/** A rollout is read by nothing but its own state. */
const readable = Object.entries(classes).filter(([, Class]) => "get" in Class);

test.each(readable)("policies find %s by its type", async (kind, Class) => {
  const seen: string[] = [];
  await pulumi.runtime.setMocks({
    call: () => ({}),
    newResource: ({ type, inputs }) => {
      seen.push(type);
      return { id: "x", state: inputs as Record<string, unknown> };
    },
  });
  await resolved(Class.get("one", "x").urn);
  expect(seen).toEqual([Class.__pulumiType]);
  expect(Class.__pulumiType).toBe(typeOf(kind));
  expect(Class.__pulumiType).toBe(`pulumi-nodejs:dynamic/huawei-ota/${kind.replace(".", ":")}`);
});

function resolved<Value>(output: pulumi.Output<Value>): Promise<Value> {
  return new Promise((settle) => {
    output.apply(settle);
  });
}
