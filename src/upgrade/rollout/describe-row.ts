import { formatInstant } from "../../instant";
import type { Decision } from "./decide";
import type { WaveNow } from "./waves";

/** `canary: 3 of 4 done, 0 failed; then bakes until ...`, `early: 412 upgrading, 588 asleep` */
export function describeRow({ waves, outputs, held }: Decision): string {
  const wave = waves.find(
    ({ state }) => state === "failed" || state === "running" || state === "baking",
  );
  if (wave === undefined) {
    if (held !== undefined) return `held: ${held.because}`;
    return `${outputs.outcome}: ${outputs.onVersion} of ${outputs.devices} devices on ${outputs.version}`;
  }
  return `${wave.name}: ${figuresOf(wave)}${bakeOf(wave)}`;
}

function figuresOf({ count }: WaveNow): string {
  const { succeeded, failed, unreached, open } = count;
  const total = succeeded + failed + unreached + open;
  const parts = [`${succeeded} of ${total} done`, `${failed} failed`];
  if (unreached > 0) parts.push(`${unreached} not reached`);
  return parts.join(", ");
}

function bakeOf({ state, bakesUntil, declared }: WaveNow): string {
  if (state === "failed") return "; stopped";
  if (state === "baking" && bakesUntil !== undefined) {
    return `; bakes until ${formatInstant(bakesUntil)}`;
  }
  return (declared?.bakeSeconds ?? 0) > 0 ? `; then bakes for ${declared?.bakeSeconds ?? 0} s` : "";
}

/** What comes next and when, for the end of an `up` that is green. */
export function describeNext({ outputs, held, waves, nextAt }: Decision): string | undefined {
  if (outputs.outcome === "succeeded") return undefined;
  if (held !== undefined) return held.because;
  const wave = waves.find(({ state }) => state === "running" || state === "baking");
  const name = wave?.name ?? "the rollout";
  if (wave?.state === "baking" && nextAt !== undefined) {
    return `${name} bakes until ${formatInstant(nextAt)}: run \`pulumi up\` again after that.`;
  }
  return `${name} is not decided yet (${wave === undefined ? "no wave runs" : figuresOf(wave)}): run \`pulumi up\` again, it goes on where the devices are.`;
}
