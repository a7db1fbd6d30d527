import {
  readBoolean,
  readChoice,
  readOptional,
  SimulatorInputError,
  type JsonObject,
} from "./reading";

/** What a device's part of the data says about whether it can be reached. */
interface Presence<Status extends string> {
  readonly online?: boolean;
  readonly status?: Status;
}

/** Reads `online` and `status`, each of which says the other. */
export function readPresence<const Status extends string>(
  source: JsonObject,
  where: string,
  statuses: readonly Status[],
): Presence<Status | "ONLINE" | "OFFLINE"> {
  const online = readOptional(source, "online", where, readBoolean);
  const status = readOptional(source, "status", where, (value, at) =>
    readChoice(value, at, ["ONLINE", "OFFLINE", ...statuses] as const),
  );
  if (status === undefined) {
    return online === undefined ? {} : { online, status: online ? "ONLINE" : "OFFLINE" };
  }
  if (online !== undefined && online !== (status === "ONLINE")) {
    throw new SimulatorInputError(
      `${where} cannot be ${status} and have online ${String(online)}.`,
    );
  }
  return { online: status === "ONLINE", status };
}

/** When a device with such data can be reached; `Infinity` while nothing brings it back. */
export function onlineAt(
  data: { readonly online?: boolean; readonly comesOnlineAfterSeconds?: number },
  now: number,
): number {
  if (data.online ?? true) return -Infinity;
  if (data.comesOnlineAfterSeconds === undefined) return Infinity;
  return now + data.comesOnlineAfterSeconds * 1000;
}
