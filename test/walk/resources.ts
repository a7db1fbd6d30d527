import * as pulumi from "@pulumi/pulumi";

import { iotda, northbound, Provider } from "../../src";
import { addressOf } from "./model";
import type { Place, Program } from "./program";
import type { WalkWing } from "./wings";

const COMPONENT = "walk:Site";

/** Declares a program's resources, as its text would; `instant` spells a second of the walk. */
export function declare(
  program: Program,
  wing: WalkWing,
  url: string,
  instant: (second: number) => string,
): void {
  const namespace = { northbound, iotda }[wing.name as "northbound" | "iotda"];
  const site = program.some(({ inComponent }) => inComponent)
    ? new pulumi.ComponentResource(COMPONENT, "site")
    : undefined;
  const names = program.map(({ provider }) => provider).filter((name) => name !== undefined);
  const providers = new Map(
    [...new Set(names)].map((name) => [
      name,
      new Provider(name, { [wing.name]: wing.settings(url) }),
    ]),
  );
  for (const task of program) {
    const provider = providers.get(task.provider ?? "");
    const options: pulumi.CustomResourceOptions = {
      ...(task.inComponent && site !== undefined ? { parent: site } : {}),
      ...(provider === undefined ? {} : { provider }),
      ...(task.alias === undefined ? {} : { aliases: [urnOf(task.alias, wing)] }),
    };
    new namespace[`${task.kind}UpgradeTask`](
      task.name,
      wing.argumentsOf(task, instant) as never,
      options,
    );
  }
}

export function urnOf({ kind, name, inComponent }: Place, wing: WalkWing): string {
  const type = `pulumi-nodejs:dynamic/huawei-ota/${wing.name}:${kind}UpgradeTask`;
  return `urn:pulumi:dev::test::${inComponent ? `${COMPONENT}$` : ""}${type}::${name}`;
}

/** The address of a task by its URN. */
export function addressIn(urn: string): string {
  return addressOf({
    kind: urn.includes(":SoftwareUpgradeTask::") ? "Software" : "Firmware",
    name: urn.split("::").at(-1) ?? "",
    inComponent: urn.includes(`${COMPONENT}$`),
  });
}
