import * as pulumi from "@pulumi/pulumi";

import { northbound } from "../../src";
import * as provider from "../../src/provider";
import { typeOf } from "../../src/pulumi/dynamic-resource";
import { loaderOf } from "../../src/pulumi/loader";

const classes = {
  VersionPackage: northbound.VersionPackage,
  FirmwareUpgradeTask: northbound.FirmwareUpgradeTask,
  SoftwareUpgradeTask: northbound.SoftwareUpgradeTask,
  UpgradeCompletion: northbound.UpgradeCompletion,
};

test("the loader that stands in every state is what it always was, byte for byte", () => {
  expect(loaderOf("northbound.FirmwareUpgradeTask")).toBe(
    'exports.handler = () => require("module").createRequire(process.cwd() + "/_")("pulumi-huawei-ota/provider")["northbound.FirmwareUpgradeTask"];',
  );
});

test.each(Object.keys(classes))("the loader of %s takes at most 200 bytes", (name) => {
  expect(Buffer.byteLength(loaderOf(`northbound.${name}`))).toBeLessThanOrEqual(200);
});

test.each(Object.keys(classes))("what the loader of %s asks for is there", (name) => {
  const kinds: Record<string, unknown> = { ...provider };
  expect(kinds[`northbound.${name}`]).toMatchObject({ check: expect.any(Function) as unknown });
});

test.each(Object.entries(classes))("policies find %s by its type", async (name, Class) => {
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
  expect(Class.__pulumiType).toBe(typeOf(`northbound.${name}`));
  expect(Class.__pulumiType).toBe(`pulumi-nodejs:dynamic/huawei-ota/northbound:${name}`);
});

function resolved<Value>(output: pulumi.Output<Value>): Promise<Value> {
  return new Promise((settle) => {
    output.apply(settle);
  });
}
