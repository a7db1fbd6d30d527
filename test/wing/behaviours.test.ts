import type { Properties } from "../../src/pulumi/kind";
import { type Done, type Resource, SmallEngine } from "./small-engine";
import { type ButFor, type WishOfWorld, type World, WORLDS } from "./worlds";

/*
 * What every wing promises, on a platform of its own and in the engine's order. A wing that is added
 * is added to `worlds.ts`, and to nothing here.
 */

describe.each(WORLDS)("%s", (_name, openWorld) => {
  const [meter, v14, v15] = ["meter-1", "p-14", "p-15"];
  let world: World;
  let engine: SmallEngine;

  beforeEach(() => {
    world = openWorld();
    world.upload(v14, "V1.4");
    world.upload(v15, "V1.5");
    engine = new SmallEngine(() => world.open());
  });

  const pushes = (): readonly string[] => world.pushes();
  const pass = (minutes: number): Promise<void> => world.clock.advance(minutes * 60_000);
  const instant = (): string => new Date(world.clock.now()).toISOString();
  const run = (operation: Promise<Done>): Promise<Done> => world.clock.run(operation);
  const up = (...program: readonly Resource[]): Promise<Done> => run(engine.up(...program));
  const refresh = (): Promise<Done> => run(engine.refresh());
  const destroy = (): Promise<Done> => run(engine.destroy());
  const idOf = (name: string): string => engine.get(name).id;
  const task = (
    name: string,
    packageId: string,
    devices: readonly string[],
    more: Properties = {},
  ): Resource => ({ kind: "task", name, inputs: world.task(packageId, devices, more) });
  const pilot = (packageId = v14, more: Properties = {}): Resource =>
    task("pilot", packageId, [meter], more);
  const completion = (more: Properties = {}): Resource => ({
    kind: "completion",
    name: "done",
    needs: ["pilot"],
    inputs: (outputs) => world.completion(outputs("pilot")["id"], more),
  });
  /** Good, and without a step that does anything. */
  const expectCalm = ({ errors, steps }: Done): void => {
    expect(errors).toEqual([]);
    expect(new Set(Object.values(steps))).toEqual(new Set(["same"]));
  };

  describe("a declared task", () => {
    it("is pushed once, however often it is applied", async () => {
      expect((await up(pilot())).errors).toEqual([]);
      expectCalm(await up(pilot()));
      await world.finish(idOf("pilot"));
      expectCalm(await up(pilot()));
      expect(pushes()).toEqual([`${v14} to ${meter}`]);
    });

    it("is pushed once when the reply to its create is lost", async () => {
      world.loseReplyToCreate();
      expect((await up(pilot())).errors).toEqual([]);
      expectCalm(await up(pilot()));
      expect(world.creates()).toBe(world.repeatsCreates ? 2 : 1);
      expect(pushes()).toHaveLength(1);
      expect(world.tasks()).toEqual([idOf("pilot")]);
    });

    it("is found and taken over when the engine was killed before it wrote it down", async () => {
      await up(pilot());
      const id = idOf("pilot");
      engine.forget("pilot");
      const { errors, warnings } = await up(pilot());
      expect(errors).toEqual([]);
      expect(warnings.join()).toContain("taken over");
      expect(idOf("pilot")).toBe(id);
      expect(pushes()).toHaveLength(1);
    });

    it("is not lost while the platform does not find it by its id", async () => {
      world.hideFirst(20);
      const whole = [pilot(), completion({ timeoutSeconds: 30 })];
      expect((await up(...whole)).errors.join()).toContain("is not over after 30 s");
      await world.finish(idOf("pilot"));
      expect((await up(...whole)).errors).toEqual([]);
      expectCalm(await up(...whole));
      expect(pushes()).toHaveLength(1);
    });

    it("is neither gone nor left alone when it is read or deleted before that", async () => {
      await up(pilot());
      const before = engine.get("pilot").inputs;
      world.hideFirst(50);
      expect(await refresh()).toMatchObject({ errors: [], warnings: [] });
      expect(engine.get("pilot").inputs).toEqual(before);
      expect(engine.get("pilot").outputs["recordGone"]).toBeUndefined();

      await up(pilot(v15));
      world.hideFirst(50);
      expectCalm(await up(pilot(v15)));
      const id = idOf("pilot");
      expect((await destroy()).errors).toEqual([]);
      expect(world.tasks().includes(id)).toBe(!world.canStop);
    });

    it("is pushed again when a version comes back after another", async () => {
      for (const packageId of [v14, v15, v14]) {
        expect((await up(pilot(packageId))).errors).toEqual([]);
        await world.finish(idOf("pilot"));
        await pass(1);
      }
      expect(pushes()).toEqual([v14, v15, v14].map((id) => `${id} to ${meter}`));
    });

    it("pushes a package that was built anew under the same version", async () => {
      await up(pilot());
      await world.finish(idOf("pilot"));
      await pass(1);
      world.withdraw(v14);
      const rebuilt = `${v14}-rebuilt`;
      world.upload(rebuilt, "V1.4");
      const { errors, warnings } = await up(pilot(rebuilt));
      expect(errors).toEqual([]);
      expect(warnings.join()).toContain("will be pushed again");
      expect(pushes()).toEqual([`${v14} to ${meter}`, `${rebuilt} to ${meter}`]);
    });

    it("is pushed to nobody but the new one when a list is shifted by one", async () => {
      const waves = (...devices: string[]): Resource[] =>
        devices.map((device, index) => task(`wave-${index}`, v14, [`${meter}-${device}`]));
      await up(...waves("a", "b", "c"));
      expect((await up(...waves("new", "a", "b", "c"))).errors).toEqual([]);
      expect(pushes()).toEqual(["a", "b", "c", "new"].map((one) => `${v14} to ${meter}-${one}`));
      const held = ["wave-0", "wave-1", "wave-2", "wave-3"].map(idOf);
      expect(world.tasks()).toEqual(expect.arrayContaining(held));
      expect(held.filter((id) => world.isStopped(id))).toEqual([]);
    });

    it("is refused where another resource declares the very same", async () => {
      const { errors } = await up(pilot(), task("twin", v14, [meter]));
      expect(errors.join()).toContain("of this program declares, too");
      expect(pushes()).toHaveLength(1);
    });

    it("is taken over, and stays, when its resource is tainted", async () => {
      await up(pilot());
      const id = idOf("pilot");
      engine.taint("pilot");
      expect(await up(pilot())).toMatchObject({ errors: [], steps: { pilot: "replace" } });
      expect(idOf("pilot")).toBe(id);
      expect(world.tasks()).toContain(id);
      expect(world.isStopped(id)).toBe(false);
      expect(pushes()).toHaveLength(1);
    });

    it("is taken over, and stays, when its resource is renamed without an alias", async () => {
      await up(pilot());
      const id = idOf("pilot");
      const { errors, steps } = await up(task("first", v14, [meter]));
      expect({ errors, steps }).toEqual({
        errors: [],
        steps: { first: "create", pilot: "delete" },
      });
      expect(idOf("first")).toBe(id);
      expect(world.tasks()).toContain(id);
      expect(world.isStopped(id)).toBe(false);
      expect(pushes()).toHaveLength(1);
    });

    it("waits for a rerunAfter that lies half a minute ahead, and refuses one beyond a minute", async () => {
      const ahead = (seconds: number): string =>
        new Date(world.clock.now() + seconds * 1000).toISOString();
      const refused = await up(pilot(v14, { rerunAfter: ahead(62) }));
      expect(refused.errors.join()).toMatch(/rerunAfter is \S+, in the future; set it/);
      expect(pushes()).toEqual([]);
      const rerunAfter = ahead(30);
      expect((await up(pilot(v14, { rerunAfter }))).errors).toEqual([]);
      expect(instant() > rerunAfter).toBe(true);
      expectCalm(await up(pilot(v14, { rerunAfter })));
      expect(pushes()).toHaveLength(1);
    });

    it("is pushed again by a rerunAfter that is newer, and by no other change of it", async () => {
      await up(pilot());
      await world.finish(idOf("pilot"));
      await pass(2);
      const before = instant();
      await pass(2);
      const rerunAfter = instant();
      await pass(2);
      expect((await up(pilot(v14, { rerunAfter }))).errors).toEqual([]);
      expect(pushes()).toHaveLength(2);
      await world.finish(idOf("pilot"));
      for (const more of [{ rerunAfter }, { rerunAfter: before }, {}, { rerunAfter }]) {
        const { errors, steps } = await up(pilot(v14, more));
        expect({ errors, replaced: steps["pilot"] === "replace" }).toEqual({
          errors: [],
          replaced: false,
        });
      }
      expect(pushes()).toHaveLength(2);
    });

    it("is the same with its defaults spelled out, its sets in another order, and without", async () => {
      const devices = [`${meter}-a`, `${meter}-b`];
      const turned = [...devices, `${meter}-a`].reverse();
      await up(task("pilot", v14, devices));
      for (const program of [
        task("pilot", v14, turned, world.defaults),
        task("pilot", v14, devices),
      ]) {
        const { errors, steps } = await up(program);
        expect(errors).toEqual([]);
        expect(steps["pilot"]).not.toBe("replace");
      }
      expect(pushes()).toHaveLength(2);
    });
  });

  describe("a change on the platform", () => {
    it("is shown once when somebody stops a task, and pushes nothing", async () => {
      await up(pilot());
      const asDeclared = engine.get("pilot").inputs;
      world.stop(idOf("pilot"));
      await refresh();
      expect(engine.get("pilot").inputs["platformState"]).toMatch(/on the platform/);
      const noted = await up(pilot());
      expect(noted).toMatchObject({ errors: [], steps: { pilot: "update" } });
      expect(noted.warnings.join()).toContain("nothing was pushed");
      await refresh();
      expect(engine.get("pilot").inputs).toEqual(asDeclared);
      expectCalm(await up(pilot()));
      expect(pushes()).toHaveLength(1);
    });

    it("is shown once when the record of a task goes that was not over", async () => {
      await up(pilot());
      world.purge(idOf("pilot"));
      await refresh();
      expect(engine.get("pilot").inputs["platformState"]).toContain("its record is gone");
      expect((await up(pilot())).steps).toEqual({ pilot: "update" });
      await refresh();
      expectCalm(await up(pilot()));
      expect(pushes()).toHaveLength(1);
    });

    it("is none when the record of a task goes that was over", async () => {
      await up(pilot());
      await world.finish(idOf("pilot"));
      await refresh();
      const before = engine.get("pilot").inputs;
      world.purge(idOf("pilot"));
      await refresh();
      expect(engine.get("pilot").inputs).toEqual(before);
      expectCalm(await up(pilot()));
      expect(pushes()).toHaveLength(1);
    });

    it("leaves the inputs alone while it is mere progress", async () => {
      await up(pilot());
      const before = engine.get("pilot").inputs;
      await world.finish(idOf("pilot"));
      await refresh();
      expect(engine.get("pilot").inputs).toEqual(before);
      expect(engine.get("pilot").outputs["deviceCounts"]).toMatchObject({ total: 1, success: 1 });
    });
  });

  describe("adopt", () => {
    it("takes over the task that it names", async () => {
      await up(pilot());
      const adopt = idOf("pilot");
      await world.finish(adopt);
      await pass(120);
      engine.forget("pilot");
      expect((await up(pilot())).errors.join()).toContain("set adopt to its id");
      expect((await up(pilot(v14, { adopt }))).errors).toEqual([]);
      expect(idOf("pilot")).toBe(adopt);
      expect(pushes()).toHaveLength(1);
    });

    it("refuses a task that is not what is declared", async () => {
      await up(pilot());
      const adopt = idOf("pilot");
      engine.forget("pilot");
      const { errors } = await up(task("pilot", v14, [`${meter}-other`], { adopt }));
      expect(errors.join()).toContain("which is not what is declared");
      expect((await up(pilot(v14, { adopt: "nonesuch" }))).errors).not.toEqual([]);
      expect(engine.has("pilot")).toBe(false);
      expect(pushes()).toHaveLength(1);
    });
  });

  if (openWorld().wish !== undefined) {
    describe("a wish", () => {
      let wish: WishOfWorld;

      beforeEach(() => {
        if (world.wish !== undefined) wish = world.wish;
      });

      const wished = (): Resource => pilot(v14, { ...wish.task, ...wish.inputs });

      it("is fulfilled once", async () => {
        const before = wish.asked();
        await up(pilot(v14, wish.task));
        expect(wish.asked()).toBe(before);
        expect(await up(wished())).toMatchObject({ errors: [], steps: { pilot: "update" } });
        expectCalm(await up(wished()));
        expect(wish.asked()).toBe(before + 1);
        expect(pushes()).toHaveLength(1);
      });

      it("is a change of the task, so that its completion is not said to stay red", async () => {
        const stays = "stays red here until the task or a threshold changes";
        await up(pilot(v14, wish.task));
        await world.finish(idOf("pilot"), { failed: [meter] });
        const red = await up(pilot(v14, wish.task), completion());
        expect(red.errors.join()).toContain(`It ${stays}: `);
        const still = await up(pilot(v14, wish.task), completion());
        expect(still.warnings.join()).toContain(`\`pulumi up\` ${stays}: `);
        const { warnings } = await up(wished(), completion());
        expect(warnings.join()).toContain("`pulumi up` changes the task and judges it again");
        expect(warnings.join()).not.toContain("stays red");
      });

      it("that failed as the task was made is fulfilled by the next up, though nothing was edited", async () => {
        wish.refuse(true);
        expect((await up(wished())).errors).toHaveLength(1);
        wish.refuse(false);
        expect(await up(wished())).toMatchObject({ errors: [], steps: { pilot: "update" } });
        expectCalm(await up(wished()));
        expect(pushes()).toHaveLength(1);
      });

      it("that failed is tried again by each up until it is fulfilled", async () => {
        await up(pilot(v14, wish.task));
        wish.refuse(true);
        expect((await up(wished())).errors).toHaveLength(1);
        const refused = wish.asked();
        expect((await up(wished())).errors).toHaveLength(1);
        await refresh();
        wish.refuse(false);
        expect(await up(wished())).toMatchObject({ errors: [], steps: { pilot: "update" } });
        expectCalm(await up(wished()));
        expect(wish.asked()).toBe(refused + 2);
        expect(pushes()).toHaveLength(1);
      });
    });
  }

  describe("destroying a task", () => {
    it("leaves it alone where the program says keep", async () => {
      await up(pilot(v14, { onDelete: "keep" }));
      const id = idOf("pilot");
      expect((await destroy()).errors).toEqual([]);
      expect(world.tasks()).toContain(id);
      expect(world.isStopped(id)).toBe(false);
    });

    it("ends it where the platform can, and forgets it where not", async () => {
      await up(pilot());
      const id = idOf("pilot");
      expect((await destroy()).errors).toEqual([]);
      expect(engine.has("pilot")).toBe(false);
      expect(world.tasks().includes(id)).toBe(!world.canStop);
    });
  });

  describe("a completion", () => {
    /** Runs an up during which the task ends. */
    const upWhile = async (but: ButFor, ...program: Resource[]): Promise<Done> => {
      const done = engine.up(...program);
      await world.clock.advance(2_000);
      await world.finish(idOf("pilot"), but);
      return run(done);
    };
    const five = ["a", "b", "c", "d", "e"];

    it("is good when its task is, and stays so", async () => {
      const program = [pilot(), completion()];
      expect((await upWhile({}, ...program)).errors).toEqual([]);
      expect(engine.get("done").outputs).toMatchObject({ outcome: "succeeded" });
      expectCalm(await up(...program));
      const before = engine.get("done").inputs;
      await refresh();
      expect(engine.get("done").inputs).toEqual(before);
      expectCalm(await up(...program));
    });

    it("is decided as soon as those that sleep cannot change it", async () => {
      const fleet = task("pilot", v14, five);
      const enough = completion({ minSuccessPercent: 80 });
      expect((await upWhile({ asleep: ["e"] }, fleet, enough)).errors).toEqual([]);
      expect(engine.get("done").outputs).toMatchObject({ outcome: "succeeded" });
      expectCalm(await up(fleet, enough));
      const { errors } = await up(fleet, completion({ timeoutSeconds: 600 }));
      expect(errors.join()).toContain("is not over after 600 s");
    });

    it("is red until a threshold changes, and red again by what is declared then", async () => {
      const fleet = task("pilot", v14, five);
      const { errors } = await upWhile({ failed: ["a"] }, fleet, completion());
      expect(errors.join()).toContain("4 of 5");
      expect((await up(fleet, completion())).errors).toHaveLength(1);
      expect((await up(fleet, completion({ minSuccessPercent: 80 }))).errors).toEqual([]);
      expect((await up(fleet, completion({ minSuccessPercent: 95 }))).errors).toHaveLength(1);
      await refresh();
      expect((await up(fleet, completion({ minSuccessPercent: 80 }))).errors).toEqual([]);
      expect(engine.get("done").outputs).toMatchObject({ outcome: "succeeded" });
      expectCalm(await up(fleet, completion({ minSuccessPercent: 80 })));
      expect(pushes()).toHaveLength(5);
    });

    it("opens its gate for its own version, and for no other", async () => {
      const gate = (version: string) => ({
        onlyAfter: [{ outcome: "succeeded", version, packageKind: "firmware" }],
      });
      const { errors } = await up(pilot(v15, gate("V1.4")));
      expect(errors.join()).toContain("is closed");
      expect(errors.join()).toContain("V1.5");
      expect(pushes()).toEqual([]);
      expect((await up(pilot(v14, gate("V1.4")))).errors).toEqual([]);
      expectCalm(await up(pilot(v14, { onlyAfter: [{ outcome: "failed" }] })));
      expect(pushes()).toHaveLength(1);
    });
  });

  describe("a package", () => {
    it("is what it was until it is declared otherwise, and is taken over by a new name", async () => {
      const firmware = (name: string, version: string): Resource => ({
        kind: "package",
        name,
        inputs: world.packageOf(version),
      });
      const version = "V2.0";
      // Where the platform makes none, somebody has put it there.
      if (!world.canMake) world.upload("p-20", version);
      expect((await up(firmware("one", version))).errors).toEqual([]);
      const id = idOf("one");
      expectCalm(await up(firmware("one", version)));
      const { errors } = await up(firmware("two", version));
      expect(errors).toEqual([]);
      expect(idOf("two")).toBe(id);
      expectCalm(await up(firmware("two", version)));
    });
  });
});
