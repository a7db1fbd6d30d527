import { hash } from "node:crypto";

import type { Book } from "./book";
import type { RolloutDeclaration } from "./declaration";
import { count } from "./describe";
import type { Draw } from "./draw";
import { keyOf } from "./ranks";
import { type Facts, isOpenIn, type Records } from "./records";
import { isPushOf } from "./standing";
import type { Survey } from "./survey";
import { joinersOf } from "./taking";

/** What others have done to devices that were through, in words and as a mark to remember it by. */
export interface Drift {
  readonly lines: readonly string[];
  readonly mark: string | undefined;
}

interface Look {
  readonly declaration: RolloutDeclaration;
  readonly book: Book;
  readonly draw: Draw;
  readonly survey: Survey;
  readonly records: Records;
  readonly facts: Facts;
}

/** Of a rollout that is through: whom a later task has moved, or holds. */
export function movedOf({ declaration, book, draw, survey, facts }: Look): Drift {
  if (!book.isThrough) return { lines: [], mark: undefined };
  const lines: string[] = [];
  const moved: string[] = [];
  for (const task of [...facts.tasks].sort((a, b) => a.createdAt - b.createdAt)) {
    if (isPushOf(task, declaration) || task.packageKind !== declaration.packageKind) continue;
    const keys = task.devices.flatMap((device) => {
      const { state, id } = device;
      const isMoved =
        isOpenIn(task, device) ||
        (state === "succeeded" && draw.members.get(id)?.version !== book.reportedVersion);
      return isMoved && survey.devices.get(keyOf(id))?.standing.counts !== "none"
        ? [keyOf(id)]
        : [];
    });
    if (keys.length === 0) continue;
    const words = task.isUnfinished ? "are held for" : "are on";
    lines.push(
      `${count(keys.length, "device")} ${words} ${task.version ?? "another version"} by operation ${task.id}`,
    );
    moved.push(task.id, ...keys.sort());
  }
  if (moved.length === 0) return { lines, mark: undefined };
  return { lines, mark: hash("sha256", moved.join("\n"), "hex").slice(0, 8) };
}

/** The drift that a `refresh` shows; what an `up` has told once is none any more. */
export function driftOf(look: Look): string | undefined {
  const { declaration, book, survey } = look;
  const { lines, mark } = movedOf(look);
  const joiners = joinersOf(declaration, book, survey);
  const shown = [
    ...(mark === book.acknowledged ? [] : lines),
    ...(joiners.length > 0 ? [`${count(joiners.length, "device")} joined or woke up since`] : []),
  ];
  return shown.length === 0 ? undefined : shown.join("; ");
}
