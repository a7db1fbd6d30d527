import { tmpdir } from "node:os";

import { signatureOf } from "../../../src/iotda/version-package/local-file";

it.each([tmpdir(), "/dev/zero"])("A file that is no regular one is refused: %s", async (path) => {
  expect(await signatureOf(path)).toEqual({
    missing: `${path} cannot be read as a package: it is no regular file`,
  });
});
