import * as pulumi from "@pulumi/pulumi";

import { iotda, northbound } from "../src";
import { OtaError } from "../src/errors";
import { Provider } from "../src/provider-resource";

const sent = new Map<string, unknown>();

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => {
      sent.set(name, inputs);
      return { id: name, state: inputs as object };
    },
    call: () => ({}),
  });
});

describe("A Provider", () => {
  it.each([
    ["a setting", { northbound: { apId: "waterworks" } }, 'A Provider has no setting "apId"'],
    ["a setting of IoTDA", { iotda: { project: "p" } }, 'A Provider has no setting "project"'],
    ["a platform", { northBound: { appId: "a" } }, 'A Provider has no platform "northBound"'],
  ])("that is given %s by a wrong name says so, and which there are", (_, args, sentence) => {
    const declare = () => new Provider("works", args as never);
    expect(declare).toThrow(OtaError);
    expect(declare).toThrow(`${sentence}; it knows `);
  });

  it.each([
    ["nothing", undefined, {}],
    ["null", null, {}],
    ["null for a platform", { northbound: null }, {}],
    [
      "settings that are nothing, also once they are known",
      {
        northbound: {
          appId: null,
          endpoint: undefined,
          secret: pulumi.output(undefined),
          serverName: pulumi.output(null),
          callsPerMinute: 60,
        },
      },
      { "huawei-ota:northboundCallsPerMinute": "60" },
    ],
  ])("that is given %s carries what it was given", async (what, args, carried) => {
    const { urn } = new Provider(what, args as never);
    await new Promise((done) => urn.apply(done));
    expect(sent.get(what)).toEqual(carried);
  });

  it.each([
    ["all settings", { northbound: pulumi.output({ appId: "a" }) }, "A Provider takes northbound"],
    ["all platforms", pulumi.output({}), "A Provider takes its platforms"],
  ])("that is given %s as one Output says how to give them", (_, args, sentence) => {
    expect(() => new Provider("late", args as never)).toThrow(
      `${sentence} as an object, and not as one Output; each setting in it may be one`,
    );
  });
});

describe.each([
  ["northbound", (settings: never) => northbound.getUpgradeTask({ operationId: "op-1" }, settings)],
  ["iotda", (settings: never) => iotda.getUpgradeTask({ taskId: "t-1" }, settings)],
] as const)("A lookup of %s", (_wing, look) => {
  it.each([
    ["settings", pulumi.output({}), "A lookup: settings will be known only later, as an Output."],
    ["a setting", { endpoint: pulumi.output("e") }, "A lookup: endpoint will be known only later"],
    ["a list", { endpoint: ["e"] }, "endpoint of a lookup is a list; it must be text or a number."],
  ])("that is given %s in a form that it does not take says so", async (_what, settings, text) => {
    await expect(look(settings as never)).rejects.toThrow(text);
  });
});

describe("An argument of a lookup that comes later", () => {
  const settings = { endpoint: "https://server:8743", appId: "a", secret: "s" };
  const id = pulumi.output("package-1");
  const targets = { deviceGroups: ["pilot"] };
  it.each([
    [
      "getUpgradeTask: operationId",
      () => northbound.getUpgradeTask({ operationId: id } as never, settings),
    ],
    [
      "getReach: versionPackage",
      () => northbound.getReach({ versionPackage: { id }, targets } as never, settings),
    ],
    [
      "getReach: targets",
      () =>
        northbound.getReach(
          { versionPackage: { id: "p" }, targets: pulumi.output(targets) } as never,
          settings,
        ),
    ],
  ])("is refused by %s, with the name of the lookup that takes it", async (what, look) => {
    await expect(look()).rejects.toThrow(
      `${what} will be known only later, as an Output. Call ${what.split(":")[0] ?? ""}Output.`,
    );
  });
});
