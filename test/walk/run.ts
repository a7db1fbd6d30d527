import * as pulumi from "@pulumi/pulumi";

import { iotda, northbound, Provider } from "../../src";
import { newStack, type Stack, startPlatform, until } from "../engine/stack";
import { platformTime, STANDING_STILL } from "../engine/story";
import type { Simulator } from "../../src/simulator";
import { type Inline, startInline } from "./engine";
import {
  addressOf,
  type Books,
  differences,
  entered,
  type Held,
  type Holdings,
  isSame,
  isUntold,
  type Outcome,
  outcomeOf,
  overlap,
  wordsFor,
} from "./model";
import {
  edited,
  firstProgram,
  type Place,
  type Program,
  type Step,
  type Task,
  twinOf,
  type Walk,
  withoutAliases,
} from "./program";
import { type WalkWing, wings } from "./wings";

/** Why a walk has ended: a word to sort by, and a sentence. */
export class Stumble extends Error {
  readonly kind: string;
  readonly output: string;

  constructor(kind: string, sentence: string, output = "") {
    super(sentence);
    this.kind = kind;
    this.output = output;
  }
}

export interface WalkResult {
  /** What was done, line by line. */
  readonly story: readonly string[];
  readonly stumble: Stumble | undefined;
}

/** How fast devices are: most tasks are over after 20 minutes, or hardly ever. */
const QUICK_SECONDS = 600;
const SLOW_SECONDS = 90 * 86_400;

export function wingOf(seed: number): WalkWing {
  const wing = wings[seed % wings.length];
  if (wing === undefined) throw new Error("There is no wing.");
  return wing;
}

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
  const story: string[] = [];
  try {
    await new Walker(wing, simulator, stack, story).go(walk);
    return { story, stumble: undefined };
  } catch (error) {
    if (error instanceof Stumble) return { story, stumble: error };
    throw error;
  } finally {
    stack.remove();
    await simulator.close();
  }
}

interface StateTask {
  readonly address: string;
  readonly id: string;
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
  #records: readonly Held[] = [];
  #ids: readonly StateTask[] = [];

  constructor(wing: WalkWing, simulator: Simulator, stack: Stack, story: string[]) {
    this.#wing = wing;
    this.#simulator = simulator;
    this.#stack = stack;
    this.#story = story;
    this.#began = simulator.clock.now().getTime();
  }

  async go(walk: Walk): Promise<void> {
    this.#program = firstProgram(walk);
    await this.#step({ edits: [], minutes: 1, up: { way: "plain" }, then: "nothing" });
    for (const step of walk.steps) {
      this.#steps += 1;
      await this.#step(step);
    }
  }

  async #step(step: Step): Promise<void> {
    this.#simulator.clock.advance(step.minutes * 60);
    const done = this.#edit(step);
    const isIdle = done.length === 0 && ["plain", "target"].includes(step.up.way);
    if (isIdle) {
      this.#say(`${String(this.#steps)}. nothing changes`);
      return;
    }
    const target = step.up.way === "target" ? this.#targetOf(step.up.task) : undefined;
    const outcome = this.#outcome(this.#program, target);
    const { way } = step.up;
    const said =
      way === "killed"
        ? JSON.stringify(step.up)
        : target === undefined && way === "target"
          ? "plain"
          : `${way} ${target === undefined ? "" : addressOf(target)}`;
    this.#say(
      `${String(this.#steps)}. ${String(step.minutes)} min later: ${done.join("; ") || "nothing changes"}; up: ${said.trim()}; then ${step.then}`,
    );
    for (const task of this.#program) this.#say(`     ${describe(task)}`);
    this.#say(`   to be pushed: ${outcome.pushed.map(wordsFor).join("; ") || "nothing"}`);

    const before = this.#wing.tasksById(this.#simulator.books());
    const calls = this.#simulator.books().requests.length;
    const ids = this.#ids;
    await this.#up(step, target, outcome);

    this.#books = entered(this.#books, outcome.pushed);
    this.#holdings = outcome.holdings;
    this.#records = [
      ...this.#records,
      ...outcome.dropped.filter((old) => this.#staysOnPlatform(old, outcome)),
    ];
    if (target === undefined) this.#deployed = this.#program;
    this.#compareBooks("after the up");
    await this.#compareState(target === undefined);
    if (!this.#wing.keepsTasks) this.#compareStops(outcome, before, ids, calls);
    await this.#then(step, target);
  }

  /** The edits that change something and keep the walk where it can be told what ought to be. */
  #edit({ edits }: Step): string[] {
    this.#program = withoutAliases(this.#program);
    const done: string[] = [];
    for (const edit of edits) {
      const { edit: name, ...how } = edit;
      const program = edited(this.#program, edit, this.#second());
      if (program === undefined) continue;
      if (isUntold(this.#records, this.#holdings, program, this.#outcome(program))) {
        done.push(`(${name} is passed over)`);
        continue;
      }
      this.#program = program;
      done.push(`${name} ${JSON.stringify(how)}`);
    }
    return done;
  }

  #second(): number {
    return (this.#simulator.clock.now().getTime() - this.#began) / 1000;
  }

  #outcome(program: Program, target?: Task): Outcome {
    return outcomeOf(this.#holdings, program, this.#second(), target);
  }

  #staysOnPlatform(old: Held, { replaced }: Outcome): boolean {
    const goesOn = replaced.some(({ old: one, by }) => one === old && !overlap(old, by));
    return this.#wing.keepsTasks || old.isKept || goesOn;
  }

  /** One that is there already, in a program of which no other resource moves. */
  #targetOf(index: number): Task | undefined {
    const target = this.#program[index % this.#program.length];
    const stays = this.#program.every(
      (task) =>
        task.alias === undefined &&
        this.#deployed.some(
          (one) => addressOf(one) === addressOf(task) && one.provider === task.provider,
        ),
    );
    if (target === undefined || !stays) return undefined;
    const first = this.#outcome(this.#program, target);
    const records = [...this.#records, ...first.dropped];
    const rest = outcomeOf(first.holdings, this.#program, this.#second());
    return isUntold(records, first.holdings, this.#program, rest) ? undefined : target;
  }

  async #up({ up }: Step, target: Task | undefined, outcome: Outcome): Promise<void> {
    if (up.way === "after a refresh") await this.#passes("refresh", "--yes", "--skip-preview");
    if (up.way === "twin") {
      const twin = twinOf(this.#program, up.task);
      this.#say(`     twin of ${wordsFor(twin)}`);
      const red = await this.#run(await this.#start([...this.#program, twin]));
      if (red.code === 0)
        throw new Stumble("TWIN", `Two of ${wordsFor(twin)} were taken`, red.output);
      this.#compareBooks(
        "after the twin was refused",
        entered(this.#books, outcome.pushed),
        /^TWICE/,
      );
    }
    if (up.way === "killed") await this.#killAmid(up);
    const targets = target === undefined ? [] : ["--target", this.#urnOf(target)];
    const { code, output } = await this.#run(await this.#start(this.#program, ...targets));
    if (code !== 0) throw redness("up", output);
  }

  #start(program: Program, ...args: string[]): Promise<Inline> {
    const declare = (): void => this.#declare(program);
    return startInline(this.#stack, declare, "up", "--yes", "--skip-preview", ...args);
  }

  async #run(running: Inline): Promise<{ code: number | null; output: string }> {
    const result = await running.done;
    if (running.hasHung()) throw new Stumble("HANG", "The up never ends", result.output);
    return result;
  }

  async #killAmid(up: Extract<Step["up"], { way: "killed" }>): Promise<void> {
    const call = up.call === "push" ? this.#wing.calls.push : {};
    this.#simulator.addFault({ kind: "hold", ...call, after: up.after });
    const running = await this.#start(this.#program);
    let isOver = false;
    void running.done.then(() => (isOver = true));
    const isHeld = (): boolean =>
      this.#simulator.books().requests.some(({ outcome }) => outcome === "held");
    await until("a call is held, or the up is over", () => isOver || isHeld(), 120);
    this.#simulator.clearFaults();
    if (isHeld()) {
      this.#say("     killed");
      if (up.victim !== "provider") running.process.kill("SIGKILL");
      if (up.victim !== "command") {
        for (const pid of this.#stack.providers()) process.kill(pid, "SIGKILL");
      }
      this.#simulator.releaseHeld();
    }
    await this.#run(running);
    if (up.victim !== "provider") await this.#stack.pulumi("cancel", "--yes");
  }

  async #then({ then }: Step, target: Task | undefined): Promise<void> {
    if (then === "another up" && target === undefined) {
      const { code, output } = await this.#run(await this.#start(this.#program));
      if (code !== 0) throw redness("second up", output);
      this.#compareBooks("after another up of the same");
    }
    if (then === "no drift") {
      const { code, output } = await this.#stack.drift();
      if (code !== 0) throw new Stumble("DRIFT", "A refresh shows a change", output);
    }
  }

  async #passes(...args: string[]): Promise<void> {
    const { code, output } = await this.#stack.pulumi(...args);
    if (code !== 0) throw redness(args[0] ?? "", output);
  }

  #compareBooks(when: string, model = this.#books, what = /./): void {
    const platform = entered(new Map(), this.#wing.pushes(this.#simulator.books()));
    const wrong = differences(platform, model).filter((line) => what.test(line));
    if (wrong.length === 0) return;
    const kinds = new Set(wrong.map((line) => line.slice(0, line.indexOf(":"))));
    throw new Stumble([...kinds].join("+"), `${when}: ${wrong.join("; ")}`);
  }

  /** Each task of the program is in the state once, and the platform has it as it is declared. */
  async #compareState(isWhole: boolean): Promise<void> {
    const { resources = [] } = (await this.#stack.state()).deployment;
    this.#ids = resources
      .filter(({ type }) => type.endsWith("UpgradeTask"))
      .map(({ urn, id = "" }) => ({ address: addressIn(urn), id }));
    const found = this.#ids.map(({ address }) => address).sort();
    const expected = [...this.#holdings.keys()].sort();
    if (found.join() !== expected.join()) {
      throw new Stumble("STATE", `The state has ${found.join()} instead of ${expected.join()}`);
    }
    if (isWhole && new Set(this.#ids.map(({ id }) => id)).size < this.#ids.length) {
      throw new Stumble("STATE", "Two resources have one task");
    }
    const tasks = this.#wing.tasksById(this.#simulator.books());
    for (const { address, id } of this.#ids) {
      const held = this.#holdings.get(address);
      const task = tasks.get(id);
      if (held === undefined) continue;
      if (task === undefined)
        throw new Stumble("DELETED", `The task of ${address} is gone: ${wordsFor(held)}`);
      if (task.isStopped)
        throw new Stumble("STOPPED", `The task of ${address} is stopped: ${wordsFor(held)}`);
      if (!isSame(task, held)) {
        throw new Stumble("OTHER", `${address} has ${wordsFor(task)} instead of ${wordsFor(held)}`);
      }
    }
  }

  /** What is replaced is stopped first where both are for one device, and goes on otherwise. */
  #compareStops(
    { replaced }: Outcome,
    before: ReturnType<WalkWing["tasksById"]>,
    ids: readonly StateTask[],
    calls: number,
  ): void {
    const books = this.#simulator.books();
    const stops = books.requests.slice(calls).filter(({ path }) => path.endsWith("/stop"));
    for (const { old, by } of replaced) {
      const id = ids
        .map((one) => one.id)
        .find((one) => {
          const task = before.get(one);
          return task !== undefined && isSame(task, old) && !task.isOver;
        });
      if (id === undefined || old.isKept) continue;
      const stop = stops.find(({ path }) => path.includes(id));
      const push = this.#wing.pushes(books).findLast((one) => isSame(one, by));
      const what = `${wordsFor(old)}, replaced by ${wordsFor(by)}`;
      if (!overlap(old, by)) {
        if (stop !== undefined)
          throw new Stumble("NEEDLESS STOP", `The old task was stopped: ${what}`);
      } else if (stop === undefined || push === undefined || stop.sequence > push.sequence) {
        throw new Stumble("LATE STOP", `The old task was not stopped first: ${what}`);
      }
    }
  }

  #declare(program: Program): void {
    const { name } = this.#wing;
    const namespace = { northbound, iotda }[name as "northbound" | "iotda"];
    const site = program.some(({ inComponent }) => inComponent)
      ? new pulumi.ComponentResource("walk:Site", "site")
      : undefined;
    const names = program.map(({ provider }) => provider).filter((one) => one !== undefined);
    const settings = this.#wing.settings(this.#simulator.url);
    const providers = new Map(
      [...new Set(names)].map((one) => [one, new Provider(one, { [name]: settings })]),
    );
    for (const task of program) {
      const provider = providers.get(task.provider ?? "");
      const args = this.#wing.argumentsOf(task, (second) => this.#instant(second));
      const options: pulumi.CustomResourceOptions = {
        ...(task.inComponent && site !== undefined ? { parent: site } : {}),
        ...(provider === undefined ? {} : { provider }),
        ...(task.alias === undefined ? {} : { aliases: [this.#urnOf(task.alias)] }),
      };
      new namespace[`${task.kind}UpgradeTask`](task.name, args as never, options);
    }
  }

  #instant(second: number): string {
    return platformTime(this.#simulator, second - this.#second());
  }

  #urnOf({ kind, name, inComponent }: Place): string {
    const type = `pulumi-nodejs:dynamic/huawei-ota/${this.#wing.name}:${kind}UpgradeTask`;
    return `urn:pulumi:dev::test::${inComponent ? "walk:Site$" : ""}${type}::${name}`;
  }

  #say(line: string): void {
    this.#story.push(line);
  }
}

function addressIn(urn: string): string {
  return addressOf({
    kind: urn.includes(":SoftwareUpgradeTask::") ? "Software" : "Firmware",
    name: urn.split("::").at(-1) ?? "",
    inComponent: urn.includes("walk:Site$"),
  });
}

function describe(task: Task): string {
  const { provider, alias, rerunAfter, spelling, isKept, devices } = task;
  const more = [
    provider && `by ${provider}`,
    alias && `formerly ${addressOf(alias)}`,
    rerunAfter !== undefined && `rerunAfter ${String(rerunAfter)} s`,
    spelling !== "short" && spelling,
    isKept && "kept",
  ].filter((one) => typeof one === "string");
  return `${addressOf(task)}: ${wordsFor(task)} [${devices.join()}] ${more.join(", ")}`;
}

/** A command that should have been green. */
function redness(command: string, output: string): Stumble {
  const errors = output
    .split("\n")
    .filter((line) => /error|promises were still active|went wrong/.test(line))
    .map((line) => line.trim());
  const kind = output.includes("promises were still active")
    ? "HANG"
    : /The platform has \d+ tasks that are exactly/.test(output)
      ? "SEVERAL"
      : output.includes("set adopt to its id")
        ? "ASKED"
        : "RED";
  return new Stumble(
    kind,
    `${command} failed: ${[...new Set(errors)].slice(0, 4).join(" | ")}`,
    output,
  );
}
