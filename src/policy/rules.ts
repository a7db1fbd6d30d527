import type {
  Policies,
  PolicyConfigSchema,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";

import { kindOf, type ResourceKind } from "../resource-kinds";
import type { UpgradeRuleOptions } from "./options";
import type { Properties } from "./reading";
import { gateRequired, maxDevices, packageHash, rolloutLimits, versions } from "./resource-rules";
import {
  approvedInTime,
  canaryRequired,
  completionRequired,
  type Objection,
  type StackResource,
} from "./stack-rules";

const number = { type: "number", minimum: 0 } as const;
const texts = { type: "array", items: { type: "string" } } as const;

/**
 * The rules for upgrades, for a policy pack. The resource rules `max-devices`, `package-hash`,
 * `versions`, `rollout-limits` and `gate-required` are mandatory and prevent; the stack rules
 * `completion-required`, `canary-required` and `approved-in-time` are advisory and report. The file of
 * `--policy-pack-config` overrides what is given here, and each rule's enforcement level.
 *
 * @param options - what each rule is told, by its name
 */
export function upgradeRules(options: UpgradeRuleOptions = {}): Policies {
  return [
    resourceRule(
      "max-devices",
      "No task and no rollout reaches more devices than are allowed.",
      maxDevices,
      options["max-devices"],
      { most: number, mostOfRollout: number },
    ),
    resourceRule(
      "package-hash",
      "A package of IoTDA declares the SHA-256 of its file.",
      packageHash,
      options["package-hash"],
      { allowed: texts },
    ),
    resourceRule(
      "versions",
      "Only allowed versions are pushed, and none that is older than what runs.",
      versions,
      options.versions,
      { allowed: texts, blocked: texts, downgrade: { type: "boolean" } },
    ),
    resourceRule(
      "rollout-limits",
      "A rollout begins small, watches its waves and stops at failures.",
      rolloutLimits,
      options["rollout-limits"],
      {
        ...{ mostInFirstWave: number, leastBakeSeconds: number, leastSuccessPercent: number },
        ...{ leastReachedPercent: number, mostFailedDevices: number, mostInProgress: number },
      },
    ),
    resourceRule(
      "gate-required",
      "A task that reaches many devices begins only after a good outcome.",
      gateRequired,
      options["gate-required"],
      { devices: number },
    ),
    stackRule(
      "completion-required",
      "Each task is waited for.",
      completionRequired,
      options["completion-required"],
      { devices: number },
    ),
    stackRule(
      "canary-required",
      "Few devices go before many.",
      canaryRequired,
      options["canary-required"],
      { devices: number },
    ),
    stackRule(
      "approved-in-time",
      "A wave is approved once the wave in front of it is over.",
      approvedInTime,
      undefined,
      {},
    ),
  ];
}

function resourceRule<Options extends object>(
  name: string,
  description: string,
  rule: (kind: ResourceKind, props: Properties, options: Options) => readonly string[],
  options: Options | undefined,
  properties: PolicyConfigSchema["properties"],
): ResourceValidationPolicy {
  return {
    name,
    description,
    enforcementLevel: "mandatory",
    configSchema: { properties },
    validateResource: (args, report) => {
      const kind = kindOf(args.type);
      if (kind === undefined) return;
      const told = { ...options, ...args.getConfig<Options>() };
      for (const objection of rule(kind, args.props, told)) {
        report(`${args.name} ${objection}`);
      }
    },
  };
}

function stackRule<Options extends object>(
  name: string,
  description: string,
  rule: (resources: readonly StackResource[], options: Options) => readonly Objection[],
  options: Options | undefined,
  properties: PolicyConfigSchema["properties"],
): StackValidationPolicy {
  return {
    name,
    description,
    enforcementLevel: "advisory",
    configSchema: { properties },
    validateStack: (args, report) => {
      const told = { ...options, ...args.getConfig<Options>() };
      for (const { message, urn } of rule(args.resources, told)) report(message, urn);
    },
  };
}
