import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { parseAllDocuments } from "yaml";
import * as z from "zod";

/*
 * The operator prunes a field that it does not know without a word, so the fields that are used stand
 * here, as the operator's own definition of a Stack has them.
 * https://github.com/pulumi/pulumi-kubernetes-operator
 */

const FILE = resolve(__dirname, "../../examples/pipeline/gitops/stack.yaml");

const secret = z.strictObject({ name: z.string(), key: z.string() });
const reference = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("Secret"), secret }),
  z.strictObject({ type: z.literal("Literal"), literal: z.strictObject({ value: z.string() }) }),
]);
const stackObject = z.strictObject({
  apiVersion: z.literal("pulumi.com/v1"),
  kind: z.literal("Stack"),
  metadata: z.strictObject({ name: z.string() }),
  spec: z.strictObject({
    serviceAccountName: z.string(),
    stack: z.string(),
    backend: z.string(),
    projectRepo: z.url(),
    branch: z.string(),
    shallow: z.boolean(),
    gitAuth: z.strictObject({ accessToken: reference }),
    envRefs: z.record(z.string(), reference),
    resyncFrequencySeconds: z.optional(z.int()),
    continueResyncOnCommitMatch: z.optional(z.boolean()),
    retryMaxBackoffDurationSeconds: z.optional(z.int()),
    destroyOnFinalize: z.boolean(),
    preview: z.optional(z.boolean()),
    updateTemplate: z.optional(
      z.strictObject({ spec: z.strictObject({ continueOnError: z.boolean() }) }),
    ),
  }),
});

const stacks = parseAllDocuments(readFileSync(FILE, "utf8")).map((document) =>
  stackObject.parse(document.toJS()),
);

describe("The stacks of the Kubernetes operator", () => {
  test("are one that applies each hour, and one that only previews the same stack", () => {
    const [live, preview] = stacks.map(({ spec }) => spec);
    expect(stacks).toHaveLength(2);
    expect(live).toMatchObject({
      resyncFrequencySeconds: 3600,
      continueResyncOnCommitMatch: true,
      updateTemplate: { spec: { continueOnError: true } },
    });
    expect(live?.preview).toBeUndefined();
    expect(preview).toMatchObject({
      preview: true,
      envRefs: { HUAWEI_OTA_READ_ONLY: { type: "Literal", literal: { value: "1" } } },
    });
    for (const field of ["stack", "backend", "projectRepo"] as const) {
      expect(preview?.[field]).toBe(live?.[field]);
    }
  });

  test("stop no upgrade when they are deleted, and hold no secret", () => {
    for (const { spec } of stacks) {
      expect(spec.destroyOnFinalize).toBe(false);
      const secrets = Object.entries(spec.envRefs).filter(([name]) =>
        /SECRET|PASSPHRASE/.test(name),
      );
      expect(secrets.map(([, { type }]) => type)).toEqual(["Secret", "Secret"]);
      expect(spec.gitAuth.accessToken.type).toBe("Secret");
    }
  });
});
