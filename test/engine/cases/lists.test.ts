import { taskText } from "../behaviours/program";
import type { Wing } from "../behaviours/wing";
import { wings } from "../behaviours/wings";
import { pushes } from "../stack";
import { changesFromNow, passes, story } from "../story";
import { pushesPerDevice } from "./pushed";

/*
 * Tasks that a program makes from a list, named by their place in it: what is put in front or moved
 * gives each of them the task of another.
 */

/** A task for each meter, `wave-0` for the first. */
function wavesText(wing: Wing, meters: readonly number[]): string {
  return meters
    .map((meter, index) => taskText(wing, `wave-${String(index)}`, { devices: [meter] }))
    .join(";\n");
}

describe.each([
  ["goes on", 1_000_000, 60],
  ["has been over for hours", 0, 3 * 3600],
])("a list of tasks of which each %s", (_what, upgradeSeconds, secondsLater) => {
  describe.each(wings)("$name", (wing) => {
    const tale = story({
      program: wavesText(wing, [1, 2, 3]),
      behaviour: { waitSeconds: 0, upgradeSeconds },
    });

    test("pushes to a device that is put in front, and to no other again", async () => {
      await passes(tale.stack.up());
      tale.simulator.clock.advance(secondsLater);
      const changed = changesFromNow(tale.simulator);
      tale.stack.program(wavesText(wing, [4, 1, 2, 3]));
      await passes(tale.stack.up());
      expect(pushesPerDevice(tale.simulator)).toEqual(
        Object.fromEntries([1, 2, 3, 4].map((meter) => [wing.device(meter), 1])),
      );
      expect(changed()).toHaveLength(1);
      expect(wing.tasks(tale.simulator.books())).toHaveLength(4);
    });

    test("changes nothing on the platform when it is put in another order", async () => {
      tale.simulator.clock.advance(secondsLater);
      const changed = changesFromNow(tale.simulator);
      tale.stack.program(wavesText(wing, [3, 4, 2, 1]));
      await passes(tale.stack.up());
      expect(changed()).toEqual([]);
      expect(pushes(tale.simulator)).toBe(4);
      await passes(tale.stack.preview("--expect-no-changes"));
      await passes(tale.stack.drift());
    });
  });
});
