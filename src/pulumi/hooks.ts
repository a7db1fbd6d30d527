import type * as pulumi from "@pulumi/pulumi";

import { messageOf, OtaError } from "../errors";
import { keepSecretFields, withoutSecrets } from "../known-secrets";
import { cancelSignal } from "./cancellation";
import {
  asOfRun,
  clean,
  type ConfigReader,
  contextFor,
  type Difference,
  hasAccount,
  type HookContext,
  type Kind,
  PartialFailure,
  type Properties,
  type Run,
  thisRun,
} from "./kind";
import { linesHaveArrived } from "./report";

/**
 * Turns a kind into what the engine's provider process calls. The keys `__provider`, `__urn`,
 * `__secrets`, `__retained` and `__preview` belong to this file and to dynamic-resource.ts; no kind sees them.
 *
 * @param isState - tells a state of this kind from the bare arguments of a `.get`; by default by the
 * account, which every state of ours has
 * @param run - what kinds that serve one operation have in common; by default the process's
 */
export function toResourceProvider<Inputs extends object, State extends object>(
  kind: Kind<Inputs, State>,
  isState: (properties: Properties) => boolean = hasAccount,
  run: Run = thisRun,
): pulumi.dynamic.ResourceProvider {
  let config: ConfigReader = { get: () => undefined };
  const contextOf = (hidden: Hidden): HookContext =>
    contextFor({ urn: urnOf(hidden), run, config, isRetained: hidden.__retained === true });

  return {
    // The SDK hands this object out before it has awaited configure: nothing here may wait or throw.
    configure: (request) => {
      config = request.config;
      cancelSignal();
      return Promise.resolve();
    },

    check: async (olds: Properties | undefined, news: Properties) => {
      const { __preview, ...lasting } = news;
      const [own, hidden] = split(lasting);
      const [old] = split(olds ?? {});
      const known = Object.keys(old).length === 0 ? undefined : old;
      // Nothing else calls a check.
      run.isProgramRun = true;
      const context = { ...contextOf(hidden), isPreview: __preview === true };
      try {
        const { inputs, failures } = await kind.check(own, known, context);
        // In the form that is compared and sent from here on.
        keepSecretFields(inputs, secretNamesIn(hidden));
        return {
          inputs: clean({ ...inputs, ...hidden }),
          failures: failures.map(({ path, reason }) => ({
            property: "",
            reason: withoutSecrets(path === "" ? reason : `${path} ${reason}`),
          })),
        };
      } catch (error) {
        return {
          inputs: clean({ ...own, ...hidden }),
          failures: [{ property: "", reason: withoutSecrets(messageOf(error)) }],
        };
      } finally {
        await linesHaveArrived();
      }
    },

    diff: async (id, olds: Properties, news: Properties) => {
      const [state] = split(olds);
      const [inputs, hidden] = split(news);
      const difference = await told(() => kind.diff(id, state, inputs, contextOf(hidden)));
      return toDiffResult("__urn" in hidden ? asOfRun(difference, run) : difference);
    },

    create: async (properties: Properties) => {
      const [inputs, hidden] = split(properties);
      const { id, state } = await told(
        () => kind.create(inputs as Inputs, contextOf(hidden)),
        hidden,
      );
      return { id, outs: clean({ ...state, ...hidden }) };
    },

    read: async (id, properties: Properties = {}) => {
      const [own, hidden] = split(properties);
      const state = isState(own) ? own : undefined;
      const found = await told(() => kind.read(id, state, contextOf(hidden)));
      if (found === undefined) return { id: "", props: {} };
      return {
        id,
        props: clean({ ...found.state, ...hidden }),
        ...(found.inputs === undefined ? {} : { inputs: clean({ ...found.inputs, ...hidden }) }),
      };
    },

    update: async (id, olds: Properties, news: Properties) => {
      const [state] = split(olds);
      const [inputs, hidden] = split(news);
      const outs = await told(
        () => kind.update(id, state, inputs as Inputs, contextOf(hidden)),
        hidden,
      );
      return { outs: clean({ ...outs, ...hidden }) };
    },

    delete: async (id, properties: Properties) => {
      const [state, hidden] = split(properties);
      await told(() => kind.delete(id, state, contextOf(hidden)));
    },
  };
}

/** The provider of a kind that is loaded by the first call. */
export function lazily<Inputs extends object, State extends object>(
  load: () => Kind<Inputs, State>,
): Required<pulumi.dynamic.ResourceProvider> {
  let provider: Required<pulumi.dynamic.ResourceProvider> | undefined;
  const loaded = (): Required<pulumi.dynamic.ResourceProvider> =>
    (provider ??= toResourceProvider(load()) as Required<pulumi.dynamic.ResourceProvider>);
  return {
    configure: (...given) => loaded().configure(...given),
    check: (...given) => loaded().check(...given),
    diff: (...given) => loaded().diff(...given),
    create: (...given) => loaded().create(...given),
    read: (...given) => loaded().read(...given),
    update: (...given) => loaded().update(...given),
    delete: (...given) => loaded().delete(...given),
  };
}

interface Hidden {
  readonly __urn?: unknown;
  readonly __secrets?: unknown;
  readonly __retained?: unknown;
  readonly __provider?: unknown;
}

/** The engine tells a dynamic provider values and not which are secret: that is what the program told. */
function split(properties: Properties): [Properties, Hidden] {
  const { __urn, __secrets, __retained, __provider, ...own } = properties;
  const hidden = {
    ...(__urn === undefined ? {} : { __urn }),
    ...(__secrets === undefined ? {} : { __secrets }),
    ...(__retained === undefined ? {} : { __retained }),
    __provider,
  };
  keepSecretFields(own, secretNamesIn(hidden));
  return [own, hidden];
}

function secretNamesIn({ __secrets }: Hidden): string[] {
  return Array.isArray(__secrets) ? __secrets.filter((name) => typeof name === "string") : [];
}

/** Known, or nothing: the engine would take any other text for the address of a row. */
function urnOf({ __urn }: Hidden): string | undefined {
  return typeof __urn === "string" && __urn.startsWith("urn:") ? __urn : undefined;
}

function toDiffResult(difference: Difference): pulumi.dynamic.DiffResult {
  switch (difference.kind) {
    case "same":
      return { changes: false };
    case "changed":
      return {
        replaces: [...(difference.replaces ?? [])],
        ...(difference.deleteBeforeReplace === true ? { deleteBeforeReplace: true } : {}),
      };
    case "unfinished":
      return { changes: true };
    case "replace":
      return { changes: true, replaces: [difference.because] };
  }
}

/** Errors in the form that the engine prints well: one sentence, no stack of ours, no secret. */
async function told<Result>(work: () => Promise<Result>, hidden?: Hidden): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PartialFailure && hidden !== undefined) {
      throw Object.assign(plainError(error.message), {
        id: error.id,
        properties: clean({ ...error.state, ...hidden }),
        reasons: error.reasons.map((reason) => withoutSecrets(reason)),
      });
    }
    if (error instanceof OtaError) throw plainError(error.message);
    if (error instanceof Error) {
      error.message = withoutSecrets(error.message);
      error.stack = withoutSecrets(error.stack ?? "");
    }
    throw error;
  } finally {
    await linesHaveArrived();
  }
}

// The SDK prints text and stack of an error beside the stack, besides what the engine prints beside
// the resource: one sentence, once, is enough.
function plainError(message: string): Error {
  const error = new Error(withoutSecrets(message));
  error.stack = "its reason stands beside it";
  return Object.assign(error, { toString: () => "A resource failed" });
}
