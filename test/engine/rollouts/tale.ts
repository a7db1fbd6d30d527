import type { StackState } from "../stack";
import { story, type Story } from "../story";
import { fleet, type RolloutWing } from "./fleet";
import { rolloutText, type RolloutText } from "./program";

/** A story about one rollout, with its platform's books per device. */
export interface RolloutTale extends Story {
  /** Replaces the program by one with this rollout. */
  readonly declare: (text: RolloutText) => void;
  /** Lets the platform's time pass; devices take ten seconds. */
  readonly pass: (seconds?: number) => void;
  /** The versions that were pushed to the device of that number, in their order. */
  readonly pushedTo: (number: number) => readonly string[];
  /** How many devices were pushed, each as often as it was. */
  readonly pushes: () => number;
  readonly outputs: (name?: string) => Promise<Readonly<Record<string, unknown>>>;
  /** `lab over, canary failed, rest waiting` */
  readonly waves: (name?: string) => Promise<string>;
}

export interface TaleOptions extends RolloutText {
  readonly anew?: boolean;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** The platform's time stands still unless a test lets it pass. */
export function tale(wing: RolloutWing, options: TaleOptions = {}): RolloutTale {
  const { anew = false, environment = {}, ...text } = options;
  const told = story({
    anew,
    data: fleet(),
    environment: { HUAWEI_OTA_LIST_SETTLE_SECONDS: "0", ...environment },
    behaviour: { upgradeSeconds: 10, waitSeconds: 0 },
    program: rolloutText(wing, text),
  });
  const outputs = async (name = "meters"): Promise<Readonly<Record<string, unknown>>> => {
    const { deployment }: StackState = await told.stack.state();
    const found = deployment.resources?.find(({ urn }) => urn.endsWith(`Rollout::${name}`));
    return found?.outputs ?? {};
  };
  return {
    get stack() {
      return told.stack;
    },
    get simulator() {
      return told.simulator;
    },
    declare(changed) {
      told.stack.program(rolloutText(wing, { ...text, ...changed }));
    },
    pass(seconds = 30) {
      told.simulator.clock.advance(seconds);
    },
    pushedTo: (number) => wing.pushed(told.simulator.books()).get(wing.device(number)) ?? [],
    pushes: () =>
      [...wing.pushed(told.simulator.books()).values()].reduce(
        (sum, { length }) => sum + length,
        0,
      ),
    outputs,
    async waves(name) {
      const { progress = [] } = await outputs(name);
      return (progress as { wave: string; state: string }[])
        .map(({ wave, state }) => `${wave} ${state}`)
        .join(", ");
    },
  };
}
