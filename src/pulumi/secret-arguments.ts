import * as pulumi from "@pulumi/pulumi";

/**
 * The names of the arguments that hold something secret; `undefined` where none does. A value that no
 * output is in is known to everybody who reads the program.
 *
 * @param always - names that are secret whatever they hold
 */
export async function secretArguments(
  args: pulumi.Inputs,
  always: readonly string[] = [],
): Promise<readonly string[] | undefined> {
  const names = await Promise.all(
    Object.entries(args).map(async ([name, value]: [string, unknown]) =>
      always.includes(name) || (await isSecret(value)) ? [name] : [],
    ),
  );
  const secret = [...new Set([...names.flat(), ...always])].sort();
  return secret.length === 0 ? undefined : secret;
}

async function isSecret(value: unknown): Promise<boolean> {
  if (!holdsOutput(value)) return false;
  const output = pulumi.Output.isInstance(value) ? value : pulumi.output(value);
  // What fails is told where the value itself is asked for.
  return pulumi.isSecret(output).catch(() => false);
}

function holdsOutput(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return (
    pulumi.Output.isInstance(value) ||
    pulumi.Resource.isInstance(value) ||
    value instanceof Promise ||
    Object.values(value).some(holdsOutput)
  );
}
