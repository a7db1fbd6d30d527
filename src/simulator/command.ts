#!/usr/bin/env node
import { helpText, readArguments } from "./arguments";
import { SimulatorInputError } from "./reading";
import { startSimulator } from "./start";

async function main(): Promise<void> {
  const options = readArguments(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(helpText());
    return;
  }
  const simulator = await startSimulator(options);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    // Closing ends all connections, so nothing keeps the process alive after it.
    void simulator.close();
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.stdout.write(`listening ${simulator.url}\n`);
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`huawei-ota-simulator: ${message}\n`);
  process.exitCode = error instanceof SimulatorInputError ? 2 : 1;
});
