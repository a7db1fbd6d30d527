import { upgradeCompletionKind } from "../../src/iotda/upgrade-completion/hooks";
import { upgradeTaskKind } from "../../src/iotda/upgrade-task/hooks";
import type { Properties } from "../../src/pulumi/kind";
import { standingOf } from "../../src/upgrade/gate";
import { projectsOf, told } from "./hook-context";
import { aTask, bodyOf, PACKAGE, ScriptedPlatform } from "./scripted-platform";

/* The platform neither stops nor retries an upgrade of a module; in all else it is one of firmware. */

const TASK = { packageId: "p-modem", targets: { devices: ["meter-1"] } };
const MODEM = {
  ...PACKAGE,
  package_id: "p-modem",
  package_type: "modulePackage",
  module_name: "modem",
  version: "7",
};

function world(platform = new ScriptedPlatform()) {
  platform.packages = [PACKAGE, MODEM];
  const project = platform.project();
  const projects = projectsOf(project);
  return {
    platform,
    run: <Result>(work: Promise<Result>) => platform.clock.run(work),
    tasks: upgradeTaskKind("module", projects),
    firmware: upgradeTaskKind("firmware", projects),
    completions: upgradeCompletionKind(projects),
    ...told("pilot", "ModuleUpgradeTask"),
  };
}

const stored = (state: object): Properties => JSON.parse(JSON.stringify(state)) as Properties;

async function aCreatedTask() {
  const made = world();
  const { run, tasks, context } = made;
  const { inputs, failures } = await run(tasks.check(TASK, undefined, context));
  expect(failures).toEqual([]);
  const { id, state } = await run(tasks.create(inputs as never, context));
  made.platform.sent.length = 0;
  return { ...made, id, inputs, state: stored(state) };
}

const changes = (platform: ScriptedPlatform): string[] =>
  platform.calls().filter((call) => !call.startsWith("GET"));

describe("A task for a module", () => {
  it("is sent as one, knows its package with its module, and is found again by its name", async () => {
    const { platform, run, tasks, context, inputs, id } = await aCreatedTask();
    expect(inputs).toMatchObject({
      onDelete: "delete",
      versionPackage: { packageType: "modulePackage", version: "7", moduleName: "modem" },
    });
    const [task] = platform.tasks;
    expect(task).toMatchObject({
      task_type: "moduleUpgrade",
      document: { package_ids: ["p-modem"] },
      targets: ["meter-1"],
    });
    expect(task).not.toHaveProperty("task_mode");
    const again = await run(tasks.create(inputs as never, context));
    expect([again.id, changes(platform)]).toEqual([id, []]);
  });

  it.each([
    [{ taskMode: "GATEWAY" }, "taskMode is for upgrades of firmware and software only"],
    [{ taskExtInfo: { a: 1 } }, "taskExtInfo is for upgrades of firmware and software only"],
    [
      { retryFailed: "2026-05-01T07:00:00Z" },
      "retryFailed is for upgrades of firmware and software only",
    ],
    [{ onDelete: "stop" }, 'onDelete is "stop", and the platform stops no upgrade of a module'],
    [{ packageId: "p-14" }, "packageId is a firmwarePackage, but this task pushes a modulePackage"],
  ])("refuses %j in the preview", async (change, sentence) => {
    const { run, tasks, context } = world();
    const { failures } = await run(tasks.check({ ...TASK, ...change }, undefined, context));
    const said = failures.map(({ path, reason }) => `${path} ${reason}`);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(sentence);
  });

  it("has an onDelete that is not that of firmware", async () => {
    const { run, firmware, context } = world();
    const news = { ...TASK, packageId: "p-14", onDelete: "delete" };
    const { failures } = await run(firmware.check(news, undefined, context));
    expect(failures).toEqual([
      { path: "onDelete", reason: 'is "delete"; it must be "stop" or "keep".' },
    ]);
  });

  it("is confirmed in place as any", async () => {
    const { platform, run, tasks, context } = world();
    const waiting = { ...TASK, needConfirm: true };
    const { id, state } = await run(tasks.create(waiting as never, context));
    platform.sent.length = 0;
    await run(tasks.update(id, stored(state), { ...waiting, confirmed: true }, context));
    expect(changes(platform)).toEqual([`POST /batchtasks/${id}/confirm`]);
  });
});

describe("A delete of a task for a module", () => {
  it("forgets one that runs, says so, and sends nothing", async () => {
    const { platform, id, state } = await aCreatedTask();
    const { run, tasks, context, warnings } = world(platform);
    await run(tasks.delete(id, state, context));
    expect(changes(platform)).toEqual([]);
    expect(warnings.join("\n")).toContain(
      `Upgrade task ${id} is not over (Processing: 0 of 1 done), and is forgotten here: the platform goes on with it, for it stops no upgrade of a module.`,
    );
  });

  it("takes the record of one that is over away, unless it is to be kept", async () => {
    const { platform, id, state } = await aCreatedTask();
    const { run, tasks, context, lines } = world(platform);
    platform.tasks = platform.tasks.map((task) => ({ ...task, status: "Success" }));
    await run(tasks.delete(id, { ...state, onDelete: "keep" }, context));
    expect(changes(platform)).toEqual([]);
    await run(tasks.delete(id, state, context));
    expect(changes(platform)).toEqual([`DELETE /batchtasks/${id}`]);
    expect(lines.join("\n")).toContain("was over already (Success");
  });

  it("does not come first where one that runs is replaced, and the preview says that it goes on", async () => {
    const { run, tasks, context, id, state, inputs, warnings } = await aCreatedTask();
    const news = { ...inputs, targets: { devices: ["meter-1", "meter-2"] } };
    expect(await run(tasks.diff(id, state, news, context))).toMatchObject({
      replaces: ["targets"],
      deleteBeforeReplace: false,
    });
    expect(warnings.join("\n")).toContain(
      `The platform goes on with the old task ${id}, which is not over: it cannot be stopped.`,
    );
  });
});

describe("A completion of a task for a module", () => {
  it("judges it as any, and its gate opens for this kind of package", async () => {
    const { platform, run, completions, context, id } = await aCreatedTask();
    platform.tasks = [
      aTask(id, {
        task_type: "moduleUpgrade",
        status: "Success",
        task_progress: { total: 1, success: 1 },
      }),
    ];
    const news = { taskId: id, version: "7", packageId: "p-modem", packageKind: "module" };
    const { inputs, failures } = await run(completions.check(news, undefined, context));
    expect(failures).toEqual([]);
    const { state } = await run(completions.create(inputs as never, context));
    expect(state).toMatchObject({ outcome: "succeeded", packageKind: "module" });
    const wanted = { version: "8", packageKind: "module" } as const;
    const isKnown = (): boolean => true;
    expect(standingOf(state as object, { ...wanted, version: "7" }, isKnown).kind).toBe("open");
    expect(standingOf(state as object, wanted, isKnown).kind).toBe("closed");
  });
});

it("A module's version is told apart from the software's in what a push reaches", async () => {
  const { platform, run, tasks, context, lines } = world();
  platform.script = ({ path }) =>
    path.includes("/devices/meter-1")
      ? {
          status: 200,
          headers: {},
          text: JSON.stringify({
            device_id: "meter-1",
            product_id: "NBM1",
            sw_version: "7",
            modules: [
              { module_name: "modem", module_version: "6" },
              { module_name: "display", module_version: "" },
            ],
          }),
        }
      : undefined;
  const { inputs } = await run(tasks.check(TASK, undefined, context));
  expect(inputs["reach"]).toMatchObject({ devices: 1, from: ["6"], onVersion: 0 });
  expect(lines.join("\n")).toContain("6 -> 7 on 1 device");
  expect(bodyOf(platform.sent.find(({ method }) => method === "POST"))).not.toHaveProperty(
    "targets",
  );
});
