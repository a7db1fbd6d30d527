import { JOINERS, type RolloutDeclaration } from "./declaration";
import type { Book } from "./book";
import { count, some } from "./describe";
import type { Draw } from "./draw";
import { behindOf } from "./report";
import type { LeftOutReason } from "./standing";
import type { Survey, Surveyed } from "./survey";
import type { WaveNow } from "./waves";

interface Tell {
  readonly declaration: RolloutDeclaration;
  readonly book: Book;
  readonly draw: Draw;
  readonly survey: Survey;
  readonly waves: readonly WaveNow[];
}

const LEFT_OUT: Record<LeftOutReason, string> = {
  otherKind: "of another model or product",
  sourceVersion: "on a version that the package cannot be installed from",
  frozen: "frozen",
  fromVersions: "on a version that fromVersions does not name",
};

/** What a run tells beside its counts: every device that needs the version and will not get it now, with its reason. */
export function told({ declaration, book, draw, survey, waves }: Tell): string[] {
  const { version } = declaration;
  const lines: string[] = [];
  const devices = [...survey.devices.values()];
  for (const [reason, words] of Object.entries(LEFT_OUT)) {
    const ids =
      reason === "otherKind"
        ? draw.otherKind
        : namesOf(devices.filter(({ standing }) => standing.leftOut === reason));
    if (ids.length > 0)
      lines.push(
        `${count(ids.length, "device")} ${ids.length === 1 ? "is" : "are"} left out: ${words} (${some("device", ids)}).`,
      );
  }
  const inBook = devices.filter(({ key }) => book.entries.has(key));
  const excluded = inBook.filter(({ standing }) => standing.name === "excluded");
  if (excluded.length > 0)
    lines.push(
      `${count(excluded.length, "device")} that a wave had taken ${excluded.length === 1 ? "is" : "are"} excluded and count no more (${some("device", namesOf(excluded))}).`,
    );
  const gone = devices.filter(({ standing }) => standing.name === "gone");
  if (gone.length > 0)
    lines.push(
      `${count(gone.length, "device")} ${gone.length === 1 ? "is" : "are"} gone from the platform or the fleet (${some("device", namesOf(gone))}).`,
    );
  const busy = devices.filter(({ standing }) => standing.name === "busy");
  for (const [task, held] of byTask(busy)) {
    lines.push(
      `${some("device", namesOf(held))} ${held.length === 1 ? "is" : "are"} busy: another version or package will still reach ${held.length === 1 ? "it" : "them"} by operation ${task}.`,
    );
  }
  const late = devices.filter(
    ({ standing }) => standing.name === "underWay" && standing.isLate === true,
  );
  for (const [task, held] of byTask(late)) {
    lines.push(
      `${some("device", namesOf(held))} did not get through to the deadline: ${version} will still reach ${held.length === 1 ? "it" : "them"} by operation ${task}.`,
    );
  }
  const moved = devices.filter(({ facts: now, standing, key }) => {
    const entry = book.entries.get(key);
    if (standing.name !== "done" || entry?.tried !== version) return false;
    return now?.version !== undefined && now.version !== declaration.reportedVersion;
  });
  if (moved.length > 0)
    lines.push(
      `${count(moved.length, "device")} had ${version} and report${moved.length === 1 ? "s" : ""} another version now; only rerunAfter pushes again (${some("device", namesOf(moved))}).`,
    );
  const outside = draw.told;
  const behind = behindOf(book, survey);
  if (book.isThrough && behind > 0)
    lines.push(
      `${count(behind, "device")} of the fleet ${behind === 1 ? "is" : "are"} not on ${version}: rerunAfter, targetSelection "continuous" or the next version reaches ${behind === 1 ? "it" : "them"}.`,
    );
  const joiners = waves.find(({ name }) => name === JOINERS);
  if (joiners !== undefined && joiners.count.failed > 0)
    lines.push(
      `${count(joiners.count.failed, "device")} that joined later failed; rerunAfter pushes again.`,
    );
  return [...lines, ...outside];
}

function namesOf(devices: readonly Surveyed[]): string[] {
  return devices.map(({ id, key }) => id ?? `#${key}`);
}

function byTask(devices: readonly Surveyed[]): Map<string, Surveyed[]> {
  const tasks = new Map<string, Surveyed[]>();
  for (const device of devices) {
    const id = device.standing.hold?.task ?? "";
    tasks.set(id, [...(tasks.get(id) ?? []), device]);
  }
  return tasks;
}
