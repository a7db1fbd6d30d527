import { PolicyPack } from "@pulumi/policy";

import { upgradeRules } from "./policy/rules";

// Making it is what starts it: the engine runs this file for `--policy-pack`.
new PolicyPack("pulumi-huawei-ota", { policies: upgradeRules() });
