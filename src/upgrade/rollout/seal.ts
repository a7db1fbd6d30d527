import { deflateRawSync, inflateRawSync } from "node:zlib";

import type { Book, Entry } from "./book";
import { LAST_RESULTS } from "./standing";

/**
 * A book as text: a head in JSON, then one column for each of an entry's leaves, compressed. A device
 * comes to at most 13 bytes, which the engine's encryption makes 24.
 */
const FORMAT = 1;
const LEFT = ["no", "now", "before"] as const;
const KEY_BYTES = 6;

export function sealBook(book: Book): string {
  const { entries, ...rest } = book;
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const words = new Table<string>();
  const seconds = new Table<number>();
  const columns = [
    ...[...LEAVES].map((leaf) => sorted.map(([, entry]) => leaf.write(entry, words, seconds))),
  ];
  const head = Buffer.from(
    JSON.stringify({
      ...{ format: FORMAT, ...rest, count: sorted.length },
      ...{ words: words.all, seconds: differences(seconds.all) },
    }),
  );
  const body = Buffer.concat([
    Buffer.from(varint(head.length)),
    head,
    Buffer.from(sorted.map(([key]) => key).join(""), "hex"),
    ...columns.map((column) => Buffer.from(column.flatMap(varint))),
  ]);
  return deflateRawSync(body, { level: 9 }).toString("base64");
}

/** A text that is no book is a lost one: `undefined`. */
export function openBook(text: string | undefined): Book | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    return read(inflateRawSync(Buffer.from(text, "base64")));
  } catch {
    return undefined;
  }
}

interface Head extends Omit<Book, "entries"> {
  readonly format: number;
  readonly count: number;
  readonly words: readonly string[];
  readonly seconds: readonly number[];
}

function read(body: Buffer): Book | undefined {
  const reader = new Reader(body);
  const parsed = JSON.parse(reader.take(reader.number()).toString("utf8")) as Head;
  const { format, count, words, seconds, ...rest } = parsed;
  if (format !== FORMAT) return undefined;
  const keys = reader.take(count * KEY_BYTES).toString("hex");
  const times = sums(seconds);
  const entries = Array.from({ length: count }, (): Entry => ({ ...BLANK }));
  for (const leaf of LEAVES) {
    for (const entry of entries) leaf.read(entry, reader.number(), words, times);
  }
  return {
    ...rest,
    entries: new Map(
      entries.map((entry, index) => [
        keys.slice(index * KEY_BYTES * 2, (index + 1) * KEY_BYTES * 2),
        entry,
      ]),
    ),
  };
}

const BLANK: Entry = {
  ...{ wasOnline: false, ranIt: false, result: "none", attempts: 0, postedAt: 0, left: "no" },
};

interface Leaf {
  write(entry: Entry, words: Table<string>, seconds: Table<number>): number;
  read(entry: Entry, value: number, words: readonly string[], seconds: readonly number[]): void;
}

/** A text of which few are different, 0 where there is none. */
function word(name: "wave" | "from" | "tried" | "task"): Leaf {
  return {
    write: (entry, words) => {
      const text = entry[name];
      return text === undefined ? 0 : words.indexOf(text) + 1;
    },
    read: (entry, value, words) => {
      if (value > 0) entry[name] = words[value - 1];
    },
  };
}

/** In this order they stand in the text. */
const LEAVES: readonly Leaf[] = [
  word("wave"),
  word("from"),
  word("tried"),
  word("task"),
  {
    write: (entry) =>
      (Number(entry.wasOnline) * 2 + Number(entry.ranIt)) * LEFT.length + LEFT.indexOf(entry.left),
    read: (entry, value) => {
      entry.left = LEFT[value % LEFT.length] ?? "no";
      const flags = Math.floor(value / LEFT.length);
      entry.wasOnline = flags >= 2;
      entry.ranIt = flags % 2 === 1;
    },
  },
  {
    write: (entry) => entry.attempts * LAST_RESULTS.length + LAST_RESULTS.indexOf(entry.result),
    read: (entry, value) => {
      entry.result = LAST_RESULTS[value % LAST_RESULTS.length] ?? "none";
      entry.attempts = Math.floor(value / LAST_RESULTS.length);
    },
  },
  {
    write: (entry, _words, seconds) => seconds.indexOf(entry.postedAt),
    read: (entry, value, _words, seconds) => {
      entry.postedAt = seconds[value] ?? 0;
    },
  },
];

class Table<Value> {
  readonly all: Value[] = [];
  private readonly indices = new Map<Value, number>();

  indexOf(value: Value): number {
    const known = this.indices.get(value);
    if (known !== undefined) return known;
    this.indices.set(value, this.all.length);
    return this.all.push(value) - 1;
  }
}

class Reader {
  private readonly body: Buffer;
  private at = 0;

  constructor(body: Buffer) {
    this.body = body;
  }

  take(length: number): Buffer {
    this.at += length;
    if (this.at > this.body.length) throw new RangeError("The book ends too early.");
    return this.body.subarray(this.at - length, this.at);
  }

  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.take(1)[0] ?? 0;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  }
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  bytes.push(left);
  return bytes;
}

function differences(values: readonly number[]): number[] {
  return values.map((value, index) => value - (values[index - 1] ?? 0));
}

function sums(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => (sum += value));
}
