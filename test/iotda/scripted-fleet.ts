import type { HttpReply, HttpRequest } from "../../src/http/endpoint";
import { aReply } from "../http/requests";
import { bodyOf, type Fields, ScriptedPlatform } from "./scripted-platform";

/** Devices and groups beside packages and tasks, as the vendor's SDK tells of them. */
export class ScriptedFleet extends ScriptedPlatform {
  devices: Fields[] = [];
  /** Members by the group's id. */
  groups: Readonly<Record<string, readonly string[]>> = {};
  /** Parts of tasks by the task's id. */
  parts: Readonly<Record<string, readonly Fields[]>> = {};
  /** Whether the edition has SearchDevices. */
  canSearch = true;
  /** Whether lists tell where their next page begins. */
  tellsListMarkers = true;
  /** Whether rows of a search tell where the next ones begin. */
  tellsRowMarkers = true;
  /** What an unknown group answers. */
  unknownGroup: "404" | "empty" = "404";
  readonly searchedAt: number[] = [];

  constructor() {
    super();
    this.script = (request) => this.answerFleet(request);
  }

  /** Calls about devices and groups; a search by its statement. */
  asked(): string[] {
    return this.sent
      .filter(({ path }) => /\/(devices|device-group|search)/.test(path))
      .map((request) =>
        request.method === "POST"
          ? String(bodyOf(request)["sql"])
          : request.path.replace("/v5/iot/project-1", ""),
      );
  }

  answerFleet(request: HttpRequest): HttpReply | undefined {
    const { pathname, searchParams } = new URL(request.path, "https://iotda.example");
    const [kind, id, more] = pathname
      .replace("/v5/iot/project-1/", "")
      .split("/")
      .map(decodeURIComponent);
    const query = Object.fromEntries(searchParams);
    const parts = kind === "batchtasks" ? this.parts[id ?? ""] : undefined;
    if (parts !== undefined) {
      const batchtask = this.tasks.find(({ task_id }) => task_id === id);
      return aReply(200, { batchtask, task_details: parts, page: { count: parts.length } });
    }
    if (kind === "search") return this.answerSearch(String(bodyOf(request)["sql"]));
    if (kind === "devices") return this.answerDevice(id, query);
    if (kind === "device-group") return this.answerGroup(id, more, query);
    return undefined;
  }

  private answerDevice(id: string | undefined, query: Fields): HttpReply {
    if (id !== undefined) {
      const found = this.devices.find(({ device_id }) => device_id === id);
      return found === undefined
        ? aReply(404, { error_code: "IOTDA.014000", error_msg: "No." })
        : aReply(200, { ...found, auth_info: { secret: "d3vice-s3cret" } });
    }
    const fitting = this.devices.filter(({ product_id }) =>
      [undefined, product_id].includes(query["product_id"] as string | undefined),
    );
    return this.paged("devices", fitting, query);
  }

  private answerGroup(id: string | undefined, more: string | undefined, query: Fields): HttpReply {
    if (id === undefined) {
      const all = Object.keys(this.groups).map((group_id) => ({
        group_id,
        name: `name ${group_id}`,
      }));
      const { name: wanted } = query;
      return this.paged(
        "device_groups",
        all.filter(({ name }) => wanted === undefined || name === wanted),
        query,
      );
    }
    const members = this.groups[id];
    if (more !== undefined && members === undefined && this.unknownGroup === "empty") {
      return this.paged("devices", [], query);
    }
    if (members === undefined) return aReply(404, { error_code: "IOTDA.000013", error_msg: "No." });
    if (more === undefined) return aReply(200, { group_id: id, name: `name ${id}` });
    const devices = members.map((device_id) => ({ device_id, product_id: "NBM1" }));
    return this.paged("devices", devices, query);
  }

  private paged(field: string, all: readonly Fields[], query: Fields): HttpReply {
    const { limit = "10", marker, offset = "0" } = query;
    if (Number(offset) > 500) return aReply(400, { error_code: "IOTDA.000006", error_msg: "No." });
    const first = marker === undefined ? Number(offset) : Number((marker as string).slice(1)) + 1;
    const items = all.slice(first, first + Number(limit));
    const last = `m${String(first + items.length - 1)}`;
    return aReply(200, {
      [field]: items,
      page: {
        count: all.length,
        marker: this.tellsListMarkers && items.length > 0 ? last : undefined,
      },
    });
  }

  private answerSearch(sql: string): HttpReply {
    this.searchedAt.push(this.clock.elapsed());
    if (!this.canSearch) return aReply(403, { error_code: "IOTDA.000021", error_msg: "No." });
    if (sql.length > 400)
      return aReply(400, { error_code: "IOTDA.000006", error_msg: "Too long." });
    const [, what, where, limit] =
      /^select (\*|count\(\*\)) from device where (.*?)(?: order by marker desc)?(?: limit (\d+))?$/.exec(
        sql,
      ) ?? [];
    if (where === undefined) return aReply(400, { error_code: "IOTDA.000006", error_msg: sql });
    const rows = this.devices
      .map((device, index) => ({ ...device, marker: String(index).padStart(24, "0") }))
      .filter((row) => where.split(" and ").every((condition) => this.holds(row, condition)))
      .reverse();
    return what === "*"
      ? aReply(200, { devices: rows.slice(0, Number(limit ?? 10)).map((row) => this.told(row)) })
      : aReply(200, { count: rows.length });
  }

  private told({ marker, ...row }: Fields): Fields {
    return this.tellsRowMarkers ? { ...row, marker } : row;
  }

  private holds(row: Fields, condition: string): boolean {
    const [, field = "", operator, value = ""] = /^(\w+) (in|=|!=|<) (.*)$/.exec(condition) ?? [];
    const values = [...value.matchAll(/'([^']*)'/g)].map(([, one]) => one);
    if (field === "group_id") {
      return values.some((id) => this.groups[id ?? ""]?.includes(String(row["device_id"])));
    }
    const own = row[field];
    if (operator === "<") return String(own) < String(values[0]);
    return operator === "!=" ? own !== values[0] : values.includes(own as string);
  }
}

/** A device as the platform's lists tell it. */
export function aDevice(deviceId: string, change: Fields = {}): Fields {
  return {
    device_id: deviceId,
    product_id: "NBM1",
    fw_version: "1.3",
    sw_version: null,
    status: "ONLINE",
    ...change,
  };
}

/** `meter-00001`, `meter-00002` … */
export function meters(count: number, change: Fields = {}): Fields[] {
  return idsOf(count).map((id) => aDevice(id, change));
}

export function idsOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `meter-${String(index + 1).padStart(5, "0")}`);
}
