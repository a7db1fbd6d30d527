import * as pulumi from "@pulumi/pulumi";

import { iotda, northbound } from "../../src";
import type { GateRef } from "../../src/wing/gate-input";

/*
 * What a program gives, and what travels of it to the provider.
 */

type Fields = Readonly<Record<string, unknown>>;

const sent = new Map<string, Fields>();
/** What an output of a resource resolves to; whatever is not here comes as nothing. */
const OUTPUTS: Fields = { version: "V1.4", fileType: "firmwarePackage", model: "NBM1" };

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => {
      sent.set(name, inputs as Fields);
      return { id: `id-of-${name}`, state: { ...OUTPUTS, ...(inputs as Fields) } };
    },
    call: () => ({}),
  });
});

let named = 0;

/** What a resource that a program declares so sends. */
async function sentBy(declare: (name: string) => pulumi.Resource): Promise<Fields> {
  named += 1;
  const name = `resource-${String(named)}`;
  const { urn } = declare(name);
  await new Promise((done) => urn.apply(done));
  return sent.get(name) ?? {};
}

const TARGETS = { targets: { devices: ["meter-1"] } };
const GATE = { outcome: "succeeded", version: "V1.4", packageId: "F1", packageKind: "firmware" };

describe("What is secret", () => {
  const declare = (args: Partial<northbound.UpgradeTaskArgs>, opts = {}) =>
    sentBy((name) => {
      const all = { fileId: "F1", ...TARGETS, ...args };
      return new northbound.FirmwareUpgradeTask(name, all, opts);
    });

  it("travels by its names, for the engine tells the provider its bare value", async () => {
    const devices = ["meter-1", pulumi.secret("meter-2")];
    const adopt = pulumi.secret("operation-1");
    expect((await declare({ targets: { devices }, adopt }))["__secrets"]).toEqual([
      "adopt",
      "targets",
    ]);
    const additionalSecretOutputs = ["fileId"];
    expect((await declare({}, { additionalSecretOutputs }))["__secrets"]).toEqual(["fileId"]);
  });

  it("is nothing where the program keeps nothing secret", async () => {
    expect(await declare({ adopt: pulumi.output("operation-1") })).not.toHaveProperty("__secrets");
  });
});

describe("What a resource is told of its options", () => {
  it("is whether the engine retains it, for then nothing is deleted", async () => {
    const declare = (opts: pulumi.CustomResourceOptions) =>
      sentBy((name) => new northbound.VersionPackage(name, { fileId: "F1" }, opts));
    expect(await declare({ retainOnDelete: true })).toMatchObject({ __retained: true });
    expect(await declare({ retainOnDelete: false })).not.toHaveProperty("__retained");
  });
});

describe("A gate", () => {
  const sentWith = (onlyAfter: northbound.UpgradeTaskArgs["onlyAfter"]) =>
    sentBy((name) => {
      const args = onlyAfter === undefined ? TARGETS : { ...TARGETS, onlyAfter };
      return new northbound.FirmwareUpgradeTask(name, { fileId: "F1", ...args });
    });
  const later = <Value>(value: Value) => pulumi.output(Promise.resolve(value));
  const nothing = later(undefined) as unknown as pulumi.Output<GateRef>;

  it.each<[string, northbound.UpgradeTaskArgs["onlyAfter"]]>([
    ["itself", GATE],
    ["an output", later(GATE)],
    ["a promise", Promise.resolve(GATE)],
    ["a list of one", [GATE]],
    ["a list of an output", [later(GATE)]],
    ["outputs of its leaves", { ...GATE, outcome: later("succeeded"), version: later("V1.4") }],
    ["more than a gate", { ...GATE, task: "another field" } as GateRef],
  ])("travels as a list of its leaves, given as %s", async (_what, onlyAfter) => {
    expect((await sentWith(onlyAfter))["onlyAfter"]).toEqual([GATE]);
  });

  it("is none where none is given", async () => {
    expect(await sentWith(undefined)).not.toHaveProperty("onlyAfter");
  });

  it.each<[string, northbound.UpgradeTaskArgs["onlyAfter"]]>([
    ["an output of nothing", nothing],
    ["a promise of nothing", Promise.resolve(undefined) as unknown as Promise<GateRef>],
    ["a list of an output of nothing", [nothing]],
    ["an output of null", later(null) as unknown as pulumi.Output<GateRef>],
    ["leaves of nothing", { outcome: later(undefined), version: later(undefined) }],
  ])("is still a gate, which is not open, where it comes as %s", async (_what, onlyAfter) => {
    expect((await sentWith(onlyAfter))["onlyAfter"]).toEqual([{}]);
  });

  it.each<[string, unknown]>([
    ["a list of nothing", [undefined]],
    ["nothing in braces", {}],
    ["null", null],
  ])("is refused where the program gives %s", async (_what, onlyAfter) => {
    await expect(async () => sentWith(onlyAfter as GateRef)).rejects.toThrow(
      "onlyAfter must be the gate of an UpgradeCompletion",
    );
  });

  it("is one of several, of which none is lost", async () => {
    const other = { outcome: "failed", version: "V1.4" };
    expect((await sentWith([GATE, nothing, later(other)]))["onlyAfter"]).toEqual([GATE, {}, other]);
  });
});

describe("A package of a task", () => {
  const leaves = { version: "V1.4", fileType: "firmwarePackage", model: "NBM1" };
  const sentWith = (args: Partial<northbound.UpgradeTaskArgs>) =>
    sentBy((name) => new northbound.FirmwareUpgradeTask(name, { ...TARGETS, ...args }));

  it("travels as its id and its leaves, given as a resource", async () => {
    const versionPackage = new northbound.VersionPackage("given", { fileId: "F1" });
    expect(await sentWith({ versionPackage })).toMatchObject({
      fileId: "F1",
      versionPackage: leaves,
    });
  });

  it.each<[string, northbound.UpgradeTaskArgs["versionPackage"]]>([
    ["a plain object", { id: "F1", ...leaves }],
    ["an object of outputs", { id: pulumi.output("F1"), ...leaves, model: pulumi.output("NBM1") }],
    ["an output", pulumi.output({ id: "F1", ...leaves })],
    ["a promise", Promise.resolve({ id: "F1", ...leaves })],
    ["what a lookup gives, which has more", { id: "F1", ...leaves, uploadTime: "x" } as never],
  ])("travels as its id and its leaves, given as %s", async (_what, versionPackage) => {
    const inputs = await sentWith(versionPackage === undefined ? {} : { versionPackage });
    expect(inputs["fileId"]).toBe("F1");
    expect(inputs["versionPackage"]).toEqual(leaves);
  });

  it("travels as its id alone where nothing else is known", async () => {
    const inputs = await sentWith({ fileId: "F1" });
    expect(inputs["fileId"]).toBe("F1");
    expect(inputs).not.toHaveProperty("versionPackage");
  });

  it("is given once: versionPackage or its id", () => {
    const both = { ...TARGETS, fileId: "F1", versionPackage: { id: "F1" } };
    expect(() => new northbound.FirmwareUpgradeTask("both", both)).toThrow(
      "Upgrade task 'both' has both versionPackage and fileId; give one of them.",
    );
  });

  it("has the leaves of its own platform", async () => {
    const versionPackage = { id: "p-14", version: "1.4", productId: "NBM1", packageType: "x" };
    const inputs = await sentBy(
      (name) => new iotda.SoftwareUpgradeTask(name, { ...TARGETS, versionPackage }),
    );
    expect(inputs).toMatchObject({
      packageId: "p-14",
      versionPackage: { version: "1.4", productId: "NBM1", packageType: "x" },
    });
  });
});

describe("What is told of a resource without being in its state", () => {
  it("is the id under the platform's own names, and the version of its package", async () => {
    const task = new northbound.FirmwareUpgradeTask("told", {
      ...TARGETS,
      versionPackage: { id: "F1", version: "V1.4" },
    });
    const told = pulumi.all([task.id, task.operationId, task.fileVersion]);
    const [id, operationId, fileVersion] = await new Promise<unknown[]>((done) =>
      told.apply((all) => {
        done(all);
      }),
    );
    expect([id, operationId, fileVersion]).toEqual(["id-of-told", "id-of-told", "V1.4"]);
    expect(sent.get("told")).not.toHaveProperty("operationId");
  });
});
