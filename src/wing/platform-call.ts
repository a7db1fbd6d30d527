import type { CallArguments, Endpoint } from "../http/endpoint";

/** A call to a platform as data, with what it is about for the messages. */
export interface PlatformCall<Reply> {
  readonly endpoint: Endpoint<Reply>;
  readonly call: CallArguments;
}

/** @param shareSeconds - how old a reply may be that several callers share; 0: each asks anew */
export function read<Reply>(
  doing: string,
  path: string,
  parse: (body: unknown) => Reply,
  call: CallArguments,
  shareSeconds = 0,
): PlatformCall<Reply> {
  return {
    endpoint: {
      doing,
      method: "GET",
      path,
      mutates: false,
      repeatable: true,
      priority: "read",
      parse,
      shareSeconds,
    },
    call,
  };
}

export function change<Reply>(
  doing: string,
  what: Pick<Endpoint<Reply>, "method" | "path" | "repeatable" | "outdates" | "parse">,
  call: CallArguments,
): PlatformCall<Reply> {
  return { endpoint: { doing, mutates: true, priority: "mutate", ...what }, call };
}

/** A process remembers what it made, so that a hundred creates share one listing. */
export function create<Reply>(
  doing: string,
  path: string,
  parse: (body: unknown) => Reply,
  body: unknown,
): PlatformCall<Reply> {
  return change(doing, { method: "POST", path, repeatable: false, outdates: [], parse }, { body });
}

/** @param outdates - the paths of the lists that it stood in */
export function remove(
  doing: string,
  path: string,
  outdates: readonly string[],
  parameters: Readonly<Record<string, string>>,
): PlatformCall<undefined> {
  const parse = (): undefined => undefined;
  return change(
    doing,
    { method: "DELETE", path, repeatable: true, outdates, parse },
    { parameters },
  );
}
