import type { SimulatorData } from "./data";

const meter = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };
const file = { region: "ap-southeast-1", bucket: "firmware" };
const product = { productId: "water-meter" };

/** What a platform holds that nobody has given any data: a fleet of water meters in each part. */
export const smallWorld: SimulatorData = {
  applications: [
    {
      appId: "waterworks",
      secret: "waterworks-secret",
      packages: [
        { fileId: "firmware-1.3", version: "V1.3", fileType: "firmwarePackage", ...meter },
        { fileId: "firmware-1.4", version: "V1.4", fileType: "firmwarePackage", ...meter },
        { fileId: "software-2.0", version: "V2.0", fileType: "softwarePackage", ...meter },
      ],
      deviceDefaults: { ...meter, firmwareVersion: "V1.3" },
      devices: [
        { prefix: "meter-", count: 5, digits: 3, groups: ["pilot", "meters"] },
        { prefix: "meter-", first: 6, count: 45, digits: 3, groups: ["meters"] },
      ],
    },
  ],
  iotda: {
    accessKeys: [{ accessKey: "WATERWORKS", secretKey: "waterworks-secret-key" }],
    users: [{ name: "pipeline", password: "waterworks-password", domain: "waterworks" }],
    objects: [
      { ...file, key: "1.4.bin" },
      { ...file, key: "2.0.bin" },
    ],
    projects: [
      {
        projectId: "0c1d2e3f40516273849aab5bc6d7e8f9",
        region: "ap-southeast-1",
        spaces: [
          {
            appId: "waterworks",
            products: [{ ...product, name: "Water meter" }],
            deviceDefaults: { ...product, firmwareVersion: "1.3" },
            devices: [
              { prefix: "meter_", count: 5, digits: 3, groups: ["pilot", "meters"] },
              { prefix: "meter_", first: 6, count: 45, digits: 3, groups: ["meters"] },
            ],
            packages: [
              {
                ...{ packageType: "firmwarePackage", ...product, version: "1.4" },
                ...{ ...file, key: "1.4.bin" },
              },
            ],
          },
        ],
      },
    ],
  },
};
