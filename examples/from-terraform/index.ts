import * as pulumi from "@pulumi/pulumi";
import { iotda } from "pulumi-huawei-ota";

const config = new pulumi.Config();

const firmware = new iotda.VersionPackage("firmware", {
  adopt: config.get("packageId") ?? "698dc5a4a1b2c3d4e5000001",
  appId: "waterworks",
  packageType: "firmwarePackage",
  productId: "water-meter-nbm1",
  version: "1.3",
  description: "Firmware that the meters run today",
  fileLocation: {
    obsLocation: {
      regionName: "ap-southeast-1",
      bucketName: "waterworks-firmware",
      objectKey: "nbm1/1.3.bin",
      sign: "3b5d5c3712955042212316173ccf37be800a1f2d3a6c5b0a2b6f0ad4c8e1d9f7",
    },
  },
});

export const packageId = firmware.id;
