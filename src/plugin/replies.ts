import type { ServiceError } from "@grpc/grpc-js";

import { messageOf } from "../errors";
import { type Difference, type Failure, PartialFailure, type Properties } from "../pulumi/hooks";
import { sdk } from "./sdk";
import { toStruct } from "./wire";

type DiffResponse = InstanceType<typeof sdk.messages.DiffResponse>;
type CheckResponse = InstanceType<typeof sdk.messages.CheckResponse>;

export function checkReply(inputs: Properties, failures: readonly Failure[]): CheckResponse {
  const response = new sdk.messages.CheckResponse();
  response.setInputs(toStruct(inputs));
  response.setFailuresList(
    failures.map(({ path, reason }) => {
      const failure = new sdk.messages.CheckFailure();
      failure.setProperty(path);
      // A sentence of its own: not every language shows the path.
      failure.setReason(path === "" || reason.startsWith(path) ? reason : `${path} ${reason}`);
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
  outputsOf: (id: string, state: object) => Properties,
): Partial<ServiceError> {
  const details = messageOf(error);
  const code = sdk.grpc.status.UNKNOWN;
  if (!(error instanceof PartialFailure)) return { code, details };
  const failed = new sdk.messages.ErrorResourceInitFailed();
  failed.setId(error.id);
  failed.setProperties(toStruct(outputsOf(error.id, error.state)));
  failed.setReasonsList([...error.reasons]);
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
