import * as pulumi from "@pulumi/pulumi";

import { northbound } from "../../src";

/** What the engine would be sent of each resource, by its name. */
const registered = new Map<string, Record<string, unknown>>();

beforeAll(() =>
  pulumi.runtime.setMocks(
    {
      call: () => ({}),
      newResource: ({ name, inputs }) => {
        const state = inputs as Record<string, unknown>;
        registered.set(name, state);
        return { id: `${name}-id`, state };
      },
    },
    "meters",
    "test",
  ),
);

class Rollout extends pulumi.ComponentResource {
  readonly outcome: pulumi.Output<unknown>;
  readonly inner: Rollout | undefined;

  constructor(name: string, depth: number, opts?: pulumi.ComponentResourceOptions) {
    super("waterworks:index:Rollout", name, {}, opts);
    const parent = { parent: this };
    const firmware = new northbound.VersionPackage(`${name}-firmware`, { fileId: "F1" }, parent);
    const task = new northbound.FirmwareUpgradeTask(
      `${name}-task`,
      { fileId: firmware.id, targets: { devices: ["meter-1"] } },
      parent,
    );
    const wait = new northbound.UpgradeCompletion(
      `${name}-wait`,
      { operationId: task.id },
      { ...parent, dependsOn: [firmware] },
    );
    this.inner = depth === 0 ? undefined : new Rollout(`${name}-inner`, depth - 1, parent);
    this.outcome = wait.operationId;
  }
}

function resolved<Value>(output: pulumi.Output<Value>): Promise<Value> {
  return new Promise((settle) => {
    output.apply(settle);
  });
}

test("resources below a component resolve under mocks, though they depend on each other", async () => {
  const { outcome, inner } = new Rollout("pilot", 1);
  expect(await resolved(outcome)).toBe("pilot-task-id");
  expect(await resolved(inner?.outcome ?? pulumi.output("none"))).toBe("pilot-inner-task-id");
});

test("each knows its row, which tells all its parents", () => {
  const wait = registered.get("pilot-inner-wait")?.["__urn"];
  expect(wait).toBe(
    "urn:pulumi:test::meters::waterworks:index:Rollout$waterworks:index:Rollout$pulumi-nodejs:dynamic/huawei-ota/northbound:UpgradeCompletion::pilot-inner-wait",
  );
});
