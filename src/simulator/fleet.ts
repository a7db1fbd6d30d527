import { isObject, readNumber, readObject, readText, SimulatorInputError } from "./reading";

/** Many devices in one entry of a data file: `prefix` with a number behind it, from 1 on. */
export interface FleetData {
  /** What the ids begin with. */
  readonly prefix: string;
  /** How many devices there are. */
  readonly count: number;
  /** The number of the first. Default 1. */
  readonly first?: number;
  /** How many digits the numbers have, zeros in front. Default: as many as the last one needs. */
  readonly digits?: number;
}

const keys = ["prefix", "count", "first", "digits"];
const largest = 1_000_000;

function readCount(value: unknown, where: string, least: number): number {
  const count = readNumber(value, where, least);
  if (Number.isInteger(count) && count <= largest) return count;
  throw new SimulatorInputError(`${where} must be an integer of at most ${String(largest)}.`);
}

/** The devices of a list, with the entries that stand for many spelled out. */
export function readDevices<Device extends { readonly deviceId?: string }>(
  list: readonly unknown[],
  where: string,
  read: (value: unknown, where: string) => Device,
): readonly Device[] {
  return list.flatMap((entry, index) => {
    const place = `${where}[${String(index)}]`;
    if (!isObject(entry) || entry["prefix"] === undefined) return [read(entry, place)];
    const own = Object.entries(entry).filter(([key]) => keys.includes(key));
    const fleet = readObject(Object.fromEntries(own), place, keys);
    const prefix = readText(fleet["prefix"], `${place}.prefix`);
    const count = readCount(fleet["count"], `${place}.count`, 1);
    const first = readCount(fleet["first"] ?? 1, `${place}.first`, 0);
    const { length } = String(first + count - 1);
    const digits = readCount(fleet["digits"] ?? length, `${place}.digits`, 1);
    const named = (number: number): string => prefix + String(number).padStart(digits, "0");
    const rest = Object.entries(entry).filter(([key]) => !keys.includes(key));
    const common = read({ ...Object.fromEntries(rest), deviceId: named(first) }, place);
    return Array.from({ length: count }, (_, step) => ({
      ...common,
      deviceId: named(first + step),
    }));
  });
}
