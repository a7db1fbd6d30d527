import { messageOf, OtaError, PlatformError } from "../../errors";
import type { CallContext } from "../../http/endpoint";
import type { ConfigReader, Difference, HookContext } from "../../pulumi/hooks";
import { ContradictionError } from "../../settings";
import { type Account, resolveAccount } from "../settings";
import { type Application, openApplication } from "./platform";

/** The applications that this process works with, each opened once. */
export interface Applications {
  /** Throws the sentence about what is missing or wrong in the settings. */
  of(config: ConfigReader): Application;
}

export function createApplications(
  environment: Readonly<Record<string, string | undefined>>,
  open: (account: Account) => Application = openApplication,
): Applications {
  const opened = new Map<string, Application>();
  // Hooks ask with the same config many times a resource.
  const byConfig = new WeakMap<ConfigReader, Application>();
  return {
    of(config) {
      const application = byConfig.get(config) ?? openOnce(config);
      byConfig.set(config, application);
      return application;
    },
  };

  function openOnce(config: ConfigReader): Application {
    const account = resolveAccount({ config, environment });
    const key = JSON.stringify(account);
    const known = opened.get(key) ?? open(account);
    opened.set(key, known);
    return known;
  }
}

export function callContextOf(context: HookContext): CallContext {
  const { urn, signal, beforeMutation } = context;
  return { urn, signal, beforeMutation };
}

/** The application, or the error for which there is none; contradicting settings are always thrown. */
function ofOrError(applications: Applications, config: ConfigReader): Application | Error {
  try {
    return applications.of(config);
  } catch (error) {
    if (error instanceof ContradictionError) throw error;
    return error instanceof Error ? error : new Error(String(error));
  }
}

/**
 * For looks that help a reviewer and must not stop anybody: says what could not be looked at, and
 * goes on.
 */
export async function tryToLook(
  what: string,
  applications: Applications,
  context: HookContext,
  look: (application: Application) => Promise<void>,
): Promise<void> {
  const application = ofOrError(applications, context.config);
  if (application instanceof Error) {
    context.stackReport.warn(`Nothing was compared with the platform: ${application.message}`);
    return;
  }
  const { looks, clock } = application;
  try {
    if (looks.failed !== undefined && clock.now() < looks.failed.until) throw looks.failed.error;
    await look(application);
  } catch (error) {
    // One resource has waited for a platform that does not answer; the others need not.
    if (!(error instanceof PlatformError) && error !== looks.failed?.error) {
      looks.failed = { error, until: clock.now() + LOOKS_PAUSE_MILLISECONDS };
    }
    context.report.warn(`${what} could not be compared with the platform: ${messageOf(error)}`);
  }
}

const LOOKS_PAUSE_MILLISECONDS = 60_000;

/** The application of an object in the state, which must be the one that is logged in. */
export function applicationOwning(
  what: string,
  account: unknown,
  applications: Applications,
  context: HookContext,
): Application {
  const application = applications.of(context.config);
  const { appId } = application.account;
  if (typeof account === "string" && account !== appId) {
    throw new OtaError(
      `${what} belongs to application ${account}, but this run is logged in to ${appId}; nothing was done. Use the settings or the Provider of ${account}.`,
    );
  }
  return application;
}

/**
 * A deletion that asks nothing of the platform still refuses the wrong account, but goes on where no
 * account is set at all.
 */
export function refuseOtherAccount(
  what: string,
  account: unknown,
  applications: Applications,
  context: HookContext,
): void {
  if (ofOrError(applications, context.config) instanceof Error) return;
  applicationOwning(what, account, applications, context);
}

/**
 * An object whose program now names another application on its `Provider` is made anew there, and
 * the old one is deleted through the old provider. Settings that merely changed around the program
 * are a mistake until somebody says otherwise (docs/decisions/moving-accounts.md).
 */
export function movedAccount(
  what: string,
  account: unknown,
  applications: Applications,
  context: HookContext,
): Difference | undefined {
  const application = ofOrError(applications, context.config);
  if (application instanceof Error) return undefined;
  const { appId, explicit } = application.account;
  if (typeof account !== "string" || account === appId) return undefined;
  if (!explicit) {
    throw new OtaError(
      `${what} belongs to application ${account}, but the settings of this run name ${appId}; nothing was done. If it shall move, give it a Provider for ${appId}.`,
    );
  }
  context.report.warn(
    `${what} belongs to application ${account} and its Provider is now ${appId}: it is made anew in ${appId}.`,
  );
  return { kind: "replace", because: "account" };
}
