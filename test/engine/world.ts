import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { SimulatorData } from "../../src/simulator";

const SAMPLE = join(__dirname, "../../examples/simulator-data.json");

/** The project of IoTDA that the tests work with. */
export const IOTDA = {
  region: "ap-southeast-1",
  projectId: "0c1d2e3f40516273849aab5bc6d7e8f9",
  accessKey: "WATERWORKSACCESSKEY1",
  secretKey: "waterworks-secret-key",
  packages: {
    other: "698dc5a4a1b2c3d4e5000001",
    firmware: "698dc5a4a1b2c3d4e5000141",
    software: "698dc5a4a1b2c3d4e5000200",
  },
} as const;

/** Another project, with a package for its only device. */
export const OTHER_PROJECT = {
  projectId: "9f8e7d6c5b5aab94837261504f3e2d1c",
  packageId: "698dc5a4a1b2c3d4e5000915",
} as const;

/** The sample world, with packages and a second project in its part for IoTDA. */
export function world(): SimulatorData {
  const sample = JSON.parse(readFileSync(SAMPLE, "utf8")) as SimulatorData;
  const { iotda } = sample;
  const [project] = iotda?.projects ?? [];
  const [space, ...spaces] = project?.spaces ?? [];
  if (iotda === undefined || project === undefined || space === undefined) {
    throw new Error(`${SAMPLE} has no part for IoTDA.`);
  }
  const obs = { region: IOTDA.region, bucket: "waterworks-firmware" };
  const product = { productId: "water-meter-nbm1" };
  const packages = [
    ...(space.packages ?? []),
    {
      packageId: IOTDA.packages.firmware,
      packageType: "firmwarePackage" as const,
      version: "1.4.1",
      key: "nbm1/1.4.bin",
      ...obs,
      ...product,
    },
    {
      packageId: IOTDA.packages.software,
      packageType: "softwarePackage" as const,
      version: "2.0",
      key: "nbm1/metering-2.0.bin",
      ...obs,
      ...product,
    },
  ];
  const other = {
    projectId: OTHER_PROJECT.projectId,
    region: IOTDA.region,
    spaces: [
      {
        appId: "trials",
        isDefault: true,
        products: [{ productId: "bench-meter" }],
        packages: [
          {
            packageId: OTHER_PROJECT.packageId,
            packageType: "firmwarePackage" as const,
            productId: "bench-meter",
            version: "1.5",
            key: "nbm1/1.4.bin",
            ...obs,
          },
        ],
        devices: [{ deviceId: "bench_9", productId: "bench-meter" }],
      },
    ],
  };
  return {
    ...sample,
    iotda: {
      ...iotda,
      projects: [{ ...project, spaces: [{ ...space, packages }, ...spaces] }, other],
    },
  };
}
