/** One line beside a resource, or beside the stack. */
export interface LogLine {
  readonly severity: number;
  readonly message: string;
  readonly urn: string;
  readonly ephemeral: boolean;
}

/** Ends when the engine has the line, or it is lost. */
export type WriteLine = (line: LogLine) => Promise<void>;

/** What a log needs of an SDK; gRPC must be the copy that the SDK's own services use. */
export interface LogModules {
  readonly grpc: { readonly credentials: { createInsecure(): unknown } };
  readonly service: {
    readonly EngineClient: new (address: string, credentials: never) => EngineLog;
  };
  readonly messages: { readonly LogRequest: new () => LogRequest };
}

interface EngineLog {
  log(request: never, callback: (error: unknown) => void): unknown;
}

interface LogRequest {
  setSeverity(value: number): unknown;
  setMessage(value: string): unknown;
  setUrn(value: string): unknown;
  setEphemeral(value: boolean): unknown;
}

export function engineLog({ grpc, service, messages }: LogModules, address: string): WriteLine {
  const client = new service.EngineClient(address, grpc.credentials.createInsecure() as never);
  return ({ severity, message, urn, ephemeral }) => {
    const request = new messages.LogRequest();
    request.setSeverity(severity);
    request.setMessage(message);
    request.setUrn(urn);
    request.setEphemeral(ephemeral);
    return new Promise((resolve) => {
      client.log(request as never, () => {
        resolve();
      });
    });
  };
}
