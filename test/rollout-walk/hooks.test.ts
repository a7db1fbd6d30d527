import { playThroughHooks } from "./hooks";

/** `npm run histories -- --hooks --histories 300` plays more of them. */
const SEEDS = Array.from({ length: 30 }, (_, index) => index + 1);

describe("A rollout, through its hooks and against the simulator", () => {
  it(`keeps its promises in ${SEEDS.length} random histories, by the platform's own books`, async () => {
    const played = await Promise.allSettled(SEEDS.map(playThroughHooks));
    const told = played.map((end, index) =>
      end.status === "fulfilled" ? "kept" : `seed ${SEEDS[index] ?? 0}: ${String(end.reason)}`,
    );
    expect(new Set(told)).toEqual(new Set(["kept"]));
  });
});
