import fc from "fast-check";

import { addressOf, setOf } from "./model";
import { edited, firstProgram, type Program, walkOf, walks, withoutAliases } from "./program";

function programsOf(walk: ReturnType<typeof walkOf>): Program[] {
  let program = firstProgram(walk);
  const edits = walk.steps.flatMap((step) => step.edits);
  return [
    program,
    ...edits.map((edit, at) => {
      program = edited(withoutAliases(program), edit, 60 * at) ?? program;
      return program;
    }),
  ];
}

test("whatever edits are made, a name stands once and a device has one task of a kind", () => {
  fc.assert(
    fc.property(walks, (walk) => {
      for (const program of programsOf(walk)) {
        const addresses = program.map(addressOf);
        const devices = program.flatMap((task) =>
          setOf(task.devices).map((device) => `${task.kind} ${String(device)}`),
        );
        expect(new Set(addresses).size).toBe(addresses.length);
        expect(new Set(devices).size).toBe(devices.length);
        expect(program.every((task) => task.devices.length > 0)).toBe(true);
        expect(program.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 20 },
  );
});

test("a seed is a walk, the same one each time", () => {
  expect(walkOf(7)).toEqual(walkOf(7));
  expect(walkOf(7)).not.toEqual(walkOf(8));
});

test("walks make every edit there is", () => {
  const seen = new Set(
    fc.sample(walks, { seed: 1, numRuns: 100 }).flatMap((walk) => {
      const programs = programsOf(walk);
      const edits = walk.steps.flatMap((step) => step.edits);
      return edits.filter((_, at) => programs[at] !== programs[at + 1]).map(({ edit }) => edit);
    }),
  );
  expect(seen.size).toBe(18);
});
