import { iotda } from "../behaviours/iotda";
import { northbound } from "../behaviours/northbound";
import type { Wing } from "../behaviours/wing";
import { wings } from "../behaviours/wings";
import { pushes } from "../stack";
import { changesFromNow, passes, story, type Story, there } from "../story";
import { IOTDA } from "../world";
import { chainText, FLEET, PILOT } from "./chain";
import { pushesPerDevice } from "./pushed";

/* A package that is built anew under its old version, where the old one was deleted: it is another one. */

const AT_ONCE = { waitSeconds: 0, upgradeSeconds: 0 };

const REBUILT = {
  northbound: "firmware-nbm1-v1.4-rebuilt",
  iotda: "698dc5a4a1b2c3d4e5000bbb",
};

/** Somebody deletes the package and puts the same version there with another id; returns that. */
function rebuild({ simulator }: Story, { name, packages }: Wing): string {
  if (name === "northbound") {
    const old = there(
      simulator.books().packages.find(({ fileId }) => fileId === packages.firmware),
    );
    const { appId, ...data } = old;
    simulator.deletePackage(packages.firmware);
    simulator.putPackage({ ...data, fileId: REBUILT.northbound }, appId);
    return REBUILT.northbound;
  }
  simulator.deletePackage(packages.firmware);
  return simulator.putIotdaPackage(
    {
      packageId: REBUILT.iotda,
      packageType: "firmwarePackage",
      productId: "water-meter-nbm1",
      version: "1.4.1",
      region: IOTDA.region,
      bucket: "waterworks-firmware",
      key: "nbm1/1.4.bin",
    },
    "waterworks",
  );
}

/** The chain has gone through again: each device was pushed to once more, and each wait was good. */
async function expectWholeChainAgain({ simulator, stack }: Story, wing: Wing): Promise<void> {
  expect(pushesPerDevice(simulator)).toEqual({
    [wing.device(PILOT)]: 2,
    [wing.device(FLEET)]: 2,
  });
  const [pilot, fleet] = wing.tasks(simulator.books()).slice(-2);
  const { resources = [] } = (await stack.state()).deployment;
  const ids = Object.fromEntries(
    resources.map(({ urn, id }) => [urn.split(":").slice(-3).join(":"), id]),
  );
  expect(ids).toMatchObject({
    "FirmwareUpgradeTask::pilot": pilot?.id,
    "UpgradeCompletion::done": pilot?.id,
    "FirmwareUpgradeTask::fleet": fleet?.id,
  });
  await passes(stack.preview("--expect-no-changes"));
}

describe.each(wings)("$name: a package rebuilt under its version", (wing) => {
  const named = (id: string): string => chainText(wing, JSON.stringify(id));
  const tale = story({ program: named(wing.packages.firmware), behaviour: AT_ONCE });

  test("is pushed to the pilot and to the fleet again once the program names it", async () => {
    await passes(tale.stack.up());
    tale.simulator.clock.advance(60);
    tale.stack.program(named(rebuild(tale, wing)));
    expect(await passes(tale.stack.preview())).toMatch(/firmware \S+ will be pushed again to/);
    expect(await passes(tale.stack.up())).not.toContain("taken over");
    await expectWholeChainAgain(tale, wing);
  });
});

describe("northbound: a package that is named by its version and rebuilt", () => {
  const program = `
    const firmware = new northbound.VersionPackage("firmware", { fileType: "firmwarePackage", model: "NBM1", version: "V1.4" });
    ${chainText(northbound, "firmware")}`;
  const tale = story({ program, behaviour: AT_ONCE });

  test("is pushed to the pilot and to the fleet again after a refresh, as the preview offers", async () => {
    await passes(tale.stack.up());
    tale.simulator.clock.advance(60);
    rebuild(tale, northbound);
    expect(await passes(tale.stack.preview())).toContain(
      "to look anew for what is declared, which its tasks push again, run `pulumi refresh` before it",
    );
    await passes(tale.stack.refresh());
    expect(await passes(tale.stack.preview())).toMatch(/firmware \S+ will be pushed again to/);
    await passes(tale.stack.up());
    expect(await tale.stack.resource("VersionPackage", "firmware")).toMatchObject({
      id: REBUILT.northbound,
    });
    await expectWholeChainAgain(tale, northbound);
  });
});

describe("iotda: a package of the program that somebody deleted", () => {
  const tale = story({
    program: `const firmware = new iotda.VersionPackage("firmware", ${iotda.declaredPackage});\n${chainText(iotda, "firmware")}`,
    behaviour: AT_ONCE,
  });

  test("is made anew by --replace, and pushed to the pilot and to the fleet again", async () => {
    await passes(tale.stack.up());
    tale.simulator.clock.advance(60);
    const { id, urn } = there(await tale.stack.resource("VersionPackage", "firmware"));
    tale.simulator.deletePackage(there(id));
    const changed = changesFromNow(tale.simulator);
    await passes(tale.stack.up("--replace", urn));
    expect(changed()).toContain("POST packages");
    expect(pushes(tale.simulator)).toBe(4);
    await expectWholeChainAgain(tale, iotda);
  });
});
