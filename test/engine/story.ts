import type { Simulator, SimulatorData } from "../../src/simulator";
import { type CommandResult, newStack, type Stack, startPlatform } from "./stack";

/** A stack and its platform, which the tests of one `describe` use in their order. */
export interface Story {
  readonly stack: Stack;
  readonly simulator: Simulator;
}

export interface StoryOptions {
  readonly program?: string;
  /** What the platform holds. Default: the small world of all stories. */
  readonly data?: SimulatorData;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Switches of the platform. */
  readonly behaviour?: Partial<ReturnType<Simulator["behaviour"]>>;
  /** Whether each test has a stack and a platform of its own. */
  readonly anew?: boolean;
}

/** With a clock that stands still a quota's minute would never end, nor would stopping a task. */
export const STANDING_STILL = {
  callsPerMinute: null,
  iotdaCallsPerMinute: null,
  iotdaSearchesPerSecond: null,
  iotdaInitializingSeconds: 0,
  iotdaStoppingSeconds: 0,
} as const;

/**
 * A stack that lives as long as its `describe`: each engine command costs seconds, so the tests of a
 * story build on each other. The platform's time stands still unless a test moves it.
 */
export function story(options: StoryOptions = {}): Story {
  let simulator: Simulator | undefined;
  let stack: Stack | undefined;
  const [before, after] = options.anew === true ? [beforeEach, afterEach] : [beforeAll, afterAll];
  before(async () => {
    simulator = await startPlatform({
      ...(options.data === undefined ? {} : { data: options.data }),
      clock: { speed: 0 },
      behaviour: { ...STANDING_STILL, ...options.behaviour },
    });
    stack = await newStack({
      simulator,
      program: options.program ?? "",
      environment: options.environment ?? {},
    });
  });
  after(async () => {
    stack?.remove();
    await simulator?.close();
  });
  return {
    get simulator() {
      return there(simulator);
    },
    get stack() {
      return there(stack);
    },
  };
}

/** An instant of the platform's clock, ISO 8601. */
export function platformTime(simulator: Simulator, secondsFromNow = 0): string {
  const at = new Date(Date.parse(simulator.books().time) + secondsFromNow * 1000);
  return `${at.toISOString().slice(0, 19)}Z`;
}

/** The names of the resources in the state, without the stack and the providers. */
export async function namesInState(stack: Stack): Promise<string[]> {
  const { resources = [] } = (await stack.state()).deployment;
  return resources
    .filter(({ type }) => /huawei-ota[/:]\w+:/.test(type))
    .map(({ urn }) => urn.split("::").at(-1) ?? "");
}

/** The calls that changed the platform, or tried to, without logins: `DELETE /iodm/...`. */
export function changes(simulator: Simulator): string[] {
  return simulator
    .books()
    .requests.filter(
      // A search of devices is a read, in spite of its verb.
      ({ method, path }) =>
        method !== "GET" && /^\/(iodm|v5)\//.test(path) && !path.endsWith("/search/query-devices"),
    )
    .map(({ method, path }) => `${method} ${path}`);
}

/** The same from now on, without where it is sent and without ids: `POST batchtasks/stop`. */
export function changesFromNow(simulator: Simulator): () => string[] {
  const before = changes(simulator).length;
  return () =>
    changes(simulator)
      .slice(before)
      .map((call) => call.replace(/\/\S*?(packages|batchtasks)(?:\/[0-9a-f]{24})?/, "$1"));
}

export function there<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("The story has not begun, or this is not there.");
  return value;
}

/** What a command printed that must end well. */
export async function passes(command: Promise<CommandResult>): Promise<string> {
  const { code, output } = await command;
  if (code !== 0) throw new Error(`The command failed with ${String(code)}:\n${output}`);
  return output;
}

/** What a command printed that must fail. */
export async function fails(command: Promise<CommandResult>): Promise<string> {
  const { code, output } = await command;
  if (code === 0) throw new Error(`The command should have failed, and did not:\n${output}`);
  return output;
}
