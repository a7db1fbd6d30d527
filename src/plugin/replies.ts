import type { ServiceError } from "@grpc/grpc-js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { messageOf } from "../errors";
import { withoutSecrets } from "../known-secrets";
import { type Difference, type Failure, PartialFailure } from "../pulumi/kind";
import { sdk } from "./sdk";

type DiffResponse = InstanceType<typeof sdk.messages.DiffResponse>;
type CheckResponse = InstanceType<typeof sdk.messages.CheckResponse>;

export function checkReply(inputs: Struct, failures: readonly Failure[]): CheckResponse {
  const response = new sdk.messages.CheckResponse();
  response.setInputs(inputs);
  response.setFailuresList(
    failures.map(({ path, reason }) => {
      const failure = new sdk.messages.CheckFailure();
      failure.setProperty(path);
      // A sentence of its own: not every language shows the path.
      failure.setReason(
        withoutSecrets(path === "" || reason.startsWith(path) ? reason : `${path} ${reason}`),
      );
      return failure;
    }),
  );
  return response;
}

export function diffReply(difference: Difference): DiffResponse {
  const response = new sdk.messages.DiffResponse();
  const { DiffChanges } = sdk.messages.DiffResponse;
  switch (difference.kind) {
    case "same":
      response.setChanges(DiffChanges.DIFF_NONE);
      break;
    // The engine finds out what has changed, down to the leaves, and honours the program's options.
    case "changed":
      response.setChanges(DiffChanges.DIFF_UNKNOWN);
      response.setReplacesList([...(difference.replaces ?? [])]);
      response.setDeletebeforereplace(difference.deleteBeforeReplace === true);
      break;
    case "unfinished":
      response.setChanges(DiffChanges.DIFF_SOME);
      break;
    case "replace":
      response.setChanges(DiffChanges.DIFF_SOME);
      response.setReplacesList([difference.because]);
      response.setDiffsList([difference.because]);
      break;
  }
  return response;
}

/** One sentence; of what exists and is not finished the id and the state, too. */
export function errorReply(
  error: unknown,
  outputsOf: (id: string, state: object) => Struct,
): Partial<ServiceError> {
  const details = withoutSecrets(messageOf(error));
  const code = sdk.grpc.status.UNKNOWN;
  if (!(error instanceof PartialFailure)) return { code, details };
  const failed = new sdk.messages.ErrorResourceInitFailed();
  failed.setId(error.id);
  failed.setProperties(outputsOf(error.id, error.state));
  failed.setReasonsList(error.reasons.map((reason) => withoutSecrets(reason)));
  const packed = new sdk.any.Any();
  packed.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new sdk.status.Status();
  status.setCode(code);
  status.setMessage(details);
  status.addDetails(packed);
  const metadata = new sdk.grpc.Metadata();
  // Where gRPC for Go looks for the details of an error.
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code, details, metadata };
}
