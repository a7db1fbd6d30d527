import type { Client } from "../../../src/http/client";
import { createLookTogether } from "../../../src/wing/look-together";
import { packagesOf } from "../../../src/northbound/api/packages";
import type { PackageRecord } from "../../../src/northbound/api/wire";
import type { Page } from "../../../src/wing/reply";
import { ManualClock } from "../../manual-clock";

/** Packages of versions V0, V1 ..., and the versions that the list was asked for. */
function platformWith(packages: number) {
  const asked: unknown[] = [];
  const all = Array.from({ length: packages }, (_, index) => ({
    fileId: `F${index}`,
    version: `V${index}`,
  })) as PackageRecord[];
  const client = {
    call: (_endpoint: unknown, { query }: { query: Record<string, unknown> }) => {
      const { version, pageNo } = query;
      asked.push(version);
      const found = all.filter((one) => version === undefined || one.version === version);
      const page: Page<PackageRecord> = {
        items: found.slice(Number(pageNo) * 100, Number(pageNo) * 100 + 100),
        total: found.length,
      };
      return Promise.resolve(page);
    },
  } as unknown as Client;
  const clock = new ManualClock();
  const packagesOn = packagesOf(client, createLookTogether(clock), {});
  const lookFor = async (version: string) =>
    (await clock.run(packagesOn.lookFor({ version }))).map(({ fileId }) => fileId);
  return { asked, lookFor };
}

test("packages that are looked for one after the other are found in one list", async () => {
  const { asked, lookFor } = platformWith(3);
  expect(await lookFor("V0")).toEqual(["F0"]);
  expect(await lookFor("V1")).toEqual(["F1"]);
  expect(asked).toEqual(["V0", undefined, undefined]);
});

test("a package that the list of all lacks is asked for by itself", async () => {
  const { asked, lookFor } = platformWith(3);
  await lookFor("V0");
  expect(await lookFor("V9")).toEqual([]);
  expect(asked.at(-1)).toBe("V9");
});

test("a list of more pages than looks decides nothing", async () => {
  const { asked, lookFor } = platformWith(250);
  await lookFor("V0");
  expect(await lookFor("V1")).toEqual(["F1"]);
  expect(asked.at(-1)).toBe("V1");
});
