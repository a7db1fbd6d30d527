import { newStack, pushes, type Stack, startPlatform } from "../engine/stack";
import { namesInState, passes } from "../engine/story";
import { IOTDA } from "../engine/world";
import { type RedisServer, startRedis } from "./server";

const CALLS_PER_MINUTE = 30;
const TASKS_OF_EACH = 10;

function program(first: number): string {
  return `
    for (let number = ${String(first)}; number < ${String(first + TASKS_OF_EACH)}; number += 1) {
      const device = "meter_" + String(number).padStart(3, "0");
      new iotda.FirmwareUpgradeTask(device, { packageId: "${IOTDA.packages.firmware}", appId: "waterworks", targets: { devices: [device] } });
    }`;
}

describe("Two pipelines of one project, whose calls are more than a minute's", () => {
  let redis: RedisServer | undefined;
  afterEach(() => redis?.stop());

  /** Both at once, to their end; gives what they printed. */
  async function both(
    redisUrl: string | undefined,
  ): Promise<{ output: string; throttled: number }> {
    const simulator = await startPlatform({ behaviour: { iotdaCallsPerMinute: CALLS_PER_MINUTE } });
    const environment = {
      HUAWEI_OTA_IOTDA_CALLS_PER_MINUTE: String(CALLS_PER_MINUTE),
      HUAWEI_OTA_REDIS_URL: redisUrl,
    };
    const stacks: Stack[] = [];
    try {
      for (const first of [1, 1 + TASKS_OF_EACH]) {
        stacks.push(await newStack({ simulator, environment, program: program(first) }));
      }
      const outputs = await Promise.all(stacks.map((stack) => passes(stack.up())));
      expect(pushes(simulator)).toBe(2 * TASKS_OF_EACH);
      for (const stack of stacks) expect(await namesInState(stack)).toHaveLength(TASKS_OF_EACH);
      return { output: outputs.join("\n"), throttled: simulator.books().counts.throttled };
    } finally {
      for (const stack of stacks) stack.remove();
      await simulator.close();
    }
  }

  test("are never throttled where they share their quota, and push each task once", async () => {
    redis = await startRedis();
    const { output, throttled } = await both(redis.url);
    expect(throttled).toBe(0);
    expect(output).not.toContain("quota is not shared");
  });

  test("are warned and throttled when the server is away, and push each task once all the same", async () => {
    const { output, throttled } = await both("redis://127.0.0.1:1");
    expect(throttled).toBeGreaterThan(0);
    expect(output).toContain("warning: The quota is not shared");
  });
});
