import { createProjects } from "../../src/iotda/api/platform";
import { rolloutKind as iotdaKind } from "../../src/iotda/rollout/hooks";
import { createApplications } from "../../src/northbound/api/platform";
import { rolloutKind as northboundKind } from "../../src/northbound/rollout/hooks";
import type { Simulator } from "../../src/simulator";
import type { RolloutWing } from "../engine/rollouts/fleet";
import { IOTDA } from "../engine/world";
import type { AnyKind } from "./small-engine";

/** The hooks of a new provider process, in the account of the simulated fleet. */
export function kindOn(
  wing: RolloutWing,
  { url }: Simulator,
  more: Readonly<Record<string, string>> = {},
): AnyKind {
  const kind =
    wing.name === "northbound"
      ? northboundKind(
          "firmware",
          createApplications({
            HUAWEI_OTA_NORTHBOUND_ENDPOINT: url,
            HUAWEI_OTA_NORTHBOUND_APP_ID: "waterworks",
            HUAWEI_OTA_NORTHBOUND_SECRET: "waterworks-secret",
            ...more,
          }),
        )
      : iotdaKind(
          "firmware",
          createProjects({
            HUAWEI_OTA_IOTDA_ENDPOINT: url,
            HW_REGION_NAME: IOTDA.region,
            HW_PROJECT_ID: IOTDA.projectId,
            HW_ACCESS_KEY: IOTDA.accessKey,
            HW_SECRET_KEY: IOTDA.secretKey,
            ...more,
          }),
        );
  return kind;
}
