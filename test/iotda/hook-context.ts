import { setMaxListeners } from "node:events";

import type { HookContext } from "../../src/pulumi/kind";
import type { Project, Projects } from "../../src/iotda/api/platform";

/** What a hook is given, and what it says. */
export interface Told {
  readonly context: HookContext;
  readonly warnings: string[];
  readonly lines: string[];
  /** As the first Ctrl-C does. */
  readonly cancel: () => void;
}

export function told(name = "pilot", kind = "FirmwareUpgradeTask"): Told {
  const warnings: string[] = [];
  const lines: string[] = [];
  const cancellation = new AbortController();
  setMaxListeners(0, cancellation.signal);
  const report = {
    progress: () => undefined,
    info: (text: string) => void lines.push(text),
    warn: (text: string) => void warnings.push(text),
  };
  return {
    warnings,
    lines,
    cancel: () => {
      cancellation.abort();
    },
    context: {
      urn: `urn:pulumi:dev::meters::pulumi-nodejs:dynamic/huawei-ota/iotda:${kind}::${name}`,
      isProgramRun: true,
      isPreview: true,
      report,
      stackReport: report,
      signal: cancellation.signal,
      config: { get: () => undefined },
      beforeMutation: () => Promise.resolve(),
    },
  };
}

/** The project that is logged in, whatever the settings are. */
export function projectsOf(project: Project): Projects {
  return { noun: "project", of: () => project };
}
