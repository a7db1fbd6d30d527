import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";

/** Waits until a server that was just started says that it is ready; fails when it ends before. */
export function untilSaid(
  what: string,
  words: string,
  child: ChildProcess,
  stream: Readable | null,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.includes(words)) resolve();
    });
    child.on("error", reject);
    child.on("exit", () => {
      reject(new Error(`The ${what} did not start:\n${output}`));
    });
  });
}
