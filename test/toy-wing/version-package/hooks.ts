import * as z from "zod/mini";

import { OtaError } from "../../../src/errors";
import { leaf } from "../../../src/pulumi/inputs";
import { type Accounts, callContextOf } from "../../../src/wing/accounts";
import { digest, stable } from "../../../src/wing/task-changes";
import { versionPackageKind as packageKind } from "../../../src/wing/version-package";
import { deleteImage, getImage, type Image, putImage } from "../api/calls";
import type { Fleet } from "../api/fleet";

const text = leaf("text", z.string());
const versionPackageInputs = z.strictObject({
  version: text,
  checksum: text,
  onDelete: z.optional(leaf("a word for it", z.enum(["keep", "delete", "deleteIfMade"]))),
});

export function versionPackageKind(fleets: Accounts<Fleet>) {
  return packageKind<z.output<typeof versionPackageInputs>, Image, Fleet>({
    accounts: fleets,
    goneCode: "NotFound",
    defaultOnDelete: "deleteIfMade",
    inputs: versionPackageInputs,
    inputNames: Object.keys(versionPackageInputs.shape),
    canonical: (inputs) => inputs,
    brokenRules: () => [],
    differences: (one, other) =>
      (["version", "checksum"] as const).filter((field) => one[field] !== other[field]),
    foresee: () => Promise.resolve({ failures: [] }),
    filledIn: (inputs) => inputs,
    async obtain({ version, checksum }, fleet, context, note) {
      const ask = fleet.ask(context);
      const image = { imageId: digest(stable([version, checksum])), version, checksum };
      const found = await ask(getImage, image.imageId);
      if (found === undefined) await ask(putImage, image.imageId, image);
      const obtained = { found: image, isMade: found === undefined };
      await note(obtained);
      return obtained;
    },
    idOf: ({ imageId }) => imageId,
    look: (id, _state, fleet, context) => fleet.ask(context)(getImage, id),
    inputsOf: ({ version, checksum }) => ({ version, checksum }),
    told: () => ({}),
    driftOf: (_state, found) => (found === undefined ? "deleted on the platform" : undefined),
    leavesStateWhenGone: false,
    remedy: (urn) => `; to make it anew, run \`pulumi up --replace ${urn}\``,
    async remove(id, _state, fleet, context) {
      const jobs = await fleet.tasks(callContextOf(context)).list();
      if (jobs.some(({ imageId, phase }) => imageId === id && phase === "unfinished")) {
        throw new OtaError(`Image ${id} was not deleted: a job that is not over needs it.`);
      }
      await fleet.ask(context)(deleteImage, id);
    },
  });
}
