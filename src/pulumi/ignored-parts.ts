import type * as pulumi from "@pulumi/pulumi";

/**
 * The options with what some arguments travel as in the place of these: the engine ignores changes of
 * inputs, and knows no arguments.
 *
 * @param parts - the inputs that an argument is sent as, beside one of its own name
 */
export function ignoringParts<Options extends pulumi.CustomResourceOptions>(
  opts: Options | undefined,
  parts: Readonly<Record<string, readonly string[]>>,
): Options | undefined {
  const more = (opts?.ignoreChanges ?? []).flatMap((path) => parts[path] ?? []);
  if (opts === undefined || more.length === 0) return opts;
  return { ...opts, ignoreChanges: [...(opts.ignoreChanges ?? []), ...more] };
}
