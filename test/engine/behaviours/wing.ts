import type { Books, FaultOptions, Simulator } from "../../../src/simulator";

/** Which calls a fault meets. */
export type Calls = Pick<FaultOptions, "method" | "path">;

export interface Task {
  readonly id: string;
  readonly status: string;
}

/**
 * What the shared list of behaviours must know of a wing. A wing that is described here and named in
 * `wings.ts` is held to the whole list.
 */
export interface Wing {
  /** Its namespace in the library, and in the settings of a stack. */
  readonly name: string;
  /** The noun for an account, as errors have it. */
  readonly account: string;
  /** What states keep of the account that all behaviours work with. */
  readonly accountKey: string;
  /** Those settings of that account which are no secret, as a `Provider` takes them. */
  readonly settings: (url: string) => Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** What a run without the secrets says. */
  readonly secretsMissing: string;
  /** The setting that names the account. */
  readonly accountSetting: string;
  /** What in the environment leads to a token, the secrets among it, and where replies have tokens. */
  readonly login: {
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly secrets: readonly string[];
    readonly token: RegExp;
  };
  /** Whether clients may have to show a certificate. */
  readonly hasClientCertificates: boolean;
  /** The environment's names of all settings. */
  readonly environment: Readonly<Record<string, string>>;
  /** Another account, with a package for a device of its own. */
  readonly other: {
    readonly accountKey: string;
    /** The settings in which it differs. */
    readonly settings: Readonly<Record<string, string>>;
    readonly package: string;
    /** Program text: the arguments of a package that a program declares there. */
    readonly declaredPackage: string;
    /** Program text: all that its task has besides its package. */
    readonly taskArgs: string;
  };

  /** Program text: the arguments of a package that a program declares. */
  readonly declaredPackage: string;
  /** Its version, as the platform spells it. */
  readonly declaredVersion: string;
  /** How a first preview shows the id of that package: one that is there already is found. */
  readonly declaredId: string;
  /** Ids of packages that are on the platform before anything is declared. */
  readonly packages: {
    readonly firmware: string;
    readonly other: string;
    readonly software: string;
  };
  /** The task's input that names its package, and the completion's that names its task. */
  readonly packageField: string;
  readonly taskField: string;
  /** Program text: what each task has besides package and targets, with a comma after it. */
  readonly taskArgs: string;
  /** Program text: targets of the group `pilot`, which has five devices. */
  readonly pilotGroup: string;
  /** Device number 20 fails; the others succeed. */
  readonly device: (number: number) => string;
  readonly failure: string;
  /** Versions of the firmware that devices run at the start, and that the package brings. */
  readonly versions: { readonly before: string; readonly pushed: string };
  /** Whether the platform refuses a task that names a device which it does not know. */
  readonly refusesUnknownDevices: boolean;
  /** Program text: filters of lookups. */
  readonly firmwarePackages: string;
  readonly firmwareTasks: string;

  /** The platform's words; `begun` is a task whose devices still wait. */
  readonly status: {
    readonly begun: string;
    readonly success: string;
    readonly allFailed: string;
    readonly someFailed: string;
    readonly stopped: string;
  };
  /** Program text: an argument by which a task begins at an instant, and goes on for at most a day. */
  readonly beginsAt: (instant: Date) => string;
  /** Program text: an argument by which a task begins in the next night of a zone. */
  readonly atNight: string;
  /** Program text: an argument by which the platform tries failed devices again by itself. */
  readonly retries: string;
  /** What follows "stopped on the platform", as a regular expression. */
  readonly stoppedAt: string;
  /** In brackets where a task or a package is not known. */
  readonly noSuchTask: string;
  readonly noSuchPackage: string;
  readonly calls: {
    readonly push: Calls;
    readonly listTasks: Calls;
  };
  /** What creating a firmware task is called in errors and in the audit log, and where it is sent. */
  readonly pushing: { readonly operation: string; readonly path: string };
  /** What a replacement says of an old task that is not over. */
  readonly replacesUnfinished: (id: string) => string;
  /** What a destroy says of a task of which all devices succeeded, and of one that is under way. */
  readonly deleted: { readonly over: string; readonly underWay: string };
  /** What a destroy leaves on the platform: its tasks go on, or are stopped and deleted. */
  readonly keepsTasks: boolean;

  readonly tasks: (books: Books) => readonly Task[];
  readonly packagesOf: (books: Books) => readonly string[];
  readonly putDevice: (
    simulator: Simulator,
    deviceId: string,
    change: {
      readonly outcome?: "fail";
      readonly upgradeSeconds?: number;
      readonly firmwareVersion?: string;
      readonly status?: "ONLINE" | "OFFLINE";
    },
  ) => void;
}
