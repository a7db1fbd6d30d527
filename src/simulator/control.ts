import type { ApiRequest } from "./api";
import type { SimulatorControl } from "./handle";
import type { FaultOptions } from "./faults";
import type { PlatformPart } from "./generation";
import type { GroupData } from "./groups";
import type { IotdaObjectData } from "./iotda/data";
import { isObject, readNumber, readObject, SimulatorInputError, type JsonObject } from "./reading";
import { decoded, parseJson } from "./requests";

export const controlPath = "/_control";

export interface ControlReply {
  readonly status: number;
  readonly body: unknown;
}

interface ControlCall {
  readonly simulator: SimulatorControl;
  /** What stands in the path where the pattern has its first `*`. */
  readonly id: string;
  /** The same for the second. */
  readonly other: string;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
}

type Operation = (call: ControlCall) => unknown;

/** The body without `appId`, and that on its own. */
function apart(body: JsonObject): {
  readonly rest: JsonObject;
  readonly appId: string | undefined;
} {
  const { appId, ...rest } = body;
  if (appId !== undefined && typeof appId !== "string") {
    throw new SimulatorInputError("appId must be a text.");
  }
  return { rest, appId };
}

function clockState({ simulator }: ControlCall): JsonObject {
  return { now: simulator.clock.now().toISOString(), speed: simulator.clock.speed };
}

type Part = PlatformPart<object, object>;

/** What can be done to one generation of the platform, under its place. */
function of(place: string, part: (call: ControlCall) => Part): Readonly<Record<string, Operation>> {
  return {
    [`PUT ${place}/packages`]: (call) => {
      const { rest, appId } = apart(call.body);
      return { packageId: part(call).putPackage(rest, appId) };
    },
    [`PUT ${place}/devices/*`]: (call) => {
      const { rest, appId } = apart(call.body);
      part(call).putDevice(call.id, rest, appId);
    },
    [`DELETE ${place}/devices/*`]: (call) => part(call).deleteDevice(call.id),
    [`PUT ${place}/devices/*/groups/*`]: (call) => part(call).joinGroup(call.id, call.other),
    [`DELETE ${place}/devices/*/groups/*`]: (call) => part(call).leaveGroup(call.id, call.other),
    [`PUT ${place}/groups`]: (call) => {
      const { rest, appId } = apart(call.body);
      return { id: part(call).putGroup(rest as unknown as GroupData, appId) };
    },
    [`DELETE ${place}/groups/*`]: (call) => part(call).deleteGroup(call.id, apart(call.body).appId),
  };
}

// The bodies go to operations that check them themselves.
const operations: Readonly<Record<string, Operation>> = {
  "GET /ready": () => ({ ready: true }),
  "GET /books": ({ simulator, query }) => {
    const after = query.get("after") ?? "0";
    if (/^\d{1,15}$/.test(after)) return simulator.books({ after: Number(after) });
    throw new SimulatorInputError("after must be the sequence number of a request.");
  },
  "GET /watch": ({ simulator, query }) => simulator.watch({ layout: query.get("layout") ?? "" }),
  "GET /clock": clockState,
  "POST /clock": (call) => {
    const { advanceSeconds } = readObject(call.body, "The body", ["advanceSeconds"]);
    call.simulator.clock.advance(readNumber(advanceSeconds, "advanceSeconds"));
    return clockState(call);
  },
  "GET /faults": ({ simulator }) => simulator.faults(),
  "POST /faults": ({ simulator, body }) => simulator.addFault(body as unknown as FaultOptions),
  "DELETE /faults": ({ simulator }) => simulator.clearFaults(),
  "POST /release": ({ simulator }) => ({ released: simulator.releaseHeld() }),
  "POST /tasks/*/stop": ({ simulator, id }) => simulator.stopTask(id),
  "POST /tasks/*/finish": ({ simulator, id }) => simulator.finishTask(id),
  "DELETE /tasks/*": ({ simulator, id }) => simulator.purgeTask(id),
  "DELETE /packages/*": ({ simulator, id }) => simulator.deletePackage(id),
  "PUT /iotda/objects": ({ simulator, body }) =>
    simulator.iotda.putObject(body as unknown as IotdaObjectData),
  "POST /login/*": ({ simulator, id }) => simulator.loginElsewhere(id),
  "GET /behaviour": ({ simulator }) => simulator.behaviour(),
  "POST /behaviour": ({ simulator, body }) => simulator.setBehaviour(body),
  "POST /reset": ({ simulator }) => simulator.reset(),
  ...of("", ({ simulator }) => simulator.northbound),
  ...of("/iotda", ({ simulator }) => simulator.iotda),
};

interface Found {
  readonly operation: Operation;
  readonly ids: readonly string[];
}

function find(method: string, path: string): Found | undefined {
  const asked = `${method} ${path.slice(controlPath.length)}`.split("/");
  for (const [route, operation] of Object.entries(operations)) {
    const parts = route.split("/");
    const fits = parts.every((part, index) =>
      part === "*" ? (asked[index] ?? "") !== "" : part === asked[index],
    );
    if (!fits || parts.length !== asked.length) continue;
    const ids = asked.filter((_, index) => parts[index] === "*").map(decoded);
    return { operation, ids };
  }
  return undefined;
}

/** Answers a call under `/_control`. What cannot be done is a 400 with one sentence. */
export function control(
  simulator: SimulatorControl,
  { method, path, query, body: text }: Pick<ApiRequest, "method" | "path" | "query" | "body">,
): ControlReply {
  const found = find(method, path);
  if (found === undefined) {
    const known = Object.keys(operations)
      .map((route) => route.replace(" ", ` ${controlPath}`))
      .join(", ");
    const error = `There is no ${method} ${path}; the control interface has ${known}.`;
    return { status: 404, body: { error } };
  }
  const body = text === "" ? {} : parseJson(text);
  if (!isObject(body)) return { status: 400, body: { error: "The body must be a JSON object." } };
  try {
    const [id = "", other = ""] = found.ids;
    const answer = found.operation({ simulator, id, other, query, body });
    return { status: 200, body: answer ?? {} };
  } catch (error) {
    if (!(error instanceof SimulatorInputError)) throw error;
    return { status: 400, body: { error: error.message } };
  }
}
