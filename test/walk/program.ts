import fc from "fast-check";

/*
 * A program as data, and what people do to one. An edit is made of numbers that are taken modulo what is
 * there, so that it means something in any program, and a walk stays a walk when steps are left out.
 */

export const KINDS = ["Firmware", "Software"] as const;
export type Kind = (typeof KINDS)[number];

/** Versions of each kind that are on the platform, by their numbers. */
export const VERSIONS = 3;
/** Devices, by their numbers from 1. */
const DEVICES = 9;

/** What a task is: two that are equal in this are the same task. */
export interface Declaration {
  readonly kind: Kind;
  readonly version: number;
  /** As they are listed: order and repetition mean nothing. */
  readonly devices: readonly number[];
  /** How often the platform tries again; 0 is no policy at all. */
  readonly retries: number;
}

/** Where a resource stands in the program; its kind is its class. */
export interface Place {
  readonly kind: Kind;
  readonly name: string;
  readonly inComponent: boolean;
}

/** All of a task that moves along with it from resource to resource. */
export interface Declared extends Declaration {
  /** Simulated seconds since the walk began. */
  readonly rerunAfter: number | undefined;
  /** What else is written that means nothing: defaults, or what devices have in common. */
  readonly spelling: "short" | "with defaults" | "with attributes";
  /** IoTDA: whether the task stays on the platform when its resource goes. */
  readonly isKept: boolean;
}

/** A resource. */
export interface Task extends Place, Declared {
  /** Of a `Provider` for the same account. */
  readonly provider: string | undefined;
  /** Where it was until now, if the program says so. */
  readonly alias: Place | undefined;
}

export type Program = readonly Task[];

export type Edit =
  | { readonly edit: "version"; readonly task: number; readonly version: number }
  | { readonly edit: "version of all"; readonly version: number }
  | { readonly edit: "move a device"; readonly device: number; readonly to: number }
  | { readonly edit: "add" | "put in front"; readonly declaration: Declaration }
  | { readonly edit: "take away"; readonly task: number }
  | { readonly edit: "take the first away" }
  | { readonly edit: "rotate"; readonly by: number }
  | { readonly edit: "rename"; readonly task: number; readonly withAlias: boolean }
  | {
      readonly edit: "in or out of the component";
      readonly task: number;
      readonly withAlias: boolean;
    }
  | { readonly edit: "all into the component"; readonly withAlias: boolean }
  | { readonly edit: "provider"; readonly task: number; readonly provider: string | undefined }
  | { readonly edit: "provider of all"; readonly provider: string | undefined }
  | { readonly edit: "rerunAfter"; readonly task: number; readonly to: "now" | "earlier" | "none" }
  | { readonly edit: "spelling"; readonly task: number; readonly spelling: Task["spelling"] }
  | { readonly edit: "list"; readonly task: number; readonly how: "reverse" | "repeat" | "sort" }
  | { readonly edit: "retries"; readonly task: number; readonly retries: number }
  | { readonly edit: "onDelete"; readonly task: number };

/** A program after an edit, at some second of the walk; `undefined` where it would change nothing. */
export function edited(program: Program, edit: Edit, now: number): Program | undefined {
  const changed = change(program, edit, now);
  return JSON.stringify(changed) === JSON.stringify(program) ? undefined : changed;
}

/** An alias is needed for one `up`. */
export function withoutAliases(program: Program): Program {
  return program.map((task) => ({ ...task, alias: undefined }));
}

function change(program: Program, edit: Edit, now: number): Program {
  switch (edit.edit) {
    case "version":
      return withTask(program, edit.task, () => ({ version: edit.version }));
    case "version of all":
      return program.map((task) => ({ ...task, version: edit.version }));
    case "move a device":
      return moveDevice(program, edit.device, edit.to);
    case "add": {
      const added = newTask(program, edit.declaration);
      return added === undefined ? program : [...program, added];
    }
    case "put in front": {
      const added = newTask(program, edit.declaration);
      return added === undefined ? program : shifted(program, [added, ...program], added);
    }
    case "take away":
      return program.length === 1 ? program : program.toSpliced(edit.task % program.length, 1);
    case "take the first away":
      return program.length === 1 ? program : shifted(program, program.slice(1));
    case "rotate": {
      const by = edit.by % program.length;
      return shifted(program, [...program.slice(by), ...program.slice(0, by)]);
    }
    case "rename":
      return withTask(program, edit.task, (task) => ({
        name: freeName(program),
        alias: edit.withAlias ? placeOf(task) : undefined,
      }));
    case "in or out of the component":
      return withTask(program, edit.task, (task) => ({
        inComponent: !task.inComponent,
        alias: edit.withAlias ? placeOf(task) : undefined,
      }));
    case "all into the component":
      return program.map((task) =>
        task.inComponent
          ? task
          : { ...task, inComponent: true, alias: edit.withAlias ? placeOf(task) : undefined },
      );
    case "provider":
      return withTask(program, edit.task, () => ({ provider: edit.provider }));
    case "provider of all":
      return program.map((task) => ({ ...task, provider: edit.provider }));
    case "rerunAfter":
      return withTask(program, edit.task, ({ rerunAfter = 0 }) => ({
        rerunAfter: { now: now - 1, earlier: Math.min(rerunAfter, 0) - 600, none: undefined }[
          edit.to
        ],
      }));
    case "spelling":
      return withTask(program, edit.task, () => ({ spelling: edit.spelling }));
    case "list":
      return withTask(program, edit.task, ({ devices }) => ({
        devices: listed(devices, edit.how),
      }));
    case "retries":
      return withTask(program, edit.task, () => ({ retries: edit.retries }));
    case "onDelete":
      return withTask(program, edit.task, ({ isKept }) => ({ isKept: !isKept }));
  }
}

function withTask(
  program: Program,
  index: number,
  changeOf: (task: Task) => Partial<Task>,
): Program {
  const chosen = index % program.length;
  return program.map((task, at) => (at === chosen ? { ...task, ...changeOf(task) } : task));
}

/** The resources stay where they are, and what they declare moves on, as in a list. */
function shifted(places: Program, declared: readonly Task[], last?: Task): Program {
  const all = last === undefined ? places : [...places, last];
  return declared.flatMap((task, at) => {
    const place = all[at];
    if (place === undefined) return [];
    const { name, inComponent, provider, alias } = place;
    const isOfItsKind = alias?.kind === task.kind;
    return [{ ...task, name, inComponent, provider, alias: isOfItsKind ? alias : undefined }];
  });
}

function moveDevice(program: Program, index: number, to: number): Program {
  const all = program.flatMap((task) =>
    [...new Set(task.devices)].map((device) => ({ task, device })),
  );
  const chosen = all[index % all.length];
  const target = program[to % program.length];
  if (chosen === undefined || target === undefined) return program;
  const { task: from, device } = chosen;
  if (from === target || from.kind !== target.kind) return program;
  const left = from.devices.filter((one) => one !== device);
  if (left.length === 0) return program;
  return program.map((task) => {
    if (task === from) return { ...task, devices: left };
    return task === target ? { ...task, devices: [...task.devices, device] } : task;
  });
}

/** A device has one task of a kind. */
function newTask(program: Program, declaration: Declaration): Task | undefined {
  const taken = program
    .filter(({ kind }) => kind === declaration.kind)
    .flatMap((task) => task.devices);
  const devices = declaration.devices.filter((device) => !taken.includes(device));
  if (devices.length === 0) return undefined;
  return {
    ...declaration,
    devices,
    name: freeName(program),
    inComponent: false,
    rerunAfter: undefined,
    spelling: "short",
    isKept: false,
    provider: undefined,
    alias: undefined,
  };
}

/** A task of the program, and the exact same one under another name. */
export function twinsIn(program: Program, index: number): { first: Task; twin: Task } {
  const first = program[index % program.length];
  if (first === undefined) throw new Error("An empty program has no twin.");
  return { first, twin: { ...first, name: "twin", inComponent: false, alias: undefined } };
}

function freeName(program: Program): string {
  const numbers = program.flatMap(({ name, alias }) => [name, alias?.name ?? "wave-0"]);
  return `wave-${String(1 + Math.max(-1, ...numbers.map((name) => Number(name.slice(5)))))}`;
}

function listed(devices: readonly number[], how: "reverse" | "repeat" | "sort"): readonly number[] {
  switch (how) {
    case "reverse":
      return devices.toReversed();
    case "repeat":
      return [...devices, ...devices.slice(0, 1)];
    case "sort":
      return [...new Set(devices)].sort((a, b) => a - b);
  }
}

function placeOf({ kind, name, inComponent }: Place): Place {
  return { kind, name, inComponent };
}

/** How an `up` goes. */
export type Way =
  | { readonly way: "plain" | "after a refresh" }
  | { readonly way: "target"; readonly task: number }
  | { readonly way: "twin"; readonly task: number }
  | {
      readonly way: "killed";
      readonly victim: "command" | "provider" | "both";
      readonly call: "push" | "any";
      /** So many such calls pass before. */
      readonly after: number;
    };

/** Some edits, and an `up`. */
export interface Step {
  readonly edits: readonly Edit[];
  /** Simulated minutes that pass before. */
  readonly minutes: number;
  readonly up: Way;
  /** What is held afterwards: another `up` pushes nothing, a refresh shows no drift. */
  readonly then: "nothing" | "another up" | "no drift";
}

export interface Walk {
  /** Whether devices are slow enough for most tasks to be unfinished all the time. */
  readonly isSlow: boolean;
  readonly start: readonly Declaration[];
  readonly steps: readonly Step[];
}

const index = fc.nat(11);
const version = fc.nat(VERSIONS - 1);
const declaration: fc.Arbitrary<Declaration> = fc.record({
  kind: fc.constantFrom("Firmware", "Firmware", "Firmware", "Software"),
  version,
  devices: fc.uniqueArray(fc.integer({ min: 1, max: DEVICES }), { minLength: 1, maxLength: 3 }),
  retries: fc.constantFrom(0, 0, 0, 2),
});
const provider = fc.constantFrom(undefined, "eu", "west");

const edits: Readonly<Record<Edit["edit"], fc.Arbitrary<Edit>>> = {
  version: fc.record({ edit: fc.constant("version"), task: index, version }),
  "version of all": fc.record({ edit: fc.constant("version of all"), version }),
  "move a device": fc.record({ edit: fc.constant("move a device"), device: index, to: index }),
  add: fc.record({ edit: fc.constant("add"), declaration }),
  "put in front": fc.record({ edit: fc.constant("put in front"), declaration }),
  "take away": fc.record({ edit: fc.constant("take away"), task: index }),
  "take the first away": fc.record({ edit: fc.constant("take the first away") }),
  rotate: fc.record({ edit: fc.constant("rotate"), by: index }),
  rename: fc.record({ edit: fc.constant("rename"), task: index, withAlias: fc.boolean() }),
  "in or out of the component": fc.record({
    edit: fc.constant("in or out of the component"),
    task: index,
    withAlias: fc.boolean(),
  }),
  "all into the component": fc.record({
    edit: fc.constant("all into the component"),
    withAlias: fc.boolean(),
  }),
  provider: fc.record({ edit: fc.constant("provider"), task: index, provider }),
  "provider of all": fc.record({ edit: fc.constant("provider of all"), provider }),
  rerunAfter: fc.record({
    edit: fc.constant("rerunAfter"),
    task: index,
    to: fc.constantFrom("now", "earlier", "none"),
  }),
  spelling: fc.record({
    edit: fc.constant("spelling"),
    task: index,
    spelling: fc.constantFrom("short", "with defaults", "with attributes"),
  }),
  list: fc.record({
    edit: fc.constant("list"),
    task: index,
    how: fc.constantFrom("reverse", "repeat", "sort"),
  }),
  retries: fc.record({ edit: fc.constant("retries"), task: index, retries: fc.constantFrom(0, 2) }),
  onDelete: fc.record({ edit: fc.constant("onDelete"), task: index }),
};

const way: fc.Arbitrary<Way> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ way: fc.constantFrom("plain", "after a refresh") }) },
  { weight: 2, arbitrary: fc.record({ way: fc.constant("target"), task: index }) },
  { weight: 1, arbitrary: fc.record({ way: fc.constant("twin"), task: index }) },
  {
    weight: 2,
    arbitrary: fc.record({
      way: fc.constant("killed"),
      victim: fc.constantFrom("command", "provider", "both"),
      call: fc.constantFrom("push", "any"),
      after: fc.nat(4),
    }),
  },
);

export const walks: fc.Arbitrary<Walk> = fc.record({
  isSlow: fc.boolean(),
  start: fc.array(declaration, { minLength: 2, maxLength: 4 }),
  steps: fc.array(
    fc.record({
      edits: fc.array(fc.oneof(...Object.values(edits)), { minLength: 1, maxLength: 3 }),
      minutes: fc.constantFrom(1, 20, 180),
      up: way,
      then: fc.constantFrom("nothing", "nothing", "another up", "no drift"),
    }),
    { minLength: 8, maxLength: 8, size: "max" },
  ),
});

/** The walk of a seed: the same one each time. */
export function walkOf(seed: number): Walk {
  const [walk] = fc.sample(walks, { seed, numRuns: 1 });
  if (walk === undefined) throw new Error("fast-check has made no walk.");
  return walk;
}

/** The program with which a walk begins. */
export function firstProgram({ start }: Walk): Program {
  return start.reduce<Program>((program, each) => {
    const added = newTask(program, each);
    return added === undefined ? program : [...program, added];
  }, []);
}
