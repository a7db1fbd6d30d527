import type { Behaviour } from "../behaviour";

interface ErrorEntry {
  readonly status: number;
  /** The vendor's error_desc. */
  readonly text: string;
  /** The wording of the vendor's Java page, where it differs. */
  readonly javaText?: string;
}

// Texts of 120015 to 123034, 1010005 and 1010009 are those of the vendor's pages for creating a
// task, querying a package and deleting one. Those pages do not show the codes of the second table.
const documented = {
  "120015": { status: 400, text: "Bad request error." },
  "123016": { status: 400, text: "The parameter is error, targetversion not match with device." },
  "123019": { status: 400, text: "manufacturerName is null." },
  "123020": { status: 400, text: "deviceType is null" },
  "123021": { status: 400, text: "model is null." },
  "123022": { status: 400, text: "deviceGroups and devices cannot be null together" },
  "123023": { status: 400, text: "deviceGroups and devices cannot be exist together" },
  "123024": { status: 400, text: "The number of deviceGroups or devices reached upper limit" },
  "123025": { status: 400, text: "executeType is error or can not to be null." },
  "123026": { status: 400, text: "startTime or endTime is null or error." },
  "123028": { status: 400, text: "retryTimes is null or beyond the limit." },
  "123032": { status: 400, text: "startTime can not be later than the endTime." },
  "123033": { status: 400, text: "startTime can not be earlier than the now." },
  "123034": { status: 400, text: "endtime must be greater than 5 minutes." },
  "1010009": {
    status: 403,
    text: "app throttle exceed.",
    javaText:
      "The application calls the API at a frequency that exceeds the flow control threshold.",
  },
  "1010005": {
    status: 403,
    text: "App_key or access_token is invalid.",
    javaText: "Invalid access token or application ID.",
  },
  "123002": {
    status: 404,
    text: "Device or package file not found.",
    javaText: "The device or package cannot be found.",
  },
} as const satisfies Record<string, ErrorEntry>;

const others = {
  "100025": { status: 401, text: "AppId for auth not exist." },
  "100208": { status: 401, text: "AppId or secret is not right." },
  "100247": { status: 400, text: "Operation not allowed. The application has been frozen." },
  "102202": { status: 400, text: "Required Parameter is null or empty." },
  "123009": { status: 404, text: "The requested task does not exist." },
  "123029": { status: 400, text: "pageNo or pageSize beyond the limit." },
  "100203": { status: 403, text: "The application does not exist." },
  "100217": { status: 403, text: "The application has not been authorized." },
  "100218": { status: 400, text: "gatewayId and pageNo cannot be null together." },
  "100403": { status: 404, text: "The device does not exist." },
  "100405": { status: 400, text: "The request parameter is invalid." },
  "100418": { status: 404, text: "The device data does not exist." },
  "100603": { status: 200, text: "The device group does not exist." },
  "50252": { status: 500, text: "Internal server error." },
  "50400": { status: 400, text: "The input is invalid." },
  // The platform's own answers to unknown paths are not documented; these are no vendor codes.
  "404": { status: 404, text: "There is no such path." },
  "405": { status: 405, text: "The path does not take this method." },
} as const satisfies Record<string, ErrorEntry>;

const entries = { ...documented, ...others };

export type ErrorCode = keyof typeof entries;

export interface ErrorAnswer {
  readonly status: number;
  readonly body: { readonly error_code: string; readonly error_desc: string };
}

export function errorAnswer(code: ErrorCode, behaviour: Behaviour): ErrorAnswer {
  const entry: ErrorEntry = entries[code];
  const text = behaviour.errorTexts === "java" ? (entry.javaText ?? entry.text) : entry.text;
  return {
    status: behaviour.errorsAsOk ? 200 : entry.status,
    body: { error_code: code, error_desc: text },
  };
}
