import { OversizedReply } from "../../src/http/send";
import { upgradeCompletionKind } from "../../src/iotda/upgrade-completion/hooks";
import { upgradeTaskKind } from "../../src/iotda/upgrade-task/hooks";
import { versionPackageKind } from "../../src/iotda/version-package/hooks";
import { PartialFailure, type Properties } from "../../src/pulumi/kind";
import { UNKNOWN } from "../../src/pulumi/unknown";
import { aReply, errorOf } from "../http/requests";
import { projectsOf, told } from "./hook-context";
import { aTask, bodyOf, type Fields, PACKAGE, ScriptedPlatform } from "./scripted-platform";

/*
 * What the hooks of a resource do with what the platform answers, from one `up` to the next. A new
 * process is a new world around the same platform.
 */

const TASK = {
  packageId: "p-14",
  targets: { devices: ["meter-1"] },
  platformState: "asDeclared",
};
const OBS = { regionName: "r", bucketName: "bucket", objectKey: "k.bin" };
const PACKAGE_INPUTS = {
  appId: "app-1",
  packageType: "firmwarePackage",
  productId: "NBM1",
  version: "1.5",
  fileLocation: { obsLocation: OBS },
  platformState: "asDeclared",
} as const;

function world(platform = new ScriptedPlatform()) {
  const project = platform.project();
  const projects = projectsOf(project);
  const run = <Result>(work: Promise<Result>) => platform.clock.run(work);
  const sent = (end: string, method = "POST") =>
    platform.sent.filter((one) => one.method === method && one.path.endsWith(end));
  return {
    platform,
    project,
    run,
    sent,
    tasks: upgradeTaskKind("firmware", projects),
    packages: versionPackageKind(projects),
    completions: upgradeCompletionKind(projects),
    ...told(),
  };
}

/** The state as the engine gives it back: without what is undefined. */
const stored = (state: object) => JSON.parse(JSON.stringify(state)) as Properties;

async function aCreatedTask(inputs: object = TASK, answer: Fields = {}) {
  const made = world();
  const { platform, run, tasks, context } = made;
  const { id, state } = await run(tasks.create({ ...TASK, ...inputs }, context));
  platform.tasks = platform.tasks.map((task) => ({ ...task, ...answer }));
  return { ...made, id, state: stored(state) };
}

const failedTask = { status: "Fail", task_progress: { total: 1, fail: 1 } };
const RETRY = { ...TASK, retryFailed: "2026-05-01T07:00:00Z" };

describe("onDelete", () => {
  it("is the default again once it is taken away", async () => {
    const { id, state, run, tasks, context, platform } = await aCreatedTask({ onDelete: "keep" });
    expect(await run(tasks.diff(id, state, TASK, context))).toEqual({ kind: "changed" });
    const after = stored(await run(tasks.update(id, state, TASK, context)));
    expect(after["onDelete"]).toBeUndefined();
    platform.tasks = platform.tasks.map((task) => ({ ...task, status: "Success" }));
    await run(world(platform).tasks.delete(id, after, context));
    expect(platform.tasks).toEqual([]);
  });
});

describe("A change that makes a new task", () => {
  it.each([
    ["in hand", {}, "The old task t-1, which is not over, is stopped and deleted."],
    ["over", failedTask, "The record of the old task"],
    ["gone, as after a replacement that failed half-way", undefined, "keeps no record of the old"],
  ])("tells what happens to an old one that is %s", async (_, now, sentence) => {
    const { id, state, run, tasks, context, platform, warnings } = await aCreatedTask();
    platform.tasks = platform.tasks.flatMap((task) => (now ? [{ ...task, ...now }] : []));
    const news = { ...TASK, targets: { devices: ["meter-2"] } };
    expect(await run(tasks.diff(id, state, news, context))).toMatchObject({
      replaces: ["targets"],
    });
    expect(warnings.join("\n")).toContain(sentence);
  });

  it.each<[string, object, string[] | undefined, boolean]>([
    ["a device of it stays", { targets: { devices: ["meter-1", "meter-2"] } }, undefined, true],
    ["a group of it stays", { targets: { groupIds: ["a", "b"] } }, ["a"], true],
    ["a device of it may be in a group", { targets: { groupIds: ["b"] } }, undefined, true],
    ["all groups are others", { targets: { groupIds: ["b"] } }, ["a"], false],
    [
      "all groups are others, and the package is",
      { packageId: "p-15", targets: { groupIds: ["b"] } },
      ["a"],
      true,
    ],
    ["the package is another", { packageId: "p-15" }, undefined, true],
    ["all devices are others", { targets: { devices: ["meter-2"] } }, undefined, false],
  ])(
    "deletes an old one that runs first where both must not run at once: %s",
    async (_, change, groupIds, isFirst) => {
      const before = { ...TASK, ...(groupIds === undefined ? {} : { targets: { groupIds } }) };
      const { id, state, run, tasks, context } = await aCreatedTask(before);
      const news = { ...before, ...change };
      expect(await run(tasks.diff(id, state, news, context))).toMatchObject({
        kind: "changed",
        deleteBeforeReplace: isFirst,
      });
      for (const other of [{ onDelete: "keep" }, { status: "Success" }]) {
        expect(await run(tasks.diff(id, { ...state, ...other }, news, context))).toMatchObject({
          deleteBeforeReplace: false,
        });
      }
    },
  );
});

describe("What a preview says of a replacement", () => {
  const FATES: [string, Fields, string][] = [
    ["runs", {}, "The platform goes on with the old task t-1, which is not over (retainOnDelete)"],
    ["is over", failedTask, "The old task t-1 stays on the platform (retainOnDelete)."],
  ];
  it.each(FATES)(
    "is that an old task that %s stays where retainOnDelete keeps it",
    async (_, now, sentence) => {
      const { id, state, run, tasks, context, warnings } = await aCreatedTask({}, now);
      const news = { ...TASK, targets: { devices: ["meter-1", "meter-2"] } };
      const retained = { ...context, isRetained: true };
      expect(await run(tasks.diff(id, state, news, retained))).toMatchObject({
        deleteBeforeReplace: false,
      });
      expect(warnings.join("\n")).toContain(sentence);
    },
  );

  it("is that a package stays where retainOnDelete keeps it", async () => {
    const { packages, run, context, warnings } = world();
    const { id, state } = await run(packages.create(PACKAGE_INPUTS, context));
    const news = { ...PACKAGE_INPUTS, version: "1.6" };
    await run(packages.diff(id, stored(state), news, { ...context, isRetained: true }));
    expect(warnings.join("\n")).toContain(`makes a new package, and ${id} stays`);
  });

  it.each([
    [{}, { appId: "app-1" }, "keep appId left away"],
    [{ appId: "app-1" }, {}, "keep appId given"],
  ])(
    "is that a default resource space that is spelled out needs none: %j -> %j",
    async (before, now, sentence) => {
      const { id, state, run, tasks, context, warnings } = await aCreatedTask(before);
      await run(tasks.diff(id, state, { ...TASK, ...now }, context));
      expect(warnings.join("\n")).toContain(
        `If app-1 is the project's default resource space, the task is in it already: ${sentence}, and nothing is pushed.`,
      );
    },
  );
});

describe("A stop", () => {
  async function aStop(answer: (told: boolean) => ReturnType<ScriptedPlatform["script"]>) {
    const { id, state, platform } = await aCreatedTask();
    const { tasks, run, context, sent } = world(platform);
    let told = false;
    platform.script = ({ path }) => {
      if (!path.endsWith("/stop")) return undefined;
      told = true;
      return answer(told);
    };
    return { id, platform, sent, stops: () => run(tasks.delete(id, state, context)) };
  }

  it("whose reply is lost is over when the task has stopped all the same", async () => {
    const { platform, sent, stops } = await aStop(() => {
      platform.tasks = platform.tasks.map((task) => ({ ...task, status: "Stopped" }));
      return aReply(502, "bad gateway");
    });
    await stops();
    expect(sent("/stop")).toHaveLength(1);
    expect(platform.tasks).toEqual([]);
  });

  it("whose reply is lost is an error when the task goes on, and deletes nothing", async () => {
    const { platform, stops } = await aStop(() => aReply(502, "bad gateway"));
    expect((await errorOf(stops())).message).toContain("HTTP 502");
    expect(platform.tasks).toHaveLength(1);
  });

  it("is waited for as long although somebody sets the clock forward", async () => {
    const { platform, stops } = await aStop(() => aReply(200, {}));
    const begin = platform.clock.elapsed();
    void platform.clock.sleep(30_000).then(() => {
      platform.clock.set(3_600_000);
    });
    const error = errorOf(stops());
    expect((await error).message).toContain("after 10 minutes");
    expect(platform.clock.elapsed() - begin).toBeGreaterThanOrEqual(600_000);
  });

  it("that a device refuses says which, and why, when its time is up", async () => {
    const refusal = { error_code: "IOTDA.014999", error_msg: "It writes its flash." };
    const { stops } = await aStop(() =>
      aReply(200, { targets: [{ target: "meter-1", status: "failure", ...refusal }] }),
    );
    expect((await errorOf(stops())).message).toContain(
      "The platform did not stop meter-1: It writes its flash. (IOTDA.014999).",
    );
  });
});

describe("A package", () => {
  const state = { ...PACKAGE_INPUTS, packageId: "p-14", account: "project-1" };
  const at = (place: object) => ({ fileLocation: { obsLocation: { ...OBS, ...place } } });

  it.each([
    ["a description", { description: "" }],
    ["source versions", { supportSourceVersions: [] }],
    ["a method of signing", at({ signMethod: "SHA256" })],
  ])("is the same whether the default of %s is written out or not", async (_, written) => {
    const { packages, context, run, warnings, platform } = world();
    platform.packages = [{ ...PACKAGE, version: "1.5" }];
    const same = { kind: "same" };
    const news = { ...PACKAGE_INPUTS, ...written };
    expect(await run(packages.diff("p-14", state, news, context))).toEqual(same);
    expect(
      await run(packages.diff("p-14", { ...state, ...written }, PACKAGE_INPUTS, context)),
    ).toEqual(same);
    expect(warnings).toEqual([]);
  });

  it("with another file is another", async () => {
    const { packages, context, run } = world();
    const news = { ...PACKAGE_INPUTS, ...at({ sign: "a".repeat(64) }) };
    expect(await run(packages.diff("p-14", state, news, context))).toMatchObject({
      replaces: ["fileLocation"],
    });
  });
});

describe("A package that is to be deleted", () => {
  const state = { ...PACKAGE_INPUTS, packageId: "p-14", account: "project-1" };

  it("stays while a task needs it that this very `up` has made", async () => {
    const { packages, context, run, platform, tasks } = world();
    platform.packages = [PACKAGE];
    await run(tasks.create({ ...TASK, appId: "app-1" }, context));
    // The list lags.
    platform.script = ({ method, path }) =>
      method === "GET" && path.includes("/batchtasks?")
        ? aReply(200, { batchtasks: [], page: { count: 0 } })
        : undefined;
    const error = await errorOf(run(packages.delete("p-14", state, context)));
    expect(error.message).toContain("unfinished upgrade tasks still need it: t-1 (Processing)");
    expect(platform.packages).toEqual([PACKAGE]);
  });

  it("stays while another client's task needs it that was made some seconds ago", async () => {
    const { packages, context, run, platform, project } = world();
    await run(project.tasks({}).list({ taskType: "firmwareUpgrade" }));
    platform.tasks = [aTask("t-9", { document: { package_ids: ["p-13", "p-14"] } })];
    await platform.clock.advance(5_000);
    const error = await errorOf(run(packages.delete("p-14", state, context)));
    expect(error.message).toContain("t-9 (Processing)");
  });

  it("goes with a hundred others on a few listings", async () => {
    const { packages, context, run, platform } = world();
    platform.packages = Array.from({ length: 100 }, (_, index) => ({
      ...PACKAGE,
      package_id: `p-${String(index)}`,
    }));
    const deletions = platform.packages.map(({ package_id: id }) =>
      packages.delete(String(id), { ...state, packageId: String(id) }, context),
    );
    await run(Promise.all(deletions));
    expect(platform.packages).toEqual([]);
    expect(platform.calls().filter((call) => call.startsWith("GET"))).toHaveLength(1);
  });
});

describe("confirmed", () => {
  const CONFIRMED = { ...TASK, needConfirm: true, confirmed: true };

  it("waits until the task has looked up its devices", async () => {
    const { platform, run, tasks, context, sent } = world();
    let looks = 0;
    platform.script = ({ method, path }) => {
      if (method === "POST" && path.endsWith("/batchtasks")) {
        return aReply(201, aTask("t-1", { status: "Initializing", task_progress: { total: 0 } }));
      }
      if (path.includes("/batchtasks/t-1?")) {
        looks += 1;
        const status = looks < 3 ? "Initializing" : "Processing";
        return aReply(200, { batchtask: aTask("t-1", { status }) });
      }
      if (!path.endsWith("/confirm")) return undefined;
      return aReply(200, { targets: looks < 3 ? [] : [{ target: "meter-1", status: "success" }] });
    };
    const { state } = await run(tasks.create(CONFIRMED, context));
    expect(stored(state)["confirmed"]).toBe(true);
    // The last look is for the state, after the confirmation.
    expect(looks).toBe(4);
    expect(state.status).toBe("Processing");
    expect(sent("/confirm")).toHaveLength(1);
  });

  it("is said to have reached no device where the platform names none", async () => {
    const { id, state, run, tasks, context, platform, warnings, lines } = await aCreatedTask({
      needConfirm: true,
    });
    platform.script = ({ path }) => (path.endsWith("/confirm") ? aReply(200, {}) : undefined);
    await run(tasks.update(id, state, CONFIRMED, context));
    expect(warnings.join()).toContain("names no device that it confirmed");
    expect(lines.join()).not.toContain("are confirmed");
  });

  it("is not done while the platform refuses a device, which is named", async () => {
    const { id, state, run, tasks, context, platform } = await aCreatedTask({ needConfirm: true });
    platform.script = ({ path }) =>
      path.endsWith("/confirm")
        ? aReply(200, {
            targets: [
              { target: "meter-1", status: "success" },
              { target: "meter-2", status: "failure", error_code: "C", error_msg: "Is off." },
            ],
          })
        : undefined;
    const error = await errorOf(run(tasks.update(id, state, CONFIRMED, context)));
    expect(error.message).toBe(
      `confirmed of upgrade task ${id}: The platform did not confirm a device of upgrade task ${id}: meter-2: Is off. (C).`,
    );
    expect(error).toBeInstanceOf(PartialFailure);
    const left = stored((error as unknown as { state: object }).state);
    expect(left["unfulfilled"]).toEqual({ confirmed: true });
    expect(await run(tasks.diff(id, left, CONFIRMED, context))).toEqual({ kind: "unfinished" });
    platform.script = () => undefined;
    const done = stored(await run(tasks.update(id, left, CONFIRMED, context)));
    expect(done).not.toHaveProperty("unfulfilled");
    expect(await run(tasks.diff(id, done, CONFIRMED, context))).toEqual({ kind: "same" });
  });
});

describe("adopt", () => {
  it.each([
    ["packageId", { packageId: "p-15" }],
    ["rerunAfter", { rerunAfter: "2026-05-01T08:00:01Z" }],
  ])(
    "that names the task in the state stops a change of %s before anything is deleted",
    async (field, change) => {
      const { platform, run, tasks, context } = world();
      platform.tasks = [aTask("t-1", { document: { package_ids: ["p-14"] } })];
      const inputs = { ...TASK, adopt: "t-1" };
      const { state } = await run(tasks.create(inputs, context));
      const error = await errorOf(
        run(tasks.diff("t-1", stored(state), { ...inputs, ...change }, context)),
      );
      expect(error.message).toContain(
        `Upgrade task t-1 is what adopt names, and a change of ${field} makes another one: take adopt away.`,
      );
    },
  );

  it("that names a package in the state stops a change of it, too", async () => {
    const { packages, run, context } = world();
    const state = { ...PACKAGE_INPUTS, packageId: "p-14", account: "project-1" };
    const news = { ...PACKAGE_INPUTS, version: "1.6", adopt: "p-14" };
    const error = await errorOf(run(packages.diff("p-14", state, news, context)));
    expect(error.message).toContain("take adopt away");
  });

  it("takes no task that is older than rerunAfter", async () => {
    const { platform, run, tasks, context } = world();
    platform.tasks = [aTask("t-1", { document: { package_ids: ["p-14"] } })];
    const inputs = { ...TASK, adopt: "t-1", rerunAfter: "2026-05-01T08:00:01Z" };
    const error = await errorOf(run(tasks.create(inputs, context)));
    expect(error.message).toContain("it was made at 2026-05-01T08:00:00Z, before rerunAfter");
  });

  it("takes what the platform does not tell, or tells as empty, for no difference", async () => {
    const { platform, run, tasks, context } = world();
    const { targets: _, ...untold } = aTask("t-1", { task_mode: "", task_ext_info: {} });
    platform.tasks = [untold];
    const { id } = await run(tasks.create({ ...TASK, adopt: "t-1" }, context));
    expect(id).toBe("t-1");
  });
});

describe("An object that two resources of the program hold", () => {
  const urnOf = (name: string) => told(name).context;

  it("stays when one of them goes, though it was taken over by an `up` of long ago", async () => {
    const before = await aCreatedTask();
    const { platform, run, tasks, packages } = world(before.platform);
    const [gone, stays] = [urnOf("old-name"), urnOf("new-name")];
    // A diff follows a check: the program has the resource.
    await run(tasks.check(TASK, TASK, stays));
    expect(await run(tasks.diff(before.id, before.state, TASK, stays))).toEqual({ kind: "same" });
    await run(tasks.delete(before.id, before.state, gone));
    expect(platform.tasks).toHaveLength(1);

    const state = { ...PACKAGE_INPUTS, version: "1.4", packageId: "p-14", account: "project-1" };
    const news = { ...PACKAGE_INPUTS, version: "1.4" };
    expect(await run(packages.diff("p-14", state, news, stays))).toEqual({ kind: "same" });
    await run(packages.delete("p-14", state, gone));
    expect(platform.packages).toEqual([PACKAGE]);
  });

  it("goes with a resource that is replaced itself", async () => {
    const before = await aCreatedTask(TASK, { status: "Success" });
    const { platform, run, tasks } = world(before.platform);
    const own = urnOf("pilot");
    await run(tasks.diff(before.id, before.state, { ...TASK, packageId: "p-15" }, own));
    await run(tasks.delete(before.id, before.state, own));
    expect(platform.tasks).toEqual([]);
  });
});

describe("A preview of what is new", () => {
  it("says what adopt names that is not there, or is another one", async () => {
    const { run, tasks, packages, context, platform } = world();
    platform.tasks = [aTask("t-1", { document: { package_ids: ["p-13"] } })];
    const reasons = async (check: Promise<{ failures: readonly { reason: string }[] }>) =>
      (await run(check)).failures.map(({ reason }) => reason).join();
    expect(await reasons(tasks.check({ ...TASK, adopt: "t-9" }, undefined, context))).toContain(
      "adopt names task t-9, which project project-1 does not have (404).",
    );
    expect(await reasons(tasks.check({ ...TASK, adopt: "t-1" }, undefined, context))).toContain(
      'which is not what is declared: its packageId is "p-13".',
    );
    const wrong = { ...PACKAGE_INPUTS, adopt: "p-14" };
    expect(await reasons(packages.check(wrong, undefined, context))).toContain(
      'version is "1.4" there and "1.5" here',
    );
  });

  it("says when the platform could not be asked", async () => {
    const { run, packages, context, platform, warnings } = world();
    platform.script = () => aReply(401, { error_code: "IOTDA.000002", error_msg: "No." });
    const { failures } = await run(packages.check(PACKAGE_INPUTS, undefined, context));
    expect(failures).toEqual([]);
    expect(warnings.join()).toContain("could not be compared with the platform");
  });
});

describe("A task that was deleted in the same `up`", () => {
  it("is not taken over from a list that still shows it", async () => {
    const before = await aCreatedTask(TASK, { status: "Success" });
    const { platform, project, run, tasks, context, sent } = world(before.platform);
    await run(project.tasks({}).list({ taskType: "firmwareUpgrade" }, {}));
    await run(tasks.delete(before.id, before.state, context));
    expect(platform.tasks).toEqual([]);
    await run(tasks.create(TASK, context));
    expect(sent("/batchtasks")).toHaveLength(2);
    expect(platform.tasks).toHaveLength(1);
  });
});

describe("A scheduled task that is to run again", () => {
  it("is refused in the preview when its time has passed", async () => {
    const taskPolicy = { scheduleTime: "2026-05-01T07:30:00Z" };
    const { run, tasks, context } = world();
    const old = { ...TASK, taskPolicy };
    const made = { createTime: "2026-05-01T07:20:00Z", account: "project-1" };
    const state = { ...old, ...made, status: "Success" };
    const again = { ...old, rerunAfter: "2026-05-01T07:45:00Z" };
    const error = await errorOf(run(tasks.diff("t-1", state, again, context)));
    expect(error.message).toBe(
      "taskPolicy.scheduleTime is 2026-05-01T07:30:00Z, which has passed; set it to an instant in the future, or take it away to begin at once.",
    );
    // Only the state tells whether the task is older than rerunAfter: a check must not judge it.
    const settled = { ...old, rerunAfter: "2026-05-01T07:10:00Z" };
    expect(await run(tasks.diff("t-1", state, settled, context))).toEqual({ kind: "same" });
    for (const news of [old, settled]) {
      expect((await run(tasks.check(news, old, context))).failures).toEqual([]);
    }
  });
});

describe("retryFailed", () => {
  const some = (count: number, word: string) =>
    Array.from({ length: count }, (_, index) => `${word}-${String(index)}`);
  const targetsIn = (requests: readonly { body?: string }[]) =>
    requests.map((request) => (bodyOf(request as never)["targets"] as string[]).length);

  it("names all that failed, a hundred in a call", async () => {
    const { id, state, run, tasks, context, platform, sent, lines } = await aCreatedTask(
      TASK,
      failedTask,
    );
    platform.details = { Fail: some(230, "failed"), FailWaitRetry: some(20, "waiting") };
    const after = await run(tasks.update(id, state, RETRY, context));
    expect(targetsIn(sent("/retry"))).toEqual([100, 100, 50]);
    expect(lines).toEqual([`Upgrade task ${id}: 250 failed devices are tried again.`]);
    expect(stored(after)["retryFailed"]).toBe(RETRY.retryFailed);
  });

  it("reads a list that is whole once, though no device waits for another try", async () => {
    const { id, state, run, tasks, context, platform } = await aCreatedTask(TASK, failedTask);
    platform.details = { Fail: ["meter-1"] };
    await run(tasks.update(id, state, RETRY, context));
    const pages = platform.calls().filter((call) => /task_detail_status=.*limit=50/.test(call));
    expect(pages).toHaveLength(2);
  });

  it("names them all, too, where pages do not tell where the next one begins", async () => {
    const { id, state, run, tasks, context, platform, sent } = await aCreatedTask(TASK, failedTask);
    platform.tellsMarkers = false;
    const left = new Set(some(620, "failed"));
    platform.details = { Fail: [...left] };
    platform.script = (request) => {
      if (!request.path.endsWith("/retry")) return undefined;
      for (const device of bodyOf(request)["targets"] as string[]) left.delete(device);
      platform.details = { Fail: [...left] };
      return undefined;
    };
    await run(tasks.update(id, state, RETRY, context));
    expect(left.size).toBe(0);
    expect(Math.max(...targetsIn(sent("/retry")))).toBe(100);
  });

  it("waits for its turn between two calls, because a task that waits takes none", async () => {
    const { id, state, run, tasks, context, platform, sent } = await aCreatedTask(TASK, failedTask);
    platform.details = { Fail: some(150, "failed") };
    const begunAt = platform.clock.now() + 30_000;
    platform.script = ({ path }) => {
      if (path.endsWith("/retry")) {
        const mayNot = sent("/retry").length > 1 && platform.clock.now() < begunAt;
        return mayNot ? aReply(400, { error_code: "X", error_msg: "It waits." }) : undefined;
      }
      const isWaiting = sent("/retry").length > 0 && platform.clock.now() < begunAt;
      return isWaiting && path.endsWith(`/${id}?limit=1`)
        ? aReply(200, { batchtask: aTask(id, { status: "Waitting" }) })
        : undefined;
    };
    await run(tasks.update(id, state, RETRY, context));
    expect(targetsIn(sent("/retry"))).toEqual([100, 50]);
  });

  it("tells which devices the platform does not retry, and fails when it retries none", async () => {
    const { id, state, run, tasks, context, platform, warnings } = await aCreatedTask(
      TASK,
      failedTask,
    );
    platform.details = { Fail: ["a", "b"] };
    const refuse = (devices: readonly string[]) => {
      platform.script = ({ path }) =>
        path.endsWith("/retry")
          ? aReply(200, {
              targets: ["a", "b"].map((target) => ({
                target,
                status: devices.includes(target) ? "failure" : "success",
                error_code: "IOTDA.000006",
                error_msg: "Not failed.",
              })),
            })
          : undefined;
    };
    refuse(["a", "b"]);
    const error = await errorOf(run(tasks.update(id, state, RETRY, context)));
    expect(error.message).toContain(
      `The platform did not retry 2 devices of upgrade task ${id}: a: Not failed. (IOTDA.000006); b: Not failed. (IOTDA.000006).`,
    );
    refuse(["b"]);
    await run(tasks.update(id, state, RETRY, context));
    expect(warnings).toContain(
      "The platform does not retry 1 of 2 failed devices: b: Not failed. (IOTDA.000006).",
    );
  });

  it("sends nothing where nothing failed", async () => {
    const { id, state, run, tasks, context, sent } = await aCreatedTask(TASK, failedTask);
    await run(tasks.update(id, state, RETRY, context));
    expect(sent("/retry")).toEqual([]);
  });

  it("is done once, though the look for the state that follows it fails", async () => {
    const { id, state, run, tasks, context, platform, sent } = await aCreatedTask(TASK, failedTask);
    platform.details = { Fail: ["meter-1"] };
    platform.script = ({ method, path }) =>
      method === "GET" && path.endsWith(`/${id}?limit=1`) && sent("/retry").length > 0
        ? aReply(403, { error_code: "IOTDA.000021", error_msg: "No." })
        : undefined;
    const left = stored(await run(tasks.update(id, state, RETRY, context)));
    expect(left).toMatchObject({ retryFailed: RETRY.retryFailed, status: "Fail" });
    expect(left).not.toHaveProperty("unfulfilled");
    platform.script = () => undefined;
    await run(tasks.update(id, left, RETRY, context));
    expect(sent("/retry")).toHaveLength(1);
  });
});

describe("retryFailed whose reply is lost", () => {
  async function aLostRetry(tookEffect: boolean) {
    const made = await aCreatedTask(TASK, failedTask);
    const { platform } = made;
    platform.details = { Fail: ["meter-1"] };
    platform.loses = ({ path }) => {
      const isRetry = path.endsWith("/retry");
      if (isRetry && tookEffect) platform.details = {};
      return isRetry;
    };
    return made;
  }

  it("is done where the device has failed no more, and is not sent again by the next `up`", async () => {
    const { id, state, run, tasks, context, sent } = await aLostRetry(true);
    const after = stored(await run(tasks.update(id, state, RETRY, context)));
    expect(after).toMatchObject({ retryFailed: RETRY.retryFailed });
    await run(tasks.update(id, after, RETRY, context));
    expect(sent("/retry")).toHaveLength(1);
  });

  it("is red where the device has still failed, and is not sent again either", async () => {
    const { id, state, run, tasks, context, platform, sent } = await aLostRetry(false);
    const error = await run(errorOf(tasks.update(id, state, RETRY, context)));
    expect(error.message).toContain("nothing was sent again. Set retryFailed to a new instant");
    platform.loses = () => false;
    const { state: left } = stored(error) as { state: Properties };
    await run(tasks.update(id, left, RETRY, context));
    expect(sent("/retry")).toHaveLength(1);
  });
});

describe("A state that this release cannot read whole", () => {
  it("is compared with nothing, so that no task and no package is made anew", async () => {
    const { id, state, run, tasks, packages, context } = await aCreatedTask();
    const policy = { taskPolicy: { scheduleTime: "2026-05-01T09:00:00Z", jitter: 5 } };
    const news = { ...TASK, taskPolicy: { retryCount: 2, retryInterval: 5 } };
    expect(await run(tasks.diff(id, { ...state, ...policy }, news, context))).toEqual({
      kind: "same",
    });
    const made = await run(packages.create(PACKAGE_INPUTS, context));
    const location = { fileLocation: { obsLocation: { ...OBS, versionId: "3" } } };
    const old = { ...stored(made.state), ...location };
    const changed = { ...PACKAGE_INPUTS, version: "1.6" };
    expect(await run(packages.diff(made.id, old, changed, context))).toEqual({ kind: "same" });
  });
});

describe("A list whose page is larger than can be read", () => {
  it("is read in smaller pages, from then on", async () => {
    const { platform, project, run } = world();
    platform.tasks = Array.from({ length: 60 }, (_, index) => aTask(`t-${String(index)}`));
    platform.script = ({ path }) => {
      const limit = Number(new URL(path, "https://iotda.example").searchParams.get("limit"));
      return limit > 10 ? new OversizedReply() : undefined;
    };
    const list = () => run(project.tasks({}).list({ taskType: "firmwareUpgrade" }));
    expect(await list()).toHaveLength(60);
    expect(platform.sent).toHaveLength(1 + 6);
    expect(await list()).toHaveLength(60);
    expect(platform.sent).toHaveLength(1 + 6 + 6);
  });
});

describe("A package whose create tells no more than its id", () => {
  it("is known for what it is by the next one that is the same", async () => {
    const { platform, packages, run, context, sent } = world();
    platform.script = ({ method, path }) =>
      method === "POST" && path.endsWith("/packages")
        ? aReply(201, { package_id: "p-new" })
        : undefined;
    const first = await run(packages.create(PACKAGE_INPUTS, context));
    const second = await run(packages.create(PACKAGE_INPUTS, context));
    expect([first.id, second.id]).toEqual(["p-new", "p-new"]);
    expect(sent("/packages")).toHaveLength(1);
  });
});

describe("A wait whose time is up", () => {
  it.each([
    ["goes on with it", {}],
    ["wait for a confirmation: set confirmed", { need_confirm: true }],
  ])("says that the platform, or the devices, %s", async (sentence, answer) => {
    const waiting = { status: "Processing", task_progress: { total: 2, waitting: 2 } };
    const { id, platform } = await aCreatedTask({}, { ...waiting, ...answer });
    const { completions, run, context } = world(platform);
    const error = await run(
      errorOf(completions.create({ taskId: id, timeoutSeconds: 10 }, context)),
    );
    expect(error).toBeInstanceOf(PartialFailure);
    expect(error.message).toContain(sentence);
  });
});

describe("A wait that is red", () => {
  it("says in the preview why, and what can be done", async () => {
    const { completions, run, context, warnings } = world();
    const inputs = { taskId: "t-1" };
    const state = { ...inputs, status: "Fail", outcome: "failed", account: "project-1" };
    expect(await run(completions.diff("t-1", state, inputs, context))).toEqual({
      kind: "unfinished",
    });
    expect(warnings).toEqual([
      "Upgrade task t-1 ended badly when it was last looked at (Fail: no figures). `pulumi up` stays red here until the task or a threshold changes: retryFailed of the task tries the failed devices again, rerunAfter pushes to all.",
    ]);
  });
});

describe("A wait whose outcome was known", () => {
  const inputs = { taskId: "t-1", timeoutSeconds: 60 };
  const counts = { total: 2, wait: 0, processing: 0, success: 1, fail: 1, stop: 0, timeout: 0 };
  const state = {
    ...inputs,
    maxFailedDevices: 1,
    status: "PartialSuccess",
    deviceCounts: counts,
    outcome: "succeeded",
    account: "project-1",
  };

  it("stays good when the record is purged and only its patience changes", async () => {
    const { completions, run, context } = world();
    const news = { ...inputs, timeoutSeconds: 90, maxFailedDevices: 1 };
    const after = await run(completions.update("t-1", state, news, context));
    expect(after).toMatchObject({ outcome: "succeeded", timeoutSeconds: 90, deviceCounts: counts });
  });

  it("is held against thresholds that are stricter now", async () => {
    const { completions, run, context } = world();
    const failure = await errorOf(run(completions.update("t-1", state, inputs, context)));
    expect(failure).toMatchObject({ state: { outcome: "failed" } });
  });

  it.each([
    ["its patience", { timeoutSeconds: 90 }],
    ["its thresholds, to be less strict", { maxFailedDevices: 1 }],
    ["what it waits for", { waitFor: "over" as const }],
  ])(
    "stays good without figures when the record is purged and only %s changes",
    async (_, news) => {
      const { completions, run, context } = world();
      const { maxFailedDevices: _most, deviceCounts: _none, ...unfigured } = state;
      const settled = { ...unfigured, status: "Success" };
      const after = await run(completions.update("t-1", settled, { ...inputs, ...news }, context));
      expect(after).toMatchObject({ outcome: "succeeded", status: "Success", ...news });
    },
  );

  it("is not known any more without figures where anything was good enough", async () => {
    const { completions, run, context } = world();
    const before = { ...inputs, minSuccessPercent: 0, status: "Fail", outcome: "succeeded" };
    const settled = { ...before, account: "project-1" };
    const work = completions.update("t-1", settled, inputs, context);
    expect((await errorOf(run(work))).message).toContain("its outcome cannot be known");
    const { minSuccessPercent } = before;
    const same = { ...inputs, minSuccessPercent, timeoutSeconds: 5 };
    const after = await run(completions.update("t-1", settled, same, context));
    expect(after).toMatchObject({ outcome: "succeeded" });
  });

  it("keeps no threshold that was taken away", async () => {
    const { completions, run, context } = world();
    const failure = await errorOf(run(completions.update("t-1", state, inputs, context)));
    if (!(failure instanceof PartialFailure)) throw failure;
    const kept = stored(failure.state);
    expect(kept).not.toHaveProperty("maxFailedDevices");
    const read = await run(completions.read("t-1", kept, context));
    expect(stored({ ...read?.state })).toEqual(kept);
  });
});

describe("A refresh of a wait", () => {
  it("tells what it sees in the outputs, and leaves the inputs to the engine", async () => {
    const { completions, run, context, id } = await aCreatedTask({}, failedTask);
    const state = { taskId: id, minSuccessPercent: 40, outcome: "open", account: "project-1" };
    const read = await run(completions.read(id, state, context));
    expect(read).not.toHaveProperty("inputs.taskId");
    expect(read?.state).toMatchObject({ outcome: "failed", minSuccessPercent: 40, status: "Fail" });
  });

  it("that asks for nothing but an id gives the inputs, too", async () => {
    const { completions, run, context, id } = await aCreatedTask({}, failedTask);
    const read = await run(completions.read(id, undefined, context));
    expect(stored({ ...read?.inputs })).toEqual({ taskId: id });
  });
});

describe("A change of a wait", () => {
  const inputs = { taskId: "t-1", minSuccessPercent: 80 };
  const counts = { total: 10, wait: 0, processing: 0, success: 9, fail: 1, stop: 0, timeout: 0 };
  const state = {
    ...inputs,
    status: "PartialSuccess",
    deviceCounts: counts,
    outcome: "succeeded",
    account: "project-1",
  };
  const diff = async (before: Properties, change: object) => {
    const { completions, run, context, warnings } = world();
    const news = { ...inputs, ...change };
    return [
      await run(completions.diff(String(before["taskId"]), before, news, context)),
      ...warnings,
    ];
  };

  it.each([
    ["a default that is spelled out", { timeoutSeconds: 1800, waitFor: "decided" }, "same"],
    ["its patience", { timeoutSeconds: 60 }, "changed"],
    ["a threshold that it meets", { minSuccessPercent: 90 }, "changed"],
    ["a threshold that is not known yet", { minSuccessPercent: UNKNOWN }, "changed"],
    ["what it waits for", { waitFor: "over" }, "changed"],
    ["what is told of its task", { version: "V1.5" }, "changed"],
    ["what will be told of its task", { version: UNKNOWN, packageId: UNKNOWN }, "same"],
    ["a threshold that it misses", { minSuccessPercent: 95 }, "unfinished"],
  ])("that is good: %s", async (_what, change, kind) => {
    expect((await diff(state, change))[0]).toEqual({ kind });
  });

  it("that is red is held against what it was judged by, and says from what to what", async () => {
    const red = { ...state, minSuccessPercent: 95, outcome: "failed" };
    expect(await diff(red, {})).toEqual([
      { kind: "unfinished" },
      "Upgrade task t-1 ended badly when it was last looked at (PartialSuccess: 10 of 10 done, 1 failed). `pulumi up` judges it again, with minSuccessPercent 95 -> 80.",
    ]);
  });

  it("that is open goes on with what is declared now", async () => {
    const open = { ...state, outcome: "open", maxFailedDevices: 2 };
    expect(await diff(open, { version: "V1.5" })).toEqual([
      { kind: "unfinished" },
      "Upgrade task t-1 was not over when it was last looked at (10 of 10 done, 1 failed). `pulumi up` goes on waiting for it, with maxFailedDevices 2 -> not given, version not given -> V1.5.",
    ]);
  });
});
