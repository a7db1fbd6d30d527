import type { ApiReply } from "../api";

// Codes that Huawei's pages, SDKs or reports of users tell, with the status they come with.
const documented = {
  "IOTDA.000001": 500,
  "IOTDA.000002": 401,
  "IOTDA.000004": 403,
  "IOTDA.000006": 400,
  "IOTDA.000008": 400,
  "IOTDA.000009": 400,
  "IOTDA.000017": 400,
  "IOTDA.000018": 400,
  "IOTDA.000021": 403,
  "IOTDA.000029": 404,
  "IOTDA.001000": 403,
  "IOTDA.001005": 403,
  "IOTDA.014000": 404,
  "IOTDA.021101": 403,
  "IOTDA.021102": 403,
  "APIGW.0301": 401,
  "APIGW.0308": 429,
} as const;

/**
 * INVENTED: what the platform answers here is not documented. The numbers begin with 999 so that
 * nobody takes them for the vendor's; a client must go by the status.
 */
export const invented = {
  packageNotFound: "IOTDA.999001",
  taskNotFound: "IOTDA.999002",
  packageInUse: "IOTDA.999003",
  duplicatePackage: "IOTDA.999004",
  objectNotFound: "IOTDA.999005",
  wrongSign: "IOTDA.999006",
  productNotFound: "IOTDA.999007",
  taskNotFinished: "IOTDA.999008",
  taskStatusForbids: "IOTDA.999009",
  tooManyTasks: "IOTDA.999010",
  methodNotAllowed: "IOTDA.999011",
  deviceNotFound: "IOTDA.999012",
  groupNotFound: "IOTDA.999013",
  editionForbids: "IOTDA.999014",
  badStatement: "IOTDA.999015",
} as const;

const inventedStatus = {
  "IOTDA.999001": 404,
  "IOTDA.999002": 404,
  "IOTDA.999003": 400,
  "IOTDA.999004": 400,
  "IOTDA.999005": 400,
  "IOTDA.999006": 400,
  "IOTDA.999007": 400,
  "IOTDA.999008": 400,
  "IOTDA.999009": 400,
  "IOTDA.999010": 400,
  "IOTDA.999011": 405,
  "IOTDA.999012": 400,
  "IOTDA.999013": 404,
  "IOTDA.999014": 403,
  "IOTDA.999015": 400,
} as const satisfies Record<(typeof invented)[keyof typeof invented], number>;

const statuses = { ...documented, ...inventedStatus };

export type IotdaErrorCode = keyof typeof statuses;

/** A call that the platform refuses. */
export class Refusal extends Error {
  readonly code: IotdaErrorCode;
  readonly status: number;

  constructor(code: IotdaErrorCode, message: string, status: number = statuses[code]) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** A field of the request breaks its rule. */
export function invalid(message: string): Refusal {
  return new Refusal("IOTDA.000006", `Invalid input data. ${message}`);
}

/** The refusal as it is sent; the gateway's own have the request's id in the body, too. */
export function refusalReply({ code, message, status }: Refusal, requestId: string): ApiReply {
  const body = { error_code: code, error_msg: message };
  return {
    status,
    body: code.startsWith("APIGW.") ? { ...body, request_id: requestId } : body,
    errorCode: code,
  };
}
