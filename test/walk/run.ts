import type { Simulator } from "../../src/simulator";
import { messageOf } from "../../src/errors";
import { newStack, type Stack, startPlatform, until } from "../engine/stack";
import { platformTime, STANDING_STILL } from "../engine/story";
import { compareIds, compareState, compareStops, type StateTask } from "./checks";
import { type Inline, startInline } from "./engine";
import {
  addressOf,
  type Books,
  differences,
  entered,
  type Held,
  type Holdings,
  isUntold,
  movesUnseen,
  type Outcome,
  outcomeOf,
  wordsFor,
} from "./model";
import {
  edited,
  firstProgram,
  type Program,
  type Step,
  type Task,
  twinsIn,
  type Walk,
  type Way,
  withoutAliases,
} from "./program";
import { addressIn, declare, urnOf } from "./resources";
import { errorsIn, redness, Stumble } from "./stumble";
import type { WalkWing } from "./wings";

export interface WalkResult {
  /** What was done, line by line. */
  readonly story: readonly string[];
  readonly stumble: Stumble | undefined;
}

/** How slow devices are: most tasks are over after 20 minutes, or hardly ever. */
const QUICK_SECONDS = 600;
const SLOW_SECONDS = 90 * 86_400;

const stacks = new Set<Stack>();

/** Ends all that walks have begun. */
export function abandonWalks(): void {
  for (const stack of stacks) stack.remove();
}

/** Walks on the real engine, with a stack and a platform of its own, as far as all is well. */
export async function runWalk(wing: WalkWing, walk: Walk): Promise<WalkResult> {
  const simulator = await startPlatform({
    clock: { speed: 0, start: new Date(Math.floor(Date.now() / 1000) * 1000) },
    behaviour: {
      ...STANDING_STILL,
      upgradeSeconds: walk.isSlow ? SLOW_SECONDS : QUICK_SECONDS,
      iotdaDownloadTimeoutSeconds: 2 * SLOW_SECONDS,
      iotdaResultTimeoutSeconds: 2 * SLOW_SECONDS,
    },
  });
  wing.stock(simulator);
  const stack = await newStack({ simulator, program: "" });
  stacks.add(stack);
  const story: string[] = [];
  try {
    await new Walker(wing, simulator, stack, story).go(walk);
    return { story, stumble: undefined };
  } catch (error) {
    // One walk that cannot go on is no reason to end the others.
    const stumble = error instanceof Stumble ? error : new Stumble("BROKEN", messageOf(error));
    return { story, stumble };
  } finally {
    stacks.delete(stack);
    stack.remove();
    await simulator.close();
  }
}

/** A walk under way: the program, what the model says of it, and the real thing. */
class Walker {
  readonly #wing: WalkWing;
  readonly #simulator: Simulator;
  readonly #stack: Stack;
  readonly #story: string[];
  readonly #began: number;
  #steps = 0;
  #program: Program = [];
  /** The program of the last `up` of the whole. */
  #deployed: Program = [];
  #holdings: Holdings = new Map();
  #books: Books = new Map();
  /** Tasks that no resource has any more, and that the platform still lists. */
  #records: readonly Held[] = [];
  #state: readonly StateTask[] = [];

  constructor(wing: WalkWing, simulator: Simulator, stack: Stack, story: string[]) {
    this.#wing = wing;
    this.#simulator = simulator;
    this.#stack = stack;
    this.#story = story;
    this.#began = simulator.clock.now().getTime();
  }

  async go(walk: Walk): Promise<void> {
    this.#program = firstProgram(walk);
    await this.#upAndCompare({ way: "plain" }, "nothing", ["begins"]);
    for (const step of walk.steps) {
      this.#steps += 1;
      this.#simulator.clock.advance(step.minutes * 60);
      const done = this.#edit(step);
      const isIdle = done.length === 0 && ["plain", "target"].includes(step.up.way);
      if (!isIdle) await this.#upAndCompare(step.up, step.then, done);
    }
  }

  async #upAndCompare(way: Way, then: Step["then"], done: readonly string[]): Promise<void> {
    const target = way.way === "target" ? this.#targetOf(way.task) : undefined;
    const outcome = this.#outcome(this.#program, target);
    this.#tell(way, target, outcome, done);
    const before = this.#simulator.books();
    const idsBefore = this.#state.map(({ id }) => id);

    await this.#up(way, target, outcome);
    this.#books = entered(this.#books, outcome.pushed);
    this.#holdings = outcome.holdings;
    const staying = outcome.dropped.filter((old) => this.#wing.keepsTasks || old.isKept);
    this.#records = [...this.#records, ...staying];
    if (target === undefined) this.#deployed = this.#program;

    this.#compareBooks("after the up");
    this.#state = await this.#readState();
    const after = this.#simulator.books();
    compareState(this.#state, this.#wing.tasksById(after), this.#holdings);
    if (target === undefined) compareIds(this.#state);
    if (!this.#wing.keepsTasks) {
      compareStops({
        outcome,
        idsBefore,
        platformBefore: this.#wing.tasksById(before),
        requests: after.requests.slice(before.requests.length),
        pushes: this.#wing.pushes(after),
        twin: way.way === "twin" ? twinsIn(this.#program, way.task).twin : undefined,
      });
    }
    await this.#then(then, target);
  }

  #tell(way: Way, target: Task | undefined, outcome: Outcome, done: readonly string[]): void {
    const { way: name, ...how } = way;
    const isPlain = name === "plain" || (name === "target" && target === undefined);
    const said = isPlain ? "" : `, ${name} ${target === undefined ? told(how) : addressOf(target)}`;
    const pushed = outcome.pushed.map(wordsFor).join("; ");
    this.#story.push(
      `${String(this.#steps)}. at ${String(this.#second())} s: ${done.join("; ") || "nothing changes"}`,
      ...this.#program.map((task) => `     ${described(task)}`),
      `   up${said}; to be pushed: ${pushed || "nothing"}`,
    );
  }

  /** The edits that change something and keep the walk where it can be told what ought to be. */
  #edit({ edits }: Step): string[] {
    this.#program = withoutAliases(this.#program);
    return edits.flatMap((edit) => {
      const { edit: name, ...how } = edit;
      const program = edited(this.#program, edit, this.#second());
      if (program === undefined) return [];
      if (isUntold(this.#records, this.#holdings, program, this.#outcome(program))) return [];
      if (movesUnseen(this.#holdings, program, this.#second())) return [];
      this.#program = program;
      return [`${name} ${told(how)}`];
    });
  }

  #second(): number {
    return (this.#simulator.clock.now().getTime() - this.#began) / 1000;
  }

  #outcome(program: Program, target?: Task): Outcome {
    return outcomeOf(this.#holdings, program, this.#second(), target);
  }

  /** One that is there already, in a program of which no resource moves. */
  #targetOf(index: number): Task | undefined {
    const target = this.#program[index % this.#program.length];
    const staysAsItIs = (task: Task): boolean =>
      task.alias === undefined &&
      this.#deployed.some(
        (one) => addressOf(one) === addressOf(task) && one.provider === task.provider,
      );
    if (target === undefined || !this.#program.every(staysAsItIs)) return undefined;
    const first = this.#outcome(this.#program, target);
    const rest = outcomeOf(first.holdings, this.#program, this.#second());
    const records = [...this.#records, ...first.dropped];
    // With a target no other resource tells what it has.
    const isAsked =
      isUntold(records, first.holdings, this.#program, rest) ||
      movesUnseen(this.#holdings, [target], this.#second());
    return isAsked ? undefined : target;
  }

  async #up(way: Way, target: Task | undefined, outcome: Outcome): Promise<void> {
    if (way.way === "after a refresh") {
      const { code, output } = await this.#stack.refresh();
      if (code !== 0) throw redness("refresh", output);
    }
    if (way.way === "twin") await this.#refuseTwin(way.task, outcome);
    if (way.way === "killed") await this.#killAmid(way);
    const targets = target === undefined ? [] : ["--target", urnOf(target, this.#wing)];
    const { code, output } = await this.#run(await this.#start(this.#program, ...targets));
    if (code !== 0) throw redness("up", output);
  }

  #start(program: Program, ...args: string[]): Promise<Inline> {
    const { url } = this.#simulator;
    const instant = (second: number): string =>
      platformTime(this.#simulator, second - this.#second());
    const run = (): void => {
      declare(program, this.#wing, url, instant);
    };
    return startInline(this.#stack, run, "up", "--yes", "--skip-preview", ...args);
  }

  async #run(running: Inline): Promise<{ code: number | null; output: string }> {
    const result = await running.done;
    if (running.hasHung()) throw new Stumble("HANG", "the up never ends", result.output);
    return result;
  }

  /** Whatever else is pushed beside it is what the `up` without the twin would push. */
  async #refuseTwin(index: number, { pushed }: Outcome): Promise<void> {
    const twins = twinsIn(this.#program, index);
    const { code, output } = await this.#run(await this.#start([...this.#program, twins.twin]));
    const what = wordsFor(twins.twin);
    if (code === 0) throw new Stumble("TWIN", `two resources may declare ${what}`, output);
    const said = errorsIn(output).join(" | ");
    if (!Object.values(twins).some(({ name }) => said.includes(name))) {
      throw new Stumble(
        "TWIN",
        `the refusal of a second ${what} names no resource: ${said}`,
        output,
      );
    }
    this.#compareBooks(`after two declared ${what}`, entered(this.#books, pushed), /^TWICE/);
  }

  async #killAmid(way: Extract<Way, { way: "killed" }>): Promise<void> {
    const calls = way.call === "push" ? this.#wing.calls.push : {};
    this.#simulator.addFault({ kind: "hold", ...calls, after: way.after });
    const running = await this.#start(this.#program);
    let isOver = false;
    void running.done.then(() => (isOver = true));
    const isHeld = (): boolean =>
      this.#simulator.books().requests.some(({ outcome }) => outcome === "held");
    await until("a call is held, or the up is over", () => isOver || isHeld(), 120);
    this.#simulator.clearFaults();
    if (isHeld()) {
      this.#story.push("   killed");
      if (way.victim !== "provider") running.process.kill("SIGKILL");
      if (way.victim !== "command") {
        for (const pid of this.#stack.providers()) process.kill(pid, "SIGKILL");
      }
      this.#simulator.releaseHeld();
    }
    await this.#run(running);
    if (way.victim !== "provider") await this.#stack.pulumi("cancel", "--yes");
  }

  async #then(then: Step["then"], target: Task | undefined): Promise<void> {
    if (then === "another up" && target === undefined) {
      const { code, output } = await this.#run(await this.#start(this.#program));
      if (code !== 0) throw redness("another up of the same", output);
      this.#compareBooks("after another up of the same");
    }
    if (then === "no drift") {
      const { code, output } = await this.#stack.drift();
      if (code !== 0) throw new Stumble("DRIFT", "a refresh shows a change", output);
    }
  }

  #compareBooks(when: string, model = this.#books, what = /./): void {
    const platform = entered(new Map(), this.#wing.pushes(this.#simulator.books()));
    const wrong = differences(platform, model).filter((line) => what.test(line));
    if (wrong.length === 0) return;
    const kinds = new Set(wrong.map((line) => line.slice(0, line.indexOf(":"))));
    throw new Stumble([...kinds].join("+"), `${when}: ${wrong.join("; ")}`);
  }

  async #readState(): Promise<StateTask[]> {
    const { resources = [] } = (await this.#stack.state()).deployment;
    return resources
      .filter(({ type }) => type.endsWith("UpgradeTask"))
      .map(({ urn, id = "" }) => ({ address: addressIn(urn), id }));
  }
}

function told(how: object): string {
  return Object.entries(how)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(", ");
}

function described(task: Task): string {
  const { provider, alias, rerunAfter, spelling, isKept, devices } = task;
  const more = [
    provider && `by ${provider}`,
    alias && `formerly ${addressOf(alias)}`,
    rerunAfter !== undefined && `rerunAfter ${String(rerunAfter)} s`,
    spelling !== "short" && spelling,
    isKept && "kept",
  ].filter((one) => typeof one === "string");
  return [`${addressOf(task)}: ${wordsFor(task)} [${devices.join()}]`, ...more].join(", ");
}
