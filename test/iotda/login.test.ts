import type { HttpRequest } from "../../src/http/endpoint";
import type { Credentials } from "../../src/iotda/settings";
import { aReply, errorOf } from "../http/requests";
import { aTask, bodyOf, ScriptedPlatform } from "./scripted-platform";

const keys = (accessKey: string): Credentials => ({
  kind: "keys",
  accessKey,
  secretKey: `${accessKey}-secret`,
  securityToken: undefined,
});
const user: Credentials = {
  kind: "password",
  userName: "deployer",
  password: "p4ss-word",
  domainName: "acme",
};
const DENIED = aReply(401, { error_code: "IOTDA.000002", error_msg: "Unauthorized." });

const DAY_SECONDS = 24 * 3600;

function platformWith(...credentials: Credentials[]) {
  const platform = new ScriptedPlatform();
  const token = { lifeSeconds: DAY_SECONDS };
  platform.tasks = [aTask("t-1")];
  let tokens = 0;
  platform.iam = ({ path }) => {
    if (!path.startsWith("/v3/auth/tokens")) return undefined;
    tokens += 1;
    const expiresAt = new Date(platform.clock.now() + token.lifeSeconds * 1000).toISOString();
    return aReply(
      201,
      { token: { expires_at: expiresAt } },
      { "x-subject-token": `token-${String(tokens)}` },
    );
  };
  const project = platform.project({ credentials });
  return {
    platform,
    token,
    project,
    read: () => platform.clock.run(project.tasks({}).read("t-1")),
  };
}

const header = (request: HttpRequest | undefined, name: string) => request?.headers[name];

describe("Access keys", () => {
  it("sign each call for the time at which it is sent", async () => {
    const { platform, read } = platformWith(keys("AK"));
    await read();
    await platform.clock.advance(3_600_000);
    await read();
    const dates = platform.sent.map((request) => header(request, "x-sdk-date"));
    expect(dates).toEqual(["20260501T080000Z", "20260501T090000Z"]);
    expect(header(platform.sent[0], "authorization")).toContain("SDK-HMAC-SHA256 Access=AK,");
  });

  it("sign again for the platform's clock when this computer's is wrong", async () => {
    const { platform, read } = platformWith(keys("AK"));
    platform.script = (request) =>
      header(request, "x-sdk-date")?.startsWith("20260501T11") === true
        ? undefined
        : aReply(
            401,
            { error_code: "APIGW.0301", error_msg: "Incorrect IAM authentication information." },
            { date: "Fri, 01 May 2026 11:00:00 GMT" },
          );
    await read();
    expect(platform.sent).toHaveLength(2);
  });

  it("that are refused are told as such after two tries, and the secret is not in the text", async () => {
    const { platform, read } = platformWith(keys("AK"));
    platform.script = () => DENIED;
    const error = await errorOf(read());
    expect(error).toMatchObject({ code: "IOTDA.000002", status: 401 });
    expect(error.message).toContain("Check the credentials");
    expect(error.message).not.toContain("secret");
    expect(platform.sent).toHaveLength(2);
  });

  it("of a second place are tried when the first were rotated away, and kept", async () => {
    const { platform, read } = platformWith(keys("OLD"), keys("NEW"));
    platform.script = (request) =>
      header(request, "authorization")?.includes("Access=OLD,") === true ? DENIED : undefined;
    await read();
    await read();
    const used = platform.sent.map((request) =>
      header(request, "authorization")?.includes("Access=NEW,") === true ? "new" : "old",
    );
    expect(used).toEqual(["old", "old", "new", "new"]);
  });

  it("carry the token of temporary ones", async () => {
    const { platform, read } = platformWith({
      ...keys("AK"),
      securityToken: "st-1",
    } as Credentials);
    await read();
    expect(header(platform.sent[0], "x-security-token")).toBe("st-1");
    expect(header(platform.sent[0], "authorization")).toContain("x-security-token");
  });
});

describe("A user with a password", () => {
  it("gets one token for the project, for all calls of a day", async () => {
    const { platform, project, read } = platformWith(user);
    const reads = Array.from({ length: 10 }, () => project.tasks({}).read("t-1"));
    await platform.clock.run(Promise.all(reads));
    expect(platform.sentToIam).toHaveLength(1);
    expect(bodyOf(platform.sentToIam[0])).toMatchObject({
      auth: { scope: { project: { id: "project-1" } } },
    });
    await platform.clock.advance(23 * 3_600_000);
    await read();
    expect(platform.sentToIam).toHaveLength(1);
    await platform.clock.advance(3_600_000);
    await read();
    expect(platform.sentToIam).toHaveLength(2);
    expect(header(platform.sent.at(-1), "x-auth-token")).toBe("token-2");
  });

  it("gets no new one for each call where tokens live for minutes only", async () => {
    const { platform, token, read } = platformWith(user);
    token.lifeSeconds = 300;
    for (let call = 0; call < 5; call += 1) await read();
    expect(platform.sentToIam).toHaveLength(1);
    await platform.clock.advance(280_000);
    await read();
    expect(platform.sentToIam).toHaveLength(2);
  });

  it.each([
    ["issued_at", { issued_at: "2026-04-28T08:00:00.000000Z" }, {}],
    ["Date", {}, { date: "Tue, 28 Apr 2026 08:00:00 GMT" }],
    ["nothing", {}, {}],
  ])(
    "keeps it for its life where this computer's clock is days ahead, by %s",
    async (_told, issued, headers) => {
      const { platform, read } = platformWith(user);
      const token = { expires_at: "2026-04-29T08:00:00.000000Z", ...issued };
      platform.iam = () => aReply(201, { token }, { ...headers, "x-subject-token": "token-1" });
      for (let call = 0; call < 5; call += 1) await read();
      await platform.clock.advance(23 * 3_600_000);
      await read();
      expect(platform.sentToIam).toHaveLength(1);
    },
  );

  it("gets another one once when the platform takes it no longer", async () => {
    const { platform, read } = platformWith(user);
    platform.script = (request) =>
      header(request, "x-auth-token") === "token-1" ? DENIED : undefined;
    await read();
    expect(platform.sentToIam).toHaveLength(2);
    platform.script = () => DENIED;
    expect(await errorOf(read())).toMatchObject({ status: 401 });
    expect(platform.sentToIam).toHaveLength(3);
  });

  it("gets another one, too, when the platform calls the old one invalid with a 403", async () => {
    const { platform, read } = platformWith(user);
    platform.script = (request) =>
      header(request, "x-auth-token") === "token-1"
        ? aReply(403, { error_code: "IOTDA.000004", error_msg: "Invalid access token." })
        : undefined;
    await read();
    expect(platform.sentToIam).toHaveLength(2);
  });

  it("who is refused is not the end where another place has keys", async () => {
    const { platform, read } = platformWith(user, keys("AK"));
    platform.iam = () => aReply(401, { error: { code: "401", message: "Wrong password." } });
    await read();
    expect(header(platform.sent[0], "authorization")).toContain("Access=AK,");
  });

  it("who is refused is refused once for all resources, for an account is locked by many", async () => {
    const { platform, project, read } = platformWith(user);
    platform.iam = () => aReply(401, { error: { code: "401", message: "Wrong password." } });
    const reads = Array.from({ length: 10 }, () => errorOf(project.tasks({}).read("t-1")));
    await platform.clock.run(Promise.all(reads));
    expect(await errorOf(read())).toMatchObject({ status: 401 });
    expect(platform.sentToIam).toHaveLength(1);
  });

  it("whose token ends under ten calls at once gets one new token", async () => {
    const { platform, project } = platformWith(user);
    platform.script = (request) =>
      header(request, "x-auth-token") === "token-1" ? DENIED : undefined;
    const reads = Array.from({ length: 10 }, () => project.tasks({}).read("t-1"));
    await platform.clock.run(Promise.all(reads));
    expect(platform.sentToIam).toHaveLength(2);
  });

  it("who is refused under ten calls at once is asked for once, lest the account be locked", async () => {
    const { platform, project } = platformWith(user);
    platform.iam = () => aReply(401, { error: { message: "The username or password is wrong." } });
    const reads = Array.from({ length: 10 }, () => project.tasks({}).read("t-1"));
    await platform.clock.run(Promise.allSettled(reads));
    expect(platform.sentToIam).toHaveLength(1);
  });

  it("who is refused is told as such, without the password", async () => {
    const { platform, read } = platformWith(user);
    platform.iam = () => aReply(401, { error: { message: "The username or password is wrong." } });
    const error = await errorOf(read());
    expect(error.message).toContain("Check user, password and domain.");
    expect(error.message).not.toContain("p4ss-word");
    expect(platform.sent).toEqual([]);
  });
});

describe("A ready token", () => {
  it("is sent as it is, and cannot be renewed", async () => {
    const { platform, read } = platformWith({ kind: "token", token: "ready" });
    await read();
    expect(header(platform.sent[0], "x-auth-token")).toBe("ready");
    platform.script = () => DENIED;
    expect(await errorOf(read())).toMatchObject({ status: 401 });
    expect(platform.sent).toHaveLength(2);
  });
});

it("The instance is named on each call where one is set, and only there", async () => {
  for (const instanceId of ["instance-1", undefined]) {
    const platform = new ScriptedPlatform();
    platform.tasks = [aTask("t-1")];
    await platform.clock.run(platform.project({ instanceId }).tasks({}).read("t-1"));
    expect(header(platform.sent[0], "instance-id")).toBe(instanceId);
  }
});

describe("Without its id, the project", () => {
  const withProjects = (...ids: string[]) => {
    const platform = new ScriptedPlatform();
    platform.iam = () => aReply(200, { projects: ids.map((id) => ({ id, name: "region-1" })) });
    return { platform, project: platform.project({ projectId: undefined }) };
  };

  it("is asked of IAM once, by the region's name", async () => {
    const { platform, project } = withProjects("project-1");
    platform.tasks = [aTask("t-1")];
    const reads = [1, 2, 3].map(() => project.tasks({}).read("t-1"));
    await platform.clock.run(Promise.all(reads));
    expect(platform.sentToIam.map(({ path }) => path)).toEqual(["/v3/projects?name=region-1"]);
    expect(platform.calls()).toContain("GET /batchtasks/t-1?limit=1");
    expect(await project.key()).toBe("project-1");
  });

  it("is asked for with a plain signature, although the instance at the same address takes none", async () => {
    const { platform } = withProjects("project-1");
    platform.tasks = [aTask("t-1")];
    const iamEndpoint = "https://iotda.example";
    const project = platform.project({ projectId: undefined, signing: "derived", iamEndpoint });
    await platform.clock.run(project.tasks({}).read("t-1"));
    expect(header(platform.sentToIam[0], "authorization")).toMatch(/^SDK-HMAC-SHA256 /);
    expect(header(platform.sent[0], "authorization")).toMatch(
      /^V11-HMAC-SHA256 Credential=AK\/20260501\/region-1\/iotdm,/,
    );
  });

  it("is asked for with the token that the calls carry, too", async () => {
    const { platform } = withProjects("project-1");
    const projects = platform.iam;
    platform.iam = (request) =>
      request.path.startsWith("/v3/auth/tokens")
        ? aReply(201, {}, { "x-subject-token": "token-1" })
        : projects(request);
    platform.tasks = [aTask("t-1")];
    const asUser = platform.project({ projectId: undefined, credentials: [user] });
    await platform.clock.run(asUser.tasks({}).read("t-1"));
    expect(platform.sentToIam.map(({ path }) => path)).toEqual([
      "/v3/auth/tokens?nocatalog=true",
      "/v3/projects?name=region-1",
    ]);
    expect(header(platform.sent[0], "x-auth-token")).toBe("token-1");
  });

  it("is asked for again by IAM's clock when this computer's is wrong", async () => {
    const { platform, project } = withProjects("project-1");
    const projects = platform.iam;
    platform.iam = (request) =>
      header(request, "x-sdk-date")?.startsWith("20260501T11") === true
        ? projects(request)
        : aReply(401, { error: { message: "No." } }, { date: "Fri, 01 May 2026 11:00:00 GMT" });
    expect(await platform.clock.run(project.key())).toBe("project-1");
    expect(platform.sentToIam).toHaveLength(2);
  });

  it.each([
    [[], "no project"],
    [["a", "b"], "2 projects"],
  ])("must be one: %j", async (ids, words) => {
    const { platform, project } = withProjects(...ids);
    const error = await errorOf(platform.clock.run(project.key()));
    expect(error.message).toBe(
      `IAM knows ${words} named region-1; check region (HW_REGION_NAME), or set projectId (HW_PROJECT_ID).`,
    );
  });

  it("is the one of exactly that name", async () => {
    const { platform, project } = withProjects();
    const names = ["region-1_lab", "region-1", "region-10"];
    const projects = names.map((name) => ({ id: `id of ${name}`, name }));
    platform.iam = () => aReply(200, { projects });
    expect(await platform.clock.run(project.key())).toBe("id of region-1");
  });

  it("is asked for again after a failure", async () => {
    const { platform, project } = withProjects("project-1");
    const answer = platform.iam;
    platform.iam = () => aReply(403, { error: { message: "No." } });
    await errorOf(platform.clock.run(project.key()));
    platform.iam = answer;
    expect(await platform.clock.run(project.key())).toBe("project-1");
  });
});
