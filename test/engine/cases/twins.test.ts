import { taskText } from "../behaviours/program";
import { wings } from "../behaviours/wings";
import { pushes } from "../stack";
import { fails, namesInState, story } from "../story";

/*
 * Two resources of one program that declare the very same task, each in a provider process of its own,
 * so that only the ledger of the run tells one of the other.
 */

const TWIN =
  /is exactly what pilot of this program declares, too \(urn:\S+::pilot\)\. Nothing was pushed for this one: declare it once, or something that differs\./;

describe.each(wings)(
  "$name: two equal tasks of one program below two Providers of one account",
  (wing) => {
    const tale = story({ anew: true });
    const provider = (name: string): string =>
      `const ${name} = new Provider("${name}", ${JSON.stringify({ [wing.name]: { ...wing.settings(tale.simulator.url), ...wing.secrets } })});`;

    test.each(["of which one waits for the other", "of which neither waits"])(
      "%s are pushed once, although lists lag",
      async (which) => {
        tale.simulator.setBehaviour({ listLagSeconds: 20 });
        const waits = which.startsWith("of which one") ? "dependsOn: [pilot]" : "";
        tale.stack.program(`
        ${provider("east")} ${provider("west")}
        const pilot = ${taskText(wing, "pilot", { options: "{ provider: east }" })};
        ${taskText(wing, "twin", { options: `{ provider: west, ${waits} }` })};`);
        expect(await fails(tale.stack.up("--continue-on-error"))).toMatch(
          waits === "" ? /is exactly what (pilot|twin) of this program declares, too/ : TWIN,
        );
        expect(pushes(tale.simulator)).toBe(1);
        expect(await namesInState(tale.stack)).toHaveLength(1);
      },
    );
  },
);
