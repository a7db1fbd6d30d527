import type { HookContext } from "../src/pulumi/kind";

const report = { progress: () => undefined, info: () => undefined, warn: () => undefined };

/** What a hook is given in a preview, where nobody listens. */
export const quietContext: HookContext = {
  urn: "urn:pulumi:dev::meters::type::pilot",
  isProgramRun: true,
  isPreview: true,
  report,
  stackReport: report,
  signal: new AbortController().signal,
  config: { get: () => undefined },
  beforeMutation: () => Promise.resolve(),
};
