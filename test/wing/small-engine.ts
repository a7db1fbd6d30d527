import { messageOf } from "../../src/errors";
import {
  type Difference,
  type HookContext,
  type Kind,
  PartialFailure,
  type Properties,
} from "../../src/pulumi/kind";
import { stable } from "../../src/wing/task-changes";

export type AnyKind = Kind<Properties, object>;

/** The kinds of one wing, as a provider process has them. */
export interface Kinds {
  readonly package: AnyKind;
  readonly task: AnyKind;
  readonly completion: AnyKind;
  readonly rollout?: AnyKind;
}

/** A resource of a program, whose inputs may be made of what others have become. */
export interface Resource {
  readonly kind: keyof Kinds;
  readonly name: string;
  readonly inputs: Properties | ((outputs: (name: string) => Properties) => Properties);
  readonly needs?: readonly string[];
}

interface Saved {
  readonly urn: string;
  readonly kind: keyof Kinds;
  readonly name: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

interface Plan {
  readonly step: Step;
  readonly news: Properties;
  /** Whether the old object goes before the new one is made. */
  readonly isFirst: boolean;
}

type Step = "create" | "same" | "update" | "replace" | "delete";

/** What an operation did and said. */
export interface Done {
  readonly steps: Readonly<Record<string, Step>>;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly lines: readonly string[];
}

/**
 * Calls the hooks of a program in the engine's order: each resource's check and diff while the steps
 * of earlier ones run, what is replaced or gone only at the end, and nothing of that after an error.
 */
export class SmallEngine {
  private readonly open: () => Kinds;
  private saved: Saved[] = [];
  /** Replaced, and not deleted yet. */
  private pending: Saved[] = [];
  private readonly tainted = new Set<string>();
  private steps: Record<string, Step> = {};
  private errors: string[] = [];
  private warnings: string[] = [];
  private lines: string[] = [];

  /** @param open - the kinds of a new provider process */
  constructor(open: () => Kinds) {
    this.open = open;
  }

  get(name: string): Saved {
    const found = this.saved.find((one) => one.name === name);
    if (found === undefined) throw new Error(`There is no ${name} in the state.`);
    return found;
  }

  has(name: string): boolean {
    return this.saved.some((one) => one.name === name);
  }

  taint(name: string): void {
    this.tainted.add(name);
  }

  /** As when the engine was killed before it wrote anything down. */
  forget(name: string): void {
    this.saved = this.saved.filter((one) => one.name !== name);
  }

  /** Gives what takes the state back to what it is now: as when a killed engine wrote nothing down. */
  snapshot(): () => void {
    const [saved, pending] = [[...this.saved], [...this.pending]];
    return () => {
      this.saved = saved;
      this.pending = pending;
    };
  }

  async up(...program: readonly Resource[]): Promise<Done> {
    const kinds = this.begin();
    const started = new Map<string, Promise<boolean>>();
    for (const resource of program) {
      let isStopped = false;
      for (const name of resource.needs ?? []) isStopped ||= (await started.get(name)) !== true;
      const step = isStopped ? undefined : await this.register(kinds, resource);
      started.set(resource.name, step === undefined ? Promise.resolve(false) : step());
    }
    await Promise.all(started.values());
    const names = program.map(({ kind, name }) => urnOf(kind, name));
    if (this.errors.length === 0) {
      const gone = this.saved.filter(({ urn }) => !names.includes(urn)).reverse();
      for (const old of [...this.pending, ...gone]) await this.remove(kinds, old, true);
    }
    return this.done();
  }

  async refresh(): Promise<Done> {
    const kinds = this.begin();
    for (const one of this.saved) {
      await this.told(async () => {
        const context = this.context(one.urn, false);
        const read = await hooksOf(kinds, one.kind).read(one.id, one.outputs, context);
        this.saved = this.saved.filter(({ urn }) => urn !== one.urn);
        if (read === undefined) return;
        const { state, inputs = one.inputs } = read;
        this.saved.push({ ...one, inputs: clean(inputs), outputs: clean(state) });
      });
    }
    return this.done();
  }

  async destroy(): Promise<Done> {
    const kinds = this.begin();
    for (const old of [...this.saved].reverse()) await this.remove(kinds, old, false);
    return this.done();
  }

  private begin(): Kinds {
    this.steps = {};
    this.errors = [];
    this.warnings = [];
    this.lines = [];
    return this.open();
  }

  private done(): Done {
    const { steps, errors, warnings, lines } = this;
    return { steps, errors, warnings, lines };
  }

  /** Checks and diffs, and gives the step, which goes on while the program tells of its next resource. */
  private async register(kinds: Kinds, resource: Resource): Promise<() => Promise<boolean>> {
    const urn = urnOf(resource.kind, resource.name);
    const old = this.saved.find((one) => one.urn === urn);
    let plan: Plan | undefined;
    await this.told(async () => {
      plan = await this.plan(hooksOf(kinds, resource.kind), resource, urn, old);
    });
    if (plan === undefined) return () => Promise.resolve(false);
    const { step, news, isFirst } = plan;
    this.steps[resource.name] = step;
    return () =>
      this.told(async () => {
        if (old !== undefined && step === "same") this.save({ ...old, inputs: news });
        else if (old !== undefined && step === "update") await this.update(kinds, old, news);
        else await this.make(kinds, resource, news, old, isFirst);
      });
  }

  private async plan(
    hooks: AnyKind,
    { inputs, name }: Resource,
    urn: string,
    old: Saved | undefined,
  ): Promise<Plan> {
    const context = this.context(urn, true);
    const given =
      typeof inputs === "function"
        ? inputs((other) => ({ ...this.get(other).outputs, id: this.get(other).id }))
        : inputs;
    const checked = async (before: Properties | undefined): Promise<Properties> => {
      const { inputs: news, failures } = await hooks.check(clean(given), before, context);
      if (failures.length === 0) return clean(news);
      throw new Error(failures.map(({ path, reason }) => `${path} ${reason}`.trim()).join(" "));
    };
    const news = await checked(old?.inputs);
    if (old === undefined) return { step: "create", news, isFirst: false };
    const difference: Difference = this.tainted.delete(name)
      ? { kind: "replace", because: "id" }
      : await hooks.diff(old.id, old.outputs, news, context);
    const isEdited = stable(old.inputs) !== stable(news);
    const { replaces = [], deleteBeforeReplace: isFirst = false } =
      difference.kind === "changed" ? difference : {};
    if (difference.kind === "replace" || (isEdited && replaces.length > 0)) {
      return { step: "replace", news: await checked(undefined), isFirst };
    }
    const isUpdate =
      difference.kind === "unfinished" || (difference.kind === "changed" && isEdited);
    return { step: isUpdate ? "update" : "same", news, isFirst: false };
  }

  private async make(
    kinds: Kinds,
    { kind, name }: Resource,
    inputs: Properties,
    old: Saved | undefined,
    isFirst: boolean,
  ): Promise<void> {
    const urn = urnOf(kind, name);
    if (old !== undefined && isFirst) await this.remove(kinds, old, true);
    const saveAs = (id: string, outputs: object): void => {
      if (old !== undefined && !isFirst) this.pending.push(old);
      this.save({ urn, kind, name, id, inputs, outputs: clean(outputs) });
    };
    try {
      const { id, state } = await hooksOf(kinds, kind).create(inputs, this.context(urn, true));
      saveAs(id, state);
    } catch (error) {
      if (error instanceof PartialFailure) saveAs(error.id, error.state);
      throw error;
    }
  }

  private async update(kinds: Kinds, old: Saved, inputs: Properties): Promise<void> {
    const context = this.context(old.urn, true);
    try {
      const outputs = await hooksOf(kinds, old.kind).update(old.id, old.outputs, inputs, context);
      this.save({ ...old, inputs, outputs: clean(outputs) });
    } catch (error) {
      // A red update keeps the old inputs with the new outputs.
      if (error instanceof PartialFailure) this.save({ ...old, outputs: clean(error.state) });
      throw error;
    }
  }

  private async remove(kinds: Kinds, old: Saved, isProgramRun: boolean): Promise<void> {
    await this.told(async () => {
      await hooksOf(kinds, old.kind).delete(
        old.id,
        old.outputs,
        this.context(old.urn, isProgramRun),
      );
      this.steps[old.name] ??= "delete";
      this.saved = this.saved.filter((one) => one !== old);
      this.pending = this.pending.filter((one) => one !== old);
    });
  }

  private save(one: Saved): void {
    const at = this.saved.findIndex(({ urn }) => urn === one.urn);
    if (at < 0) this.saved.push(one);
    else this.saved[at] = one;
  }

  private async told(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.errors.push(messageOf(error));
      return false;
    }
  }

  private context(urn: string, isProgramRun: boolean): HookContext {
    const report = {
      progress: () => undefined,
      info: (text: string) => void this.lines.push(text),
      warn: (text: string) => void this.warnings.push(text),
    };
    return {
      ...{ urn, isProgramRun, isPreview: false, report, stackReport: report },
      signal: new AbortController().signal,
      config: { get: () => undefined },
      beforeMutation: () => Promise.resolve(),
    };
  }
}

function hooksOf(kinds: Kinds, kind: keyof Kinds): AnyKind {
  const hooks = kinds[kind];
  if (hooks === undefined) throw new Error(`This wing has no ${kind}.`);
  return hooks;
}

function urnOf(kind: string, name: string): string {
  return `urn:pulumi:dev::meters::pulumi-nodejs:dynamic/huawei-ota/test:${kind}::${name}`;
}

/** As the engine hands them out: what it keeps secret is plain to a provider. */
function clean(value: object): Properties {
  return JSON.parse(JSON.stringify(value), (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && "4dabf18193072939515e22adb298388d" in inner
      ? (inner as { value?: unknown }).value
      : inner,
  ) as Properties;
}
