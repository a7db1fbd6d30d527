import { z } from "zod";

import { OtaError } from "../../../src/errors";
import { leaf } from "../../../src/pulumi/inputs";
import { type Accounts, callContextOf } from "../../../src/wing/accounts";
import { digest, stable } from "../../../src/wing/task-changes";
import {
  type PackageWing,
  versionPackageKind as packageKind,
} from "../../../src/wing/version-package";
import { deleteImage, getImage, type Image, putImage } from "../api/calls";
import type { Fleet } from "../api/fleet";

const text = leaf("text", z.string());
const FIELDS = ["model", "version", "checksum"] as const;

const versionPackageInputs = z.strictObject({
  ...{ model: text, version: text, checksum: text },
  onDelete: leaf("what is documented", z.enum(["keep", "delete", "deleteIfMade"])).optional(),
});

type VersionPackageInputs = z.output<typeof versionPackageInputs>;

export function versionPackageKind(fleets: Accounts<Fleet>) {
  const wing: PackageWing<VersionPackageInputs, Image, Fleet> = {
    accounts: fleets,
    goneCode: "NotFound",
    defaultOnDelete: "deleteIfMade",
    inputs: versionPackageInputs,
    inputNames: Object.keys(versionPackageInputs.shape),
    canonical: (inputs) => inputs,
    brokenRules: () => [],
    differences: (one, other) => FIELDS.filter((field) => one[field] !== other[field]),
    foresee: () => Promise.resolve({ failures: [] }),
    filledIn: (inputs) => inputs,
    async obtain({ onDelete: _, ...declared }, fleet, context, note) {
      const ask = fleet.ask(callContextOf(context));
      const imageId = digest(stable(declared));
      const there = await ask(getImage, imageId);
      const found = there ?? (await ask(putImage, imageId, { imageId, ...declared }));
      const obtained = { found: found ?? { imageId, ...declared }, isMade: there === undefined };
      await note(obtained);
      return obtained;
    },
    idOf: ({ imageId }) => imageId,
    look: (id, _state, fleet, context) => fleet.ask(callContextOf(context))(getImage, id),
    inputsOf: ({ model, version, checksum }) => ({ model, version, checksum }),
    told: () => ({}),
    driftOf: (_state, found) => (found === undefined ? "deleted on the platform" : undefined),
    leavesStateWhenGone: false,
    remedy: (urn) => `; to make it anew, run \`pulumi up --replace ${urn}\``,
    async remove(id, _state, fleet, context) {
      const jobs = await fleet.tasks(callContextOf(context)).list();
      const users = jobs.filter(({ imageId, phase }) => imageId === id && phase === "unfinished");
      if (users.length > 0) {
        throw new OtaError(`Image ${id} was not deleted: unfinished jobs still need it.`);
      }
      await fleet.ask(callContextOf(context))(deleteImage, id);
    },
  };
  return packageKind(wing);
}
