import { randomUUID } from "node:crypto";

import * as z from "zod/mini";

import type { Clock } from "../clock";
import { messageOf } from "../errors";
import { isAlive, type ProcessMark, thisProcess } from "./process-life";
import { openRunFile, type RunFile } from "./run-file";

/** A process that said something. */
export interface Writer {
  readonly mark: ProcessMark;
  /** As of the last time that we caught up; what it said counts no longer than that. */
  readonly lives: boolean;
}

/** What the provider processes of a run say to one another, all in one order. */
export interface RunLog<Act> {
  readonly own: Writer;
  /** What we say is heard at once, in its place among what the others said. */
  say(act: Act): void;
  /** Hears what was said since, and looks who lives; whether others are heard at all. */
  catchUp(): boolean;
}

export interface RunLogOptions<Act> {
  readonly address: string | undefined;
  readonly folder: string;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
  /** `undefined`: nothing that we understand. */
  readonly parse: (what: unknown) => Act | undefined;
  readonly hear: (act: Act, writer: Writer) => void;
}

const sentence = z.object({ id: z.string(), act: z.unknown() });

interface Own<Act> {
  readonly id: string;
  readonly act: Act;
}

export function createRunLog<Act>(options: RunLogOptions<Act>): RunLog<Act> {
  const { address, folder, clock, warn, parse, hear } = options;
  const own = { mark: thisProcess(), lives: true };
  const writers = new Map([[nameOf(own.mark), own]]);
  let file: RunFile | "unopened" | undefined = address === undefined ? undefined : "unopened";

  function writerOf(mark: ProcessMark): Writer {
    const name = nameOf(mark);
    const writer = writers.get(name) ?? { mark, lives: isAlive(mark, own.mark) };
    writers.set(name, writer);
    return writer;
  }

  function catchUp(): boolean {
    for (const writer of writers.values()) writer.lives &&= isAlive(writer.mark, own.mark);
    return share((shared) => {
      read(shared);
    });
  }

  /** @param said - What we have just said, which is among what is new. */
  function read(shared: RunFile, said?: Own<Act>): void {
    let isBack = said === undefined;
    for (const { writer: mark, what } of shared.read()) {
      const { id, act: theirs } = sentence.safeParse(what).data ?? {};
      const isOurs = said !== undefined && said.id === id;
      isBack ||= isOurs;
      const act = isOurs ? said.act : parse(theirs);
      const writer = writerOf(mark);
      if (act !== undefined && writer.lives) hear(act, writer);
    }
    if (!isBack) throw new Error("a line that was written into it was lost");
  }

  /** Works with the file; whether that went well. What once went wrong is not tried again. */
  function share(work: (shared: RunFile) => void): boolean {
    try {
      if (file === "unopened") file = openRunFile(folder, address ?? "", clock.now());
      if (file === undefined) return false;
      work(file);
      return true;
    } catch (error) {
      if (typeof file === "object") file.abandon();
      file = undefined;
      warn(
        `What this run makes cannot be written down for its other provider processes: ${messageOf(error)}. Until it ends, two Providers of this program that declare the same task do not know of each other, and may both push it.`,
      );
      return false;
    }
  }

  return {
    own,
    say(act) {
      const isHeard = share((shared) => {
        const said = { id: randomUUID(), act };
        shared.append(said);
        read(shared, said);
      });
      if (!isHeard) hear(act, own);
    },
    catchUp,
  };
}

function nameOf({ pid, born }: ProcessMark): string {
  return `${pid}/${born}`;
}
