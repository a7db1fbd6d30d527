import * as pulumi from "@pulumi/pulumi";

import { secretArguments } from "../../src/pulumi/secret-arguments";

it("are those that hold a secret at any depth, and those that are named", async () => {
  const secret = pulumi.secret("V1.4");
  const args = {
    whole: secret,
    inside: { list: [1, { version: secret }] },
    later: Promise.resolve({ version: secret }),
    made: pulumi.interpolate`of ${secret}`,
    open: pulumi.output("V1.4"),
    plain: { list: ["V1.4"] },
    none: undefined,
    named: "V1.4",
  };
  expect(await secretArguments(args, ["named", "serial"])).toEqual([
    "inside",
    "later",
    "made",
    "named",
    "serial",
    "whole",
  ]);
});

it("are nothing where no argument is secret, so that the resource carries nothing of it", async () => {
  expect(await secretArguments({ open: pulumi.output(1), plain: [1] })).toBeUndefined();
});
