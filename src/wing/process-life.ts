import { readFileSync } from "node:fs";

/** A process, told from those that had its number before it or get it after. */
export interface ProcessMark {
  readonly pid: number;
  /** On Linux in clock ticks since the machine started, elsewhere in milliseconds since the epoch. */
  readonly born: number;
}

export function thisProcess(): ProcessMark {
  const { pid } = process;
  const stat = statOf(pid);
  return { pid, born: typeof stat === "object" ? stat.born : Math.round(performance.timeOrigin) };
}

/** In doubt it lives: what it wrote then goes on counting, and nothing is pushed twice. */
export function isAlive(mark: ProcessMark, own: ProcessMark): boolean {
  if (mark.pid === own.pid) return mark.born === own.born;
  const stat = statOf(mark.pid);
  if (stat === "none") return false;
  if (stat === "untold") return hasOurProcess(mark.pid);
  return stat.isRunning && stat.born === mark.born;
}

interface Stat {
  readonly born: number;
  /** A process that has ended keeps its number until its parent has asked for it. */
  readonly isRunning: boolean;
}

/** `none`: there is no such process. `untold`: this system does not tell (there is no /proc). */
function statOf(pid: number): Stat | "none" | "untold" {
  if (process.platform !== "linux") return "untold";
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the name, which may hold blanks and parentheses; the next is the third.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const [state = ""] = fields;
    const born = Number(fields[22 - 3]);
    return Number.isFinite(born) ? { born, isRunning: !"ZXx".includes(state) } : "untold";
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    return ["ENOENT", "ESRCH"].includes(code) && pid !== process.pid && isTold()
      ? "none"
      : "untold";
  }
}

function isTold(): boolean {
  return statOf(process.pid) !== "untold";
}

/** Those that write with us are the same user's: a number that is another user's was given anew. */
function hasOurProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
