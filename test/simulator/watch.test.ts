import { createHash } from "node:crypto";

import type { WatchedSpace } from "../../src/simulator";
import { bench, createTask, kind, world } from "./client";
import { createIotdaTask, iotdaBench } from "./iotda-client";

function spaceOf(spaces: readonly WatchedSpace[], appId: string): WatchedSpace {
  const found = spaces.find((space) => space.appId === appId);
  if (found === undefined) throw new Error(`There is no ${appId}.`);
  return found;
}

/** What is told of each device, by its id. */
function devicesOf({ sections = [], states, runs, versions }: WatchedSpace): object {
  const ids = sections.flatMap(({ devices }) => devices);
  return Object.fromEntries(
    ids.map((id, index) => [
      id,
      `${states[index] ?? ""} ${versions[runs[index] ?? -1]?.[0] ?? ""}`,
    ]),
  );
}

test("what goes on on each device is told in a letter, with the version it runs", async () => {
  const platform = await bench();
  const watch = (): WatchedSpace => spaceOf(platform.simulator.watch().spaces, "waterworks");
  await createTask(platform, ["meter-1", "bad", "sleeper"]);
  expect(devicesOf(watch())).toMatchObject({
    ...{ "meter-1": "w V1.3", "meter-2": "i V1.3", bad: "w V1.3", sleeper: "W V1.3" },
    ...{ current: "i V1.4", lost: "I V1.3" },
  });
  platform.simulator.clock.advance(2);
  expect(devicesOf(watch())).toMatchObject({ "meter-1": "u V1.3", bad: "u V1.3" });
  platform.simulator.clock.advance(10);
  expect(devicesOf(watch())).toMatchObject({ "meter-1": "i V1.4", bad: "f V1.3" });
  expect(watch().tasks).toMatchObject([
    {
      ...{ name: null, kind: "firmware", version: "V1.4", groups: [], status: "processing" },
      counts: { waiting: 0, upgrading: 1, succeeded: 1, failed: 1, stopped: 0 },
    },
  ]);
});

test("what is open comes before what has ended, and a later success before an earlier failure", async () => {
  const platform = await bench();
  const state = (id: string): unknown =>
    (
      devicesOf(spaceOf(platform.simulator.watch().spaces, "waterworks")) as Record<string, unknown>
    )[id];
  await createTask(platform, ["bad"]);
  platform.simulator.clock.advance(10);
  expect(state("bad")).toBe("f V1.3");
  platform.simulator.putDevice("bad", { outcome: "success" });
  await createTask(platform, ["bad"]);
  platform.simulator.clock.advance(2);
  await createTask(platform, ["bad"]);
  expect(state("bad")).toBe("u V1.3");
  platform.simulator.clock.advance(10);
  expect(state("bad")).toBe("i V1.4");
});

test("each device stands once, with those of the same groups, and empty groups stand at the end", async () => {
  const { simulator } = await bench();
  const { sections } = spaceOf(simulator.watch().spaces, "waterworks");
  expect(sections).toEqual([
    { groups: ["pilot"], devices: ["meter-1", "meter-2"] },
    { groups: ["fleet", "pilot"], devices: ["meter-3"] },
    { groups: [], devices: ["bad", "current", "sleeper", "lost"] },
    { groups: ["mixed"], devices: ["large", "small"] },
    { groups: ["nobody"], devices: [] },
  ]);
});

test("who has the layout is not told it again until devices or groups come or go", async () => {
  const { simulator, send } = await bench();
  const { layout } = simulator.watch();
  simulator.putDevice("meter-1", { firmwareVersion: "V1.4", online: false });
  const { body } = await send(`/_control/watch?layout=${layout}`);
  expect(body).toEqual(JSON.parse(JSON.stringify(simulator.watch({ layout }))));
  expect(JSON.stringify(body)).not.toContain("sections");
  simulator.northbound.joinGroup("meter-1", "fleet");
  const changed = simulator.watch({ layout });
  expect(changed.layout).not.toBe(layout);
  expect(spaceOf(changed.spaces, "waterworks").sections).toBeDefined();
});

test("the quota counts what the platform counts, and watching is no call", async () => {
  const platform = await bench();
  await platform.call("GET", "/category");
  await platform.send("/_control/watch");
  await platform.send("/");
  const watched = platform.simulator.watch();
  expect(watched.requests).toBe(platform.simulator.books().counts.requests);
  expect(spaceOf(watched.spaces, "waterworks").quota).toEqual({ used: 1, limit: 100 });
  platform.simulator.setBehaviour({ callsPerMinute: null });
  platform.simulator.clock.advance(60);
  const { quota } = spaceOf(platform.simulator.watch().spaces, "waterworks");
  expect(quota).toEqual({ used: 0, limit: null });
});

test("the faults that wait, and the replies that are held, are told", async () => {
  const platform = await bench();
  platform.simulator.addFault({ kind: "hold" });
  platform.simulator.addFault({ kind: "drop", times: 2 });
  const held = platform.call("GET", "/category");
  while (platform.simulator.watch().held === 0) await new Promise((done) => setTimeout(done, 5));
  expect(platform.simulator.watch().faults).toMatchObject([{ kind: "drop", remaining: 2 }]);
  platform.simulator.releaseHeld();
  await held;
});

test("spaces of IoTDA stand beside applications, with the names of tasks and groups", async () => {
  const platform = await iotdaBench();
  const [pilot = ""] = platform.simulator.books().iotda?.devices[0]?.groups ?? [];
  const name = "meters__1_u002e4__canary_0123456789_0123456789abcdef0123_abcdef";
  await createIotdaTask(platform, [], {
    task_name: name,
    targets: undefined,
    targets_filter: { group_ids: [pilot] },
  });
  platform.simulator.clock.advance(1);
  const space = spaceOf(platform.simulator.watch().spaces, "waterworks");
  const [task] = platform.simulator.books().iotda?.tasks ?? [];
  expect(space).toMatchObject({
    generation: "iotda",
    quota: { used: 1 },
    packages: [
      { kind: "firmware", version: "1.4", model: "water" },
      { kind: "software", version: "2.0", model: "water" },
    ],
    tasks: [{ name, groups: ["pilot"], status: task?.status }],
  });
  const { counts } = space.tasks[0] ?? {};
  expect(Object.values(counts ?? {}).reduce((sum, one) => sum + one, 0)).toBe(2);
});

test("40,000 devices are told in less than 150 kB, once their names are known", async () => {
  const devices = [{ prefix: "meter-", count: 40_000, ...kind, groups: ["fleet"] }];
  const applications = [
    { ...world.applications[0], appId: "waterworks", secret: "s3cret", devices },
  ];
  const { simulator, send } = await bench({}, { data: { applications } });
  const { text } = await send(`/_control/watch?layout=${simulator.watch().layout}`);
  expect(text.length).toBeLessThan(150_000);
});

test("the page runs only what it was written with, and takes nothing from elsewhere", async () => {
  const { send } = await bench();
  const { status, headers, text } = await send("/");
  expect([status, headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  const [, script = ""] = /<script>([^]*)<\/script>/.exec(text) ?? [];
  const hash = createHash("sha256").update(script).digest("base64");
  const policy = headers.get("content-security-policy");
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`script-src 'sha256-${hash}';`);
  expect(policy).not.toContain("unsafe");
  expect(text).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|https?:|src=|href=/);
});

test("the vendor's paths are what they were: only a GET or HEAD of / is the page", async () => {
  const { send } = await bench();
  expect((await send("/", { method: "HEAD" })).status).toBe(200);
  const elsewhere = await Promise.all([
    send("/", { method: "POST", body: "{}" }),
    send("//"),
    send("/index.html"),
    send("/watch.html"),
  ]);
  for (const { status, body } of elsewhere) {
    expect([status, body["error_code"]]).toEqual([404, "404"]);
  }
});
