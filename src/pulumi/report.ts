import { withoutSecrets } from "../known-secrets";
import { nameInUrn } from "../urn";
import { currentDoor } from "./door";
import { engineAddress } from "./engine-link";
import type { LogLine, WriteLine } from "./engine-log";

/** What a person reads beside a resource while an operation runs. */
export interface Report {
  /** Replaces the line before it; the last one is never held back, for it stays on the row. */
  readonly progress: (text: string, isLast?: boolean) => void;
  /** Stays under the resource. */
  readonly info: (text: string) => void;
  /**
   * Stays under the resource, and is counted on its row; begins with the resource's name, for with
   * `--diff` it stands apart from the row.
   */
  readonly warn: (text: string) => void;
}

// There is no error() on purpose: the engine marks the row as failed while the resource is made.
const SEVERITY = { info: 1, warning: 2 } as const;

/** CI logs print every progress line, so they come on a change and no oftener than this. */
const PROGRESS_MILLISECONDS = 4_000;

/**
 * Lines go to the engine's log service with the resource's URN; without one they stand on the stack's
 * row. A warning is said once in a process: previews check a replaced resource twice.
 */
export function createReport(
  urn: string | undefined,
  write: (line: LogLine) => void = writeToEngine,
  now: () => number = Date.now,
): Report {
  const name = urn === undefined ? "" : `${nameInUrn(urn)}: `;
  let last = { text: "", at: -Infinity };
  const stay = (severity: number, text: string): void => {
    const message = withoutSecrets(text);
    const key = `${String(severity)} ${urn ?? ""} ${message}`;
    if (said.has(key)) return;
    said.add(key);
    write({ severity, message, urn: urn ?? "", ephemeral: false });
  };
  return {
    progress(text, isLast = false) {
      const message = withoutSecrets(text);
      const isTooSoon = !isLast && now() - last.at < PROGRESS_MILLISECONDS;
      if (message === last.text || isTooSoon) return;
      last = { text: message, at: now() };
      write({ severity: SEVERITY.info, message, urn: urn ?? "", ephemeral: true });
    },
    info: (message) => {
      stay(SEVERITY.info, message);
    },
    warn: (message) => {
      stay(SEVERITY.warning, message.startsWith(name) ? message : `${name}${message}`);
    },
  };
}

const said = new Set<string>();

let log: WriteLine | "none" | undefined;

/** A report is a courtesy: without an engine there is none. */
function writeToEngine(line: LogLine): void {
  log ??= openLog() ?? "none";
  if (log === "none") return;
  const arrival = log(line).finally(() => underWay.delete(arrival));
  underWay.add(arrival);
}

function openLog(): WriteLine | undefined {
  const address = engineAddress();
  return address === undefined ? undefined : currentDoor().openLog(address);
}

const underWay = new Set<Promise<void>>();
const ARRIVAL_MILLISECONDS = 500;

/**
 * Ends when the engine has every line, or shortly after: it kills this process once its last
 * operation is answered, and lines that are still under way would be lost.
 */
export async function linesHaveArrived(): Promise<void> {
  if (underWay.size === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ARRIVAL_MILLISECONDS);
  });
  await Promise.race([Promise.all(underWay), patience]);
  clearTimeout(timer);
}
