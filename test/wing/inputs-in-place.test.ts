import type { Properties } from "../../src/pulumi/kind";
import type { completionFields } from "../../src/wing/completion-inputs";
import type { taskFields } from "../../src/wing/task-fields";
import { type Done, type Resource, SmallEngine } from "./small-engine";
import { type World, WORLDS } from "./worlds";

/*
 * Each input that replaces nothing reaches the state, stays there through an `up` without news and a
 * refresh, changes there, and goes. An input that is added to all wings is added to these tables, or
 * it is missed here.
 */

type Pair = readonly [first: unknown, second: unknown];

const GATE = { outcome: "succeeded", version: "V1.4", packageId: "p-14", packageKind: "firmware" };

const TASK: Readonly<Record<keyof typeof taskFields | "onDelete", Pair>> = {
  onDelete: ["keep", "stop"],
  onlyAfter: [[GATE], [GATE, { ...GATE, packageId: "p-15" }]],
  rerunAfter: ["2026-04-01T00:00:00Z", "2026-04-02T00:00:00Z"],
  adopt: ["the task itself", "the task itself"],
  maxDevices: [5, 6],
};

const COMPLETION: Readonly<Record<keyof typeof completionFields, Pair>> = {
  waitFor: ["over", "decided"],
  timeoutSeconds: [60, 90],
  maxFailedDevices: [1, 2],
  minSuccessPercent: [50, 60],
  version: ["V1.4", "V1.4b"],
  packageId: ["p-14", "p-15"],
  packageKind: ["firmware", "software"],
};

describe.each(WORLDS)("%s", (name, openWorld) => {
  let world: World;
  let engine: SmallEngine;

  const run = (operation: Promise<Done>): Promise<Done> => world.clock.run(operation);
  const pilot = (more: Properties = {}): Resource => ({
    kind: "task",
    name: "pilot",
    inputs: world.task("p-14", ["meter-1"], more),
  });
  const done = (more: Properties = {}): Resource => ({
    kind: "completion",
    name: "done",
    needs: ["pilot"],
    inputs: (outputs) => world.completion(outputs("pilot")["id"], more),
  });
  const image = (more: Properties = {}): Resource => ({
    kind: "package",
    name: "image",
    inputs: { ...world.packageOf("V1.4"), ...more },
  });

  beforeEach(async () => {
    world = openWorld();
    world.upload("p-14", "V1.4");
    engine = new SmallEngine(() => world.open());
    expect((await run(engine.up(pilot()))).errors).toEqual([]);
    await world.finish(engine.get("pilot").id);
    await run(engine.refresh());
    expect((await run(engine.up(pilot(), done()))).errors).toEqual([]);
  });

  async function expectInPlace(
    resource: (more?: Properties) => Resource,
    field: string,
    values: readonly unknown[],
  ): Promise<void> {
    const others = [pilot(), done()].filter((one) => one.name !== resource().name);
    const up = async (more: Properties, step = /^(create|same|update)$/): Promise<void> => {
      const program =
        resource().kind === "completion" ? [pilot(), resource(more)] : [resource(more), ...others];
      const { errors, steps } = await run(engine.up(...program));
      expect({ errors, step: steps[resource().name] }).toEqual({
        errors: [],
        step: expect.stringMatching(step) as unknown,
      });
    };
    for (const value of values) {
      await up({ [field]: value });
      expect(engine.get(resource().name).inputs[field]).toEqual(value);
      await up({ [field]: value }, /^same$/);
      expect((await run(engine.refresh())).errors).toEqual([]);
      expect(engine.get(resource().name).inputs[field]).toEqual(value);
      await up({ [field]: value }, /^same$/);
    }
    await up({});
    expect(engine.get(resource().name).inputs[field]).not.toEqual(values.at(-1));
    expect(world.pushes()).toHaveLength(1);
  }

  it.each(Object.entries(TASK))("%s of a task changes in place", async (field, pair) => {
    if (name === "northbound" && field === "onDelete") {
      expect((await run(engine.up(pilot({ onDelete: "stop" })))).errors).toHaveLength(1);
      return;
    }
    const values = field === "adopt" ? [engine.get("pilot").id] : pair;
    await expectInPlace(pilot, field, field === "onDelete" ? pair.slice(0, 1) : values);
  });

  it.each(Object.entries(COMPLETION))("%s of a completion changes in place", (field, pair) =>
    expectInPlace(done, field, pair),
  );

  it("onDelete of a package changes in place", () =>
    expectInPlace(image, "onDelete", world.canMake ? ["keep", "delete"] : ["delete"]));
});
