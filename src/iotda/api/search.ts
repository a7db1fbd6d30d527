import type { Clock } from "../../clock";
import { PlatformError } from "../../errors";
import type { Device, DeviceKind } from "../../upgrade/fleet";
import { GROUPS_A_SEARCH, ROWS_A_SEARCH } from "../../upgrade/fleet-calls";
import type { Ask } from "./ask";
import { countDevices, searchDevices } from "./fleet-endpoints";

/** SearchDevices, which some editions have: each method gives `undefined` where it cannot be asked. */
export interface Search {
  isThere(): boolean;
  /** Finds out whether it is, where nobody has searched yet. */
  tried(): Promise<void>;
  byIds(ids: readonly string[]): Promise<readonly Device[] | undefined>;
  inGroups(groups: readonly string[]): Promise<readonly Device[] | undefined>;
  /** How many devices of these groups are all that is said, each device once for each seven groups. */
  count(groups: readonly string[], also: Condition | undefined): Promise<number | undefined>;
}

/** What is asked of devices beside their groups. */
export type Condition =
  | { readonly field: "status"; readonly is: "ONLINE" | "FROZEN" }
  | { readonly field: "product_id"; readonly isNot: string }
  | { readonly field: "fw_version" | "sw_version"; readonly is: string };

/** What a project's searches share: their turns, and whether the platform has turned one away. */
export interface SearchMemory {
  readonly inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>;
  isRefused: boolean;
  tried: Promise<unknown> | undefined;
}

/** One a second is what an account may ask. */
const PAUSE_MILLISECONDS = 1_000;
const LONGEST_STATEMENT = 400;
/** No rule says how a value is escaped. */
const VALUE = /^[A-Za-z0-9_.-]+$/;
const ANY_SEARCH = "select count(*) from device where status = 'FROZEN'";
const LONGEST = { product_id: 36, status: 16, fw_version: 64, sw_version: 64 };

export function createSearchMemory(clock: Clock): SearchMemory {
  let before: Promise<unknown> = Promise.resolve();
  let sentAt = Number.NEGATIVE_INFINITY;
  return {
    isRefused: false,
    tried: undefined,
    inTurn(work) {
      const next = before.then(async () => {
        await clock.sleep(sentAt + PAUSE_MILLISECONDS - clock.elapsed());
        sentAt = clock.elapsed();
        return work();
      });
      before = next.catch(() => undefined);
      return next;
    },
  };
}

export function searchOf(ask: Ask, memory: SearchMemory): Search {
  /** A refusal is of the edition, or of the user's rights: neither changes while we run. */
  async function unlessRefused<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    if (memory.isRefused) return undefined;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PlatformError) || error.status >= 500 || error.status === 429) {
        throw error;
      }
      memory.isRefused = true;
      return undefined;
    }
  }

  /** `undefined` where rows do not tell how they go on: some must not be taken for all. */
  async function rowsOf(where: string): Promise<readonly Device[] | undefined> {
    const devices = new Map<string, Device>();
    let marker: string | undefined;
    for (;;) {
      // Without an order the rows come at random; beyond offset 500 there is none but this.
      const rest = marker === undefined ? "" : ` and marker < '${marker}'`;
      const sql = `select * from device where ${where}${rest} order by marker desc limit ${ROWS_A_SEARCH}`;
      const rows = await memory.inTurn(() => ask(searchDevices(sql)));
      for (const { device } of rows) devices.set(device.id, device);
      if (rows.length < ROWS_A_SEARCH) return [...devices.values()];
      const last = rows.at(-1)?.marker;
      if (last === undefined || last === marker) return undefined;
      marker = last;
    }
  }

  return {
    isThere: () => !memory.isRefused,

    async tried() {
      memory.tried ??= unlessRefused(() =>
        memory.inTurn(() => ask(countDevices(ANY_SEARCH))),
      ).catch((error: unknown) => {
        memory.tried = undefined;
        throw error;
      });
      await memory.tried;
    },

    async byIds(ids) {
      if (!ids.every((id) => VALUE.test(id))) return undefined;
      return unlessRefused(async () => {
        const found: Device[] = [];
        for (const some of statements(ids)) {
          found.push(...(await memory.inTurn(() => ask(searchDevices(some)))).map(deviceOf));
        }
        return found;
      });
    },

    async inGroups(groups) {
      if (!groups.every((id) => VALUE.test(id))) return undefined;
      return unlessRefused(async () => {
        const found = new Map<string, Device>();
        for (const some of sevenEach(groups)) {
          const rows = await rowsOf(isIn("group_id", some));
          if (rows === undefined) return undefined;
          for (const device of rows) found.set(device.id, device);
        }
        return [...found.values()];
      });
    },

    async count(groups, also) {
      const value = also && ("is" in also ? also.is : also.isNot);
      const isSayable =
        value === undefined ||
        (VALUE.test(value) && value.length <= LONGEST[also?.field ?? "status"]);
      if (!isSayable || !groups.every((id) => VALUE.test(id))) return undefined;
      const condition =
        also === undefined
          ? ""
          : ` and ${also.field} ${"is" in also ? "=" : "!="} '${value ?? ""}'`;
      const counts = sevenEach(groups).map(
        (some) => `select count(*) from device where ${isIn("group_id", some)}${condition}`,
      );
      // Refused as too long, it would be taken for a refusal of all searches.
      if (counts.some(({ length }) => length > LONGEST_STATEMENT)) return undefined;
      return unlessRefused(async () => {
        let sum = 0;
        for (const sql of counts) sum += await memory.inTurn(() => ask(countDevices(sql)));
        return sum;
      });
    },
  };
}

/** The condition by which a count tells devices of another product. */
export function isOtherProduct(kind: DeviceKind): Condition | undefined {
  const { productId } = kind;
  return productId === undefined ? undefined : { field: "product_id", isNot: productId };
}

/** How many ids of such a length fit into one statement. */
export function idsAStatement(length: number): number {
  // The last one has no comma.
  const room = LONGEST_STATEMENT - byIdStatement([]).length + 1;
  return Math.max(1, Math.min(ROWS_A_SEARCH, Math.floor(room / (length + 3))));
}

function byIdStatement(ids: readonly string[]): string {
  return `select * from device where ${isIn("device_id", ids)} limit ${ROWS_A_SEARCH}`;
}

function statements(ids: readonly string[]): string[] {
  const size = idsAStatement(Math.max(...ids.map(({ length }) => length)));
  return chunks(ids, size).map(byIdStatement);
}

function isIn(field: string, values: readonly string[]): string {
  return `${field} in (${values.map((value) => `'${value}'`).join(",")})`;
}

function sevenEach(groups: readonly string[]): string[][] {
  return chunks(groups, GROUPS_A_SEARCH);
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function deviceOf({ device }: { readonly device: Device }): Device {
  return device;
}
