import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";

import type { Clock } from "../../src/clock";
import { assertEngineAlive, isEngineGone } from "../../src/pulumi/engine-link";
import { ManualClock } from "../manual-clock";

/** Somebody who listens at an address, or did. */
class Listener {
  port = 0;
  private server: Server | undefined;

  get address(): string {
    return `127.0.0.1:${String(this.port)}`;
  }

  async start(): Promise<void> {
    this.server = createServer((socket) => socket.destroy());
    this.server.listen(this.port, "127.0.0.1");
    await once(this.server, "listening");
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    await new Promise((done) => (server === undefined ? done(undefined) : server.close(done)));
  }
}

const listener = new Listener();
beforeEach(() => listener.start());
afterEach(() => listener.stop());

/** A clock on which each sleep ends at once, and is counted. */
function countingClock(onSleep: (sleeps: number) => Promise<void> = () => Promise.resolve()) {
  const sleeps = { count: 0 };
  const clock: Clock = Object.assign(new ManualClock(), {
    sleep: () => onSleep((sleeps.count += 1)),
  });
  return { clock, sleeps };
}

test("an engine that listens is there after one knock", async () => {
  const { clock, sleeps } = countingClock();
  expect(await isEngineGone(listener.address, clock)).toBe(false);
  expect(sleeps.count).toBe(0);
});

test("an engine is gone when nobody answers three times", async () => {
  await listener.stop();
  const { clock, sleeps } = countingClock();
  expect(await isEngineGone(listener.address, clock)).toBe(true);
  expect(sleeps.count).toBe(2);
});

test("an engine that missed two knocks is there", async () => {
  await listener.stop();
  const { clock } = countingClock(async (sleeps) => {
    if (sleeps === 2) await listener.start();
  });
  expect(await isEngineGone(listener.address, clock)).toBe(false);
});

test("what is asked by an engine that is gone is refused, and by none is not", async () => {
  await expect(assertEngineAlive(listener.address)).resolves.toBeUndefined();
  await expect(assertEngineAlive(undefined)).resolves.toBeUndefined();
  const { address } = listener;
  await listener.stop();
  await expect(assertEngineAlive(address)).rejects.toThrow(
    "The Pulumi engine that asked for this is gone, so nothing more was sent.",
  );
});
