import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  type Stats,
  unlinkSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as z from "zod/mini";

import { isAlive, type ProcessMark, thisProcess } from "./process-life";

/** What all provider processes of one phase of a run write down and read, in one order for all. */
export interface RunFile {
  /** Adds a line after all that others have added; throws when it is not there whole. */
  append(what: unknown): void;
  /** What was added since the last read, our own lines too; throws when the file is not what it was. */
  read(): readonly Line[];
  /** We write no more: without the file the others learn it, and wait for nothing of ours. */
  abandon(): void;
}

export interface Line {
  readonly writer: ProcessMark;
  readonly what: unknown;
}

/** A user's own folder: what is in it tells what is pushed, and decides it. */
export function folderOfRuns(): string {
  return join(tmpdir(), `pulumi-huawei-ota-${process.getuid?.() ?? "runs"}`);
}

/** Throws where the folder or the file cannot be ours alone. */
export function openRunFile(folder: string, address: string, now: number): RunFile {
  makeFolder(folder);
  const path = join(folder, `${encodeURIComponent(address)}.jsonl`);
  removeOldFiles(folder, path, now);
  const { O_RDWR, O_APPEND, O_CREAT } = constants;
  const file = openSync(path, O_RDWR | O_APPEND | O_CREAT | NOT_THROUGH_A_LINK, 0o600);
  try {
    const found = fstatSync(file);
    if (!found.isFile() || found.nlink !== 1) throw new Error(`${path} is not a plain file`);
    refuseUnlessOurs(path, found);
  } catch (error) {
    closeSync(file);
    throw error;
  }

  const writer = thisProcess();
  let position = 0;
  let rest: Buffer = Buffer.alloc(0);

  return {
    append(what) {
      // A line that was cut ends where the next begins, and takes it not along.
      const line = Buffer.from(`\n${JSON.stringify({ writer, what })}\n`);
      const written = writeSync(file, line);
      if (written < line.length) throw new Error(`${path} took a part of a line only`);
    },

    read() {
      const { size, nlink } = fstatSync(file);
      if (nlink === 0) throw new Error(`${path} was removed`);
      if (size < position) throw new Error(`${path} was cut`);
      const added = Buffer.alloc(size - position);
      const length = added.length === 0 ? 0 : readSync(file, added, 0, added.length, position);
      position += length;
      const text = Buffer.concat([rest, added.subarray(0, length)]);
      const end = text.lastIndexOf("\n") + 1;
      rest = text.subarray(end);
      return linesOf(text.toString("utf8", 0, end));
    },

    abandon() {
      try {
        // Not what another process may have put in its place.
        if (fstatSync(file).nlink > 0) unlinkSync(path);
      } catch {
        // What cannot be removed either is waited for no longer than patience lasts.
      } finally {
        closeSync(file);
      }
    },
  };
}

// Windows has none, and there only whoever may do all makes links.
const NOT_THROUGH_A_LINK = (constants as { readonly O_NOFOLLOW?: number }).O_NOFOLLOW ?? 0;

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw new Error(`${folder} is not a folder`);
  refuseUnlessOurs(folder, found);
}

/** On Windows the temp folder is the user's own, and modes say nothing. */
function refuseUnlessOurs(path: string, { uid, mode }: Stats): void {
  if (process.getuid === undefined) return;
  if (uid !== process.getuid()) throw new Error(`${path} belongs to another user`);
  if ((mode & 0o077) !== 0) throw new Error(`${path} is open to other users`);
}

const lineOf = z.object({
  writer: z.object({ pid: z.int().check(z.positive()), born: z.number() }),
  what: z.unknown(),
});

/** Lines that are cut or garbled are passed over. */
function linesOf(text: string): Line[] {
  return text.split("\n").flatMap((line) => {
    if (line === "") return [];
    try {
      const parsed = lineOf.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}

/** Long enough that nobody can be about to write into it. */
const OLD_MILLISECONDS = 24 * 60 * 60 * 1_000;

function removeOldFiles(folder: string, except: string, now: number): void {
  const own = thisProcess();
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (path === except) continue;
    try {
      const found = lstatSync(path);
      if (!found.isFile() || found.mtimeMs > now - OLD_MILLISECONDS) continue;
      const lines = linesOf(readFileSync(path, "utf8"));
      if (!lines.some(({ writer }) => isAlive(writer, own))) unlinkSync(path);
    } catch {
      // Another process may remove it at the same time.
    }
  }
}
