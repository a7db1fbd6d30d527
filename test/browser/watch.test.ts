import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { startSimulator, type Simulator, type SimulatorData } from "../../src/simulator";
import { Page } from "./page";

const ROOT = resolve(__dirname, "../..");
/** Made anew with RECORD_SCREENSHOT=1. */
const COMMITTED = join(ROOT, "docs/images/watch.png");
const HOSTILE = "<img src=x onerror=alert(1)>";
const KIND = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };
const PROJECT = "0123456789abcdef0123456789abcdef";
const PACKAGE = "60000000aaaaaaaaaa000001";
const FILE = { region: "ap-southeast-1", bucket: "firmware", key: "1.4.bin" };

const world: SimulatorData = {
  applications: [
    {
      appId: "waterworks",
      secret: "waterworks-secret",
      packages: [{ fileId: "firmware-1.4", version: "V1.4", fileType: "firmwarePackage", ...KIND }],
      deviceDefaults: { ...KIND, firmwareVersion: "V1.3" },
      devices: [
        { prefix: "meter-", count: 40, digits: 4, groups: ["pilot"] },
        { prefix: "meter-", first: 41, count: 1790, digits: 4, groups: ["fleet"] },
        {
          prefix: "meter-",
          first: 1831,
          count: 120,
          digits: 4,
          groups: ["fleet"],
          outcome: "fail",
        },
        { prefix: "meter-", first: 1951, count: 49, digits: 4, groups: ["fleet"], online: false },
        { deviceId: HOSTILE, groups: ["fleet"] },
      ],
    },
  ],
  iotda: {
    accessKeys: [],
    users: [{ name: "pipeline", password: "pipeline-password", domain: "gasworks" }],
    objects: [FILE],
    projects: [
      {
        projectId: PROJECT,
        region: "ap-southeast-1",
        spaces: [
          {
            appId: "gasworks",
            products: [{ productId: "gas", name: "Gas meter" }],
            groups: [HOSTILE],
            deviceDefaults: { productId: "gas", firmwareVersion: "1.3" },
            devices: [{ prefix: "gas_", count: 60, groups: ["yard"] }],
            packages: [
              {
                ...{ packageId: PACKAGE, packageType: "firmwarePackage", productId: "gas" },
                ...{ version: "1.4", ...FILE },
              },
            ],
          },
        ],
      },
    ],
  },
};

let simulator: Simulator;
let page: Page;

beforeAll(async () => {
  simulator = await startSimulator({
    data: world,
    clock: { start: "2026-05-01T08:00:00Z", speed: 0 },
    behaviour: { waitSeconds: 5, upgradeSeconds: 30 },
  });
  page = await Page.open(simulator.url, { width: 1280, height: 800 });
  await shown();
});
afterAll(async () => {
  await page.close();
  await simulator.close();
});
beforeEach(async () => {
  simulator.reset();
  await shown();
});

/** Until the page has what the simulator says now: its clock stands, so that time tells the look. */
async function shown(): Promise<void> {
  simulator.clock.advance(1);
  const { time, requests, faults } = simulator.watch();
  await page.until(
    `document.getElementById("time")?.dateTime === ${JSON.stringify(time)} &&
      document.getElementById("calls").textContent.startsWith("${String(requests)} call") &&
      document.querySelectorAll("#faults li").length === ${String(faults.length)}`,
  );
}

async function later(seconds: number): Promise<void> {
  simulator.clock.advance(seconds);
  await shown();
}

async function post(path: string, body: unknown, headers: object = {}): Promise<Response> {
  const reply = await fetch(simulator.url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  expect(reply.ok).toBe(true);
  return reply;
}

async function upgrade(targets: object): Promise<void> {
  const login = await fetch(`${simulator.url}/iocm/app/sec/v1.1.0/login`, {
    method: "POST",
    body: new URLSearchParams({ appId: "waterworks", secret: "waterworks-secret" }),
  });
  const { accessToken } = (await login.json()) as { accessToken: string };
  const headers = { app_key: "waterworks", Authorization: `Bearer ${accessToken}` };
  const body = { fileId: "firmware-1.4", targets };
  await post("/iodm/northbound/v1.5.0/operations/firmwareUpgrade", body, headers);
}

async function upgradeGas(taskName: string, targets: readonly string[]): Promise<void> {
  const user = { name: "pipeline", password: "pipeline-password", domain: { name: "gasworks" } };
  const identity = { methods: ["password"], password: { user } };
  const login = await post("/v3/auth/tokens", {
    auth: { identity, scope: { project: { id: PROJECT } } },
  });
  const headers = { "X-Auth-Token": login.headers.get("x-subject-token") ?? "" };
  const task = { app_id: "gasworks", task_name: taskName, task_type: "firmwareUpgrade", targets };
  const body = { ...task, document: { package_ids: [PACKAGE] } };
  await post(`/v5/iot/${PROJECT}/batchtasks`, body, headers);
}

const meter = (number: number): string => `meter-${String(number).padStart(4, "0")}`;

/** The colours of devices, a little inside the corner of their squares, by their place in a group. */
function coloursIn(group: string, places: readonly number[]): Promise<readonly string[]> {
  return page.evaluate(`{
    const canvas = [...document.querySelectorAll(".sections section")]
      .find((section) => section.querySelector("b").textContent === ${JSON.stringify(group)})
      .querySelector("canvas");
    const { columns, cell } = canvas.dataset;
    ${JSON.stringify(places)}.map((place) => {
      const [x, y] = [place % columns, Math.floor(place / columns)].map((at) => at * cell + 2);
      return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data].slice(0, 3).join();
    });
  }`);
}

function countsOfLegend(space = 0): Promise<Readonly<Record<string, number>>> {
  return page.evaluate(`Object.fromEntries(
    [...document.querySelectorAll(".space")[${String(space)}].querySelectorAll(".legend li")]
      .map(({ dataset }) => [dataset.label, Number(dataset.count)])
  )`);
}

function textOf(selector: string): Promise<string> {
  return page.evaluate(`document.querySelector(${JSON.stringify(selector)}).innerText`);
}

test("a square changes its colour when its upgrade begins, and again when it is over", async () => {
  const places = [0, 1, 39];
  const [old = ""] = await coloursIn("pilot", [0]);
  expect(await coloursIn("pilot", places)).toEqual([old, old, old]);

  await upgrade({ devices: [meter(1), meter(40)] });
  await later(10);
  const [moving = "", other] = await coloursIn("pilot", places);
  expect(moving).not.toBe(old);
  expect(await coloursIn("pilot", places)).toEqual([moving, old, moving]);
  expect(other).toBe(old);

  await later(60);
  const [fresh = ""] = await coloursIn("pilot", [0]);
  expect([old, moving]).not.toContain(fresh);
  expect(await coloursIn("pilot", places)).toEqual([fresh, old, fresh]);
});

test("one that failed looks like no other, and the counts are those of the books", async () => {
  await upgrade({ devices: [meter(1), meter(1831), meter(1951)] });
  await later(120);
  const [succeeded, untouched] = await coloursIn("pilot", [0, 1]);
  const [failed = ""] = await coloursIn("fleet", [1790]);
  expect([succeeded, untouched]).not.toContain(failed);

  const { devices, tasks } = simulator.books();
  const runs = (version: string): number =>
    devices.filter(({ firmwareVersion }) => firmwareVersion === version).length;
  expect(await countsOfLegend()).toEqual({
    "V1.3": runs("V1.3"),
    "V1.4": runs("V1.4"),
    waiting: 0,
    upgrading: 1,
    failed: 1,
    offline: devices.filter(({ online }) => !online).length,
  });
  expect(devices).toHaveLength(2000);
  expect(tasks[0]?.staResult).toMatchObject({ total: 3, success: 1, processing: 1, fail: 1 });
  const task = await textOf(`[data-id="${tasks[0]?.operationId ?? ""}"]`);
  expect(task).toContain("1 of 3 succeeded · 1 failed · 1 upgrading");
});

test("both generations stand on it, and a task's name tells its wave", async () => {
  await upgradeGas("meters__1_u002e4__canary_0123456789_0123456789abcdef0123_abcdef", ["gas_01"]);
  await later(10);
  expect(await countsOfLegend(1)).toMatchObject({ "1.3": 60, upgrading: 1 });
  expect(await countsOfLegend(0)).toMatchObject({ "V1.3": 2000, upgrading: 0 });
  expect(await textOf(".space:nth-child(2) .tasks")).toMatch(/^meters: canary\s+1\.4\s+Processing/);
  const [task] = simulator.books().iotda?.tasks ?? [];
  expect(task?.task_progress).toMatchObject({ total: 1, processing: 1 });
});

test("the quota, the faults that wait and the clock are there", async () => {
  simulator.addFault({ kind: "throttle", method: "POST", path: "**/batchtasks", times: 2 });
  await upgrade({ devices: [meter(1)] });
  await shown();
  expect(await textOf("#faults")).toBe("throttle waits for POST **/batchtasks, 2 times");
  expect(await textOf(".space header")).toMatch(/calls in a minute\s+1 of 100/);
  expect(await textOf("#time")).toMatch(/^2026-05-01 08:00:0\d UTC$/);
  await later(61);
  expect(await textOf(".space header")).toMatch(/calls in a minute\s+0 of 100/);
});

test("a hostile name stays a text, and nothing runs that the page was not written with", async () => {
  await upgradeGas("x_img_src", ["gas_01"]);
  await shown();
  expect(await textOf("#spaces")).toContain(HOSTILE);
  const point = `{
    const canvas = document.querySelectorAll(".sections canvas")[1];
    const box = canvas.getBoundingClientRect();
    const { columns, cell } = canvas.dataset;
    const place = 1959;
    canvas.dispatchEvent(new PointerEvent("pointermove", {
      clientX: box.left + (place % columns) * cell + 2,
      clientY: box.top + Math.floor(place / columns) * cell + 2,
    }));
  }`;
  await page.evaluate(point);
  expect(await textOf("#tip")).toBe(`${HOSTILE} · V1.3`);
  expect(await page.evaluate(`document.querySelectorAll("img").length`)).toBe(0);
  expect(page.complaints).toEqual([]);

  const injected = `{
    window.isIn = false;
    const script = document.createElement("script");
    script.textContent = "window.isIn = true";
    document.body.append(script);
    window.isIn;
  }`;
  expect(await page.evaluate(injected)).toBe(false);
  expect(page.complaints.splice(0).join()).toContain("Content Security Policy");
});

test("devices that come or leave a group are drawn anew", async () => {
  simulator.northbound.deleteDevice(meter(40));
  simulator.northbound.putDevice("late", { ...KIND, firmwareVersion: "V1.2", groups: ["new"] });
  await shown();
  expect(await textOf(".sections")).toMatch(/pilot 39 devices.*fleet 1,960 devices.*new 1 device/s);
  expect(await countsOfLegend()).toMatchObject({ "V1.2": 1, "V1.3": 1999 });
});

test("a phone has it all below each other, and nothing sticks out", async () => {
  const [wide, high] = [1280, 800];
  await page.look({ width: 390, height: 844 });
  const isIn = "document.documentElement.scrollWidth <= 390";
  await page.until(`${isIn} && document.querySelector(".sections").scrollWidth <= 390`);
  const places = await page.evaluate<number[]>(
    `[".fleet", "aside"].map((each) => document.querySelector(each).getBoundingClientRect().top)`,
  );
  expect(places[1]).toBeGreaterThan(places[0] ?? Infinity);
  const light = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
  await page.look({ width: wide, height: high, isDark: true });
  await page.until(`getComputedStyle(document.body).backgroundColor !== "${light}"`);
  await page.look({ width: wide, height: high });
});

test("a rollout under way, as the README shows it", async () => {
  await page.look({ width: 1280, height: 720 });
  await page.go(simulator.url);
  await shown();
  // Drawn from all over the fleet, as a rollout does.
  const canary = new Set<string>();
  for (let seed = 7; canary.size < 196; seed = (seed * 48271) % 2147483647) {
    canary.add(meter(41 + (seed % 1910)));
  }
  const all = Array.from({ length: 1960 }, (_, index) => meter(41 + index));
  const rest = all.filter((id) => !canary.has(id));
  await upgrade({ deviceGroups: ["pilot"], ...KIND });
  for (let step = 0; step < 8; step += 1) await later(5);
  await upgrade({ devices: [...canary] });
  for (let step = 0; step < 8; step += 1) await later(5);
  for (const from of [0, 256, 512]) await upgrade({ devices: rest.slice(from, from + 256) });
  for (let step = 0; step < 8; step += 1) await later(5);
  for (const from of [768, 1024]) await upgrade({ devices: rest.slice(from, from + 256) });
  for (let step = 0; step < 3; step += 1) await later(4);
  await upgrade({ devices: rest.slice(1280, 1536) });
  await shown();
  const folder = mkdtempSync(join(tmpdir(), "huawei-ota-watch-"));
  const file = process.env["RECORD_SCREENSHOT"] ? COMMITTED : join(folder, "watch.png");
  await page.screenshot(file);
  // Every square a plain one would be a tenth of that.
  expect(statSync(file).size).toBeGreaterThan(30_000);
  expect(statSync(COMMITTED).size).toBeLessThan(150_000);
  expect(readFileSync(join(ROOT, "README.md"), "utf8")).toContain("(docs/images/watch.png)");
  rmSync(folder, { recursive: true });
});
