import { RunningClock } from "./clock";
import { loadData, readData } from "./data";
import { readBehaviour } from "./behaviour";
import type { Simulator, SimulatorOptions } from "./handle";
import { Platform } from "./platform";
import { RequestLog } from "./request-log";
import { SimulatorServer } from "./server";
import { smallWorld } from "./small-world";

/**
 * Starts a simulator of the northbound v1.5.0 device-upgrade API (the eight upgrade calls, login,
 * refresh and logout) and, when the data has an `iotda` section, of the IoTDA v5 calls for packages
 * and batch tasks. It needs no network and no account, and keeps everything in memory.
 * @param options - The data, where to listen, and how the platform behaves.
 * @returns The handle, once the simulator listens.
 * @throws SimulatorInputError when the options or the data cannot be used; the system's error when
 * the port cannot be had.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { data: source = smallWorld } = options;
  const data = typeof source === "string" ? loadData(source) : readData(source);
  const given = readBehaviour(options.behaviour ?? {}, "The behaviour");
  const clock = new RunningClock(options.clock);
  const platform = new Platform({ ...data, behaviour: { ...data.behaviour, ...given } }, clock);
  const log = options.log === undefined ? undefined : new RequestLog(options.log);
  const server = new SimulatorServer(platform, options.tls, log);
  const host = options.host ?? "127.0.0.1";
  const scheme = options.tls === undefined ? "http" : "https";
  const name = host.includes(":") ? `[${host}]` : host;

  const port = await server.listen(host, options.port ?? 0);
  const close = async (): Promise<void> => {
    platform.isClosed = true;
    await server.close();
  };
  const url = `${scheme}://${name}:${String(port)}`;
  return Object.assign(platform, { url, close, [Symbol.asyncDispose]: close });
}
