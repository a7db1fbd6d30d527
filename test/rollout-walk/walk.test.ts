import { walk } from "./walks";

/** `npm run histories -- --histories 20000` plays more of them. */
const HISTORIES = 200;

describe("A rollout", () => {
  it(`keeps its promises in ${HISTORIES} random histories, each of which is its seed`, async () => {
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      const fall = await walk(seed);
      const told = fall && `seed ${seed}: ${fall.message}\n${fall.story.join("\n")}`;
      expect(told).toBeUndefined();
    }
  });
});
