import { bench, type Bench } from "./client";

/** How many of some calls in a row get through. */
async function passing({ call }: Pick<Bench, "call">, calls: number): Promise<number> {
  let passed = 0;
  for (let index = 0; index < calls; index += 1) {
    if ((await call("GET", "/category?pageSize=1")).status === 200) passed += 1;
  }
  return passed;
}

test("the 101st call within a minute is 403 1010009 without Retry-After", async () => {
  const platform = await bench();
  expect(await passing(platform, 100)).toBe(100);
  const reply = await platform.call("GET", "/category");
  expect(reply.status).toBe(403);
  expect(reply.body).toEqual({ error_code: "1010009", error_desc: "app throttle exceed." });
  expect(reply.headers.get("retry-after")).toBeNull();
});

test("the window slides: a call counts for 60 s", async () => {
  const platform = await bench({ callsPerMinute: 2 });
  await passing(platform, 1);
  platform.simulator.clock.advance(30);
  expect(await passing(platform, 2)).toBe(1);
  platform.simulator.clock.advance(29.999);
  expect(await passing(platform, 1)).toBe(0);
  platform.simulator.clock.advance(0.001);
  expect(await passing(platform, 2)).toBe(1);
});

test("a fixed window begins anew with each minute of the clock", async () => {
  const platform = await bench({ callsPerMinute: 2, quotaWindow: "fixed" });
  platform.simulator.clock.advance(59);
  expect(await passing(platform, 3)).toBe(2);
  platform.simulator.clock.advance(1);
  expect(await passing(platform, 3)).toBe(2);
});

test("the quota can be switched off", async () => {
  expect(await passing(await bench({ callsPerMinute: null }), 150)).toBe(150);
});

test("each application has a quota of its own", async () => {
  const platform = await bench({ callsPerMinute: 1 });
  expect(await passing(platform, 2)).toBe(1);
  const { body } = await platform.login("laboratory", "other-s3cret");
  const call = platform.callerFor("laboratory", String(body["accessToken"]));
  expect(await passing({ call }, 2)).toBe(1);
});

test("logins do not count, unless they are said to", async () => {
  const free = await bench({ callsPerMinute: 1 });
  await free.login();
  expect((await free.login()).status).toBe(200);
  const counted = await bench({ callsPerMinute: 1, loginsCount: true });
  const reply = await counted.login();
  expect([reply.status, reply.body["error_code"]]).toEqual([403, "1010009"]);
});

test("refused calls do not count, unless they are said to", async () => {
  for (const refusedCallsCount of [false, true]) {
    const platform = await bench({ callsPerMinute: 1, refusedCallsCount });
    await passing(platform, 1);
    platform.simulator.clock.advance(59);
    expect(await passing(platform, 1)).toBe(0);
    platform.simulator.clock.advance(2);
    expect(await passing(platform, 1)).toBe(refusedCallsCount ? 0 : 1);
  }
});

test("a call that the platform refuses for its content does count", async () => {
  const platform = await bench({ callsPerMinute: 1 });
  expect((await platform.call("GET", "/category/missing")).status).toBe(404);
  expect(await passing(platform, 1)).toBe(0);
});

test("calls with a bad token, unknown paths and control calls do not count", async () => {
  const platform = await bench({ callsPerMinute: 1 });
  await platform.callerFor("waterworks", "nonsense")("GET", "/category");
  await platform.call("GET", "/nothing");
  await platform.send("/_control/books");
  expect(await passing(platform, 1)).toBe(1);
});

test.each(["callsPerMinute", "iotdaCallsPerMinute"])("%s below 1 is refused", async (name) => {
  const { simulator } = await bench();
  expect(() => simulator.setBehaviour({ [name]: 0 })).toThrow(
    `The behaviour.${name} must be a number of at least 1.`,
  );
});
