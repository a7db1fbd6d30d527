import type { HttpReply, HttpRequest } from "../../src/http/endpoint";
import { aReply } from "../http/requests";
import { type Fields, KIND, ScriptedPlatform } from "./scripted-platform";

/** Devices and groups beside packages and tasks, as the vendor's pages tell of them. */
export class ScriptedFleet extends ScriptedPlatform {
  devices: Fields[] = [];
  /** Members by the group's name; its id is `id-` and the name. */
  groups: Readonly<Record<string, readonly string[]>> = {};
  /** Parts of tasks by the task's id. */
  parts: Readonly<Record<string, readonly Fields[]>> = {};
  /** Devices that the list does not show yet. */
  readonly hidden = new Set<string>();

  constructor() {
    super();
    this.script = (request) => this.answerFleet(request);
  }

  /** Method and path of the calls about devices and groups. */
  asked(): string[] {
    return this.sent
      .filter(({ path }) => path.startsWith("/iocm/app/d"))
      .map(({ method, path }) => `${method} ${path.replace("/iocm/app", "")}`);
  }

  answerFleet({ path }: HttpRequest): HttpReply | undefined {
    const parts = this.parts[/operations\/([^/]+)\/subOperations/.exec(path)?.[1] ?? ""];
    if (parts !== undefined) return aReply(200, { data: parts, totalCount: parts.length });
    if (!path.startsWith("/iocm/app/d")) return undefined;
    const { pathname, searchParams } = new URL(path, "https://platform.example");
    const [area, , ...rest] = pathname.split("/").slice(3).map(decodeURIComponent);
    const query = Object.fromEntries(searchParams);
    if (area === "devgroup") return this.answerGroup(rest[1], query);
    if (rest[1] === "ids") {
      const name = (query["devGroupId"] ?? "").replace("id-", "");
      return paged("deviceIds", this.groups[name] ?? [], query);
    }
    if (rest[1] !== undefined) {
      const found = this.devices.find(({ deviceId }) => deviceId === rest[1]);
      return found === undefined
        ? aReply(404, { error_code: "100403", error_desc: "No." })
        : aReply(200, found);
    }
    const fitting = this.devices.filter(({ deviceId, deviceInfo }) => {
      const { deviceType, status } = (deviceInfo ?? {}) as Fields;
      return (
        !this.hidden.has(String(deviceId)) &&
        [undefined, deviceType].includes(query["deviceType"]) &&
        [undefined, status].includes(query["status"])
      );
    });
    return paged("devices", fitting, query);
  }

  private answerGroup(id: string | undefined, query: Readonly<Record<string, string>>) {
    const all = Object.entries(this.groups).map(([name, members]) => ({
      id: `id-${name}`,
      name,
      // The vendor's own example has its figures in quotes.
      curDevNum: String(members.length),
    }));
    if (id !== undefined) {
      const found = all.find((group) => group.id === id);
      // A group that is missing is an error with HTTP 200.
      return aReply(200, found ?? { error_code: "100603", error_desc: "No such group." });
    }
    const { name: wanted } = query;
    const found = all.filter(({ name }) => wanted === undefined || name.includes(wanted));
    return paged("list", found, query);
  }
}

/** Without its parameters the platform shows one group, or ten members, or nothing. */
function paged(field: string, all: readonly unknown[], query: Readonly<Record<string, string>>) {
  const { pageNo, pageSize } = query;
  if (pageNo === undefined || pageSize === undefined)
    throw new Error("pageNo, pageSize are missing");
  const first = Number(pageNo) * Number(pageSize);
  const items = all.slice(first, first + Number(pageSize));
  return aReply(200, { [field]: items, totalCount: String(all.length) });
}

/** A device as the platform tells it. */
export function aDevice(deviceId: string, change: Fields = {}): Fields {
  return {
    deviceId,
    deviceInfo: { ...KIND, fwVersion: "V1.3", swVersion: "", status: "ONLINE", ...change },
  };
}

/** `meter-1`, `meter-2` … */
export function meters(count: number, change: Fields = {}): Fields[] {
  return idsOf(count).map((id) => aDevice(id, change));
}

export function idsOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `meter-${String(index + 1)}`);
}
