import { randomBytes } from "node:crypto";
import type { ApiRequest } from "../api";
import { parseBasicTime } from "../basic-time";
import type { Behaviour } from "../behaviour";
import { headerText } from "../requests";
import type { CheckedIotdaData, CheckedIotdaProject, IotdaUserData } from "./data";
import { Refusal } from "./error-codes";
import { isSignedWith, parseSignature, type Signature } from "./signature";

interface IssuedToken {
  readonly user: IotdaUserData;
  readonly projectId: string;
  readonly endsAt: number;
}

const toleratedSkew = 15 * 60_000;

function unauthorized(reason: string): Refusal {
  return new Refusal("APIGW.0301", `Incorrect IAM authentication information: ${reason}`);
}

/** Whether those of an account see a project; one that names no account is there for all. */
export function isVisible(project: CheckedIotdaProject, domain: string | undefined): boolean {
  return project.domain === undefined || project.domain === domain;
}

/** Who may call: key pairs, and tokens of users. */
export class Credentials {
  private readonly data: CheckedIotdaData;
  private readonly tokens = new Map<string, IssuedToken>();

  constructor(data: CheckedIotdaData) {
    this.data = data;
  }

  /** Issues a token; the user's earlier ones live on. */
  issue(user: IotdaUserData, projectId: string, endsAt: number): string {
    const token = randomBytes(48).toString("base64url");
    this.tokens.set(token, { user, projectId, endsAt });
    return token;
  }

  /** Ends the tokens of a user, as time does. */
  endTokens(name: string): void {
    for (const [text, { user }] of this.tokens) if (user.name === name) this.tokens.delete(text);
  }

  /** The access key or the user that a call says it comes from. */
  callerOf({ headers }: ApiRequest): string | null {
    const token = headerText(headers["x-auth-token"]);
    if (token !== undefined) return this.tokens.get(token)?.user.name ?? null;
    return parseSignature(headers.authorization)?.accessKey ?? null;
  }

  /** The account of whoever calls. */
  domainOf({ headers }: ApiRequest): string | undefined {
    const token = headerText(headers["x-auth-token"]);
    if (token !== undefined) return this.tokens.get(token)?.user.domain;
    const accessKey = parseSignature(headers.authorization)?.accessKey;
    return this.data.accessKeys.find((each) => each.accessKey === accessKey)?.domain;
  }

  /** Refuses calls that nobody of the project has signed or has a token for. */
  check(request: ApiRequest, project: CheckedIotdaProject | undefined, behaviour: Behaviour): void {
    const { headers } = request;
    const token = headerText(headers["x-auth-token"]);
    if (token !== undefined) {
      this.checkToken(token, request.now, project, behaviour);
      return;
    }
    const signature = parseSignature(headers.authorization);
    if (signature === undefined) throw unauthorized("the request is not signed and has no token");
    this.checkSignature(request, signature, project, behaviour);
  }

  private checkToken(
    text: string,
    now: number,
    project: CheckedIotdaProject | undefined,
    { iotdaBadToken }: Behaviour,
  ): void {
    const token = this.tokens.get(text);
    if (token === undefined || token.endsAt <= now) {
      if (iotdaBadToken === "APIGW.0301") throw unauthorized("decrypt token fail");
      throw new Refusal(iotdaBadToken, "The token is invalid or has expired.");
    }
    if (project !== undefined && project.projectId !== token.projectId) {
      throw new Refusal("IOTDA.000021", "The token is not for this project.");
    }
  }

  private checkSignature(
    request: ApiRequest,
    signature: Signature,
    project: CheckedIotdaProject | undefined,
    behaviour: Behaviour,
  ): void {
    const { headers } = request;
    // IAM has no private hosts: there is no project in its calls.
    if (behaviour.iotdaPrivateHost && project !== undefined && signature.info === undefined) {
      throw new Refusal("IOTDA.000002", "Authentication failed.");
    }
    const key = this.data.accessKeys.find((each) => each.accessKey === signature.accessKey);
    if (key === undefined) throw unauthorized("the access key is unknown");
    if (!signature.signedHeaders.includes("x-sdk-date")) {
      throw unauthorized("X-Sdk-Date is not signed");
    }
    const date = headerText(headers["x-sdk-date"]) ?? "";
    const signedAt = parseBasicTime(date);
    if (signedAt === undefined || !isNear(signedAt, request.now, behaviour)) {
      throw unauthorized("signature expired");
    }
    if (signature.info !== undefined) {
      const expected = `${date.slice(0, 8)}/${project?.region ?? ""}/iotdm`;
      if (signature.info !== expected) throw unauthorized("the credential scope does not fit");
    }
    if (!isSignedWith(request, signature, key.secretKey)) {
      throw unauthorized("verify aksk signature fail");
    }
    const securityToken = headerText(headers["x-security-token"]);
    if (key.securityToken !== undefined && key.securityToken !== securityToken) {
      throw unauthorized("the temporary access key needs its X-Security-Token");
    }
    if (project !== undefined && !isVisible(project, key.domain)) {
      throw new Refusal("IOTDA.000021", "The access key is not of the project's account.");
    }
  }
}

/** Real clients sign by the computer's clock, however the simulated one is moved. */
function isNear(signedAt: number, now: number, { iotdaSignatureClock }: Behaviour): boolean {
  if (Math.abs(signedAt - now) <= toleratedSkew) return true;
  return iotdaSignatureClock === "either" && Math.abs(signedAt - Date.now()) <= toleratedSkew;
}
