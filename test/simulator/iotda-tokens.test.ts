import { iotdaBench, projectId, taskBody } from "./iotda-client";

test("a login is 201 with the token in X-Subject-Token and its end in the body", async () => {
  const platform = await iotdaBench();
  const { status, headers, body } = await platform.login({ name: "ap-southeast-1" });
  expect(status).toBe(201);
  expect(headers.get("x-subject-token")).toMatch(/^.{20,}$/);
  expect(body).toMatchObject({
    token: { expires_at: "2026-05-02T08:00:00.000000Z", project: { id: projectId } },
  });
});

test("a token lives for 24 hours, and a new one does not end it", async () => {
  const platform = await iotdaBench();
  await platform.login();
  platform.simulator.clock.advance(86_399);
  const list = (): Promise<{ status: number }> =>
    platform.call("GET", "/batchtasks?task_type=firmwareUpgrade");
  expect(await list()).toMatchObject({ status: 200 });
  platform.simulator.clock.advance(1);
  expect(await list()).toMatchObject({ status: 401, body: { error_code: "APIGW.0301" } });
  platform.simulator.setBehaviour({ iotdaBadToken: "IOTDA.000004" });
  expect(await list()).toMatchObject({ status: 403, body: { error_code: "IOTDA.000004" } });
});

test("a wrong password and an unknown project are 401 in IAM's own form", async () => {
  const { login } = await iotdaBench();
  expect(await login(undefined, "wrong")).toMatchObject({
    status: 401,
    body: { error: { code: 401, title: "Unauthorized" } },
  });
  expect(await login({ name: "nowhere" })).toMatchObject({ status: 401 });
});

test("a scope that names a project in two ways is that of the id", async () => {
  const { login } = await iotdaBench();
  expect(await login({ id: "unknown", name: "ap-southeast-1" })).toMatchObject({ status: 401 });
});

test("a token of the account asks IAM for its domain, and opens no project", async () => {
  const { send } = await iotdaBench();
  const login = (domain: object) =>
    send("/v3/auth/tokens", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        auth: {
          identity: {
            methods: ["password"],
            password: {
              user: { name: "pipeline", password: "s3cret", domain: { name: "waterworks" } },
            },
          },
          scope: { domain },
        },
      }),
    });
  expect(await login({ name: "gasworks" })).toMatchObject({ status: 401 });
  const { status, headers, body } = await login({ name: "waterworks" });
  expect(status).toBe(201);
  const { domain } = body["token"] as { domain: { id: string } };
  const token = { headers: { "X-Auth-Token": headers.get("x-subject-token") ?? "" } };
  expect((await send("/v3/auth/domains", token)).body).toMatchObject({
    domains: [{ id: domain.id, name: "waterworks" }],
  });
  expect(await send("/v3/auth/domains")).toMatchObject({ status: 401 });
  const list = `/v5/iot/${projectId}/batchtasks?task_type=firmwareUpgrade`;
  expect(await send(list, token)).toMatchObject({ status: 403 });
});

test("a token of one project does not open another", async () => {
  const platform = await iotdaBench();
  const token = (await platform.login()).headers.get("x-subject-token") ?? "";
  const ask = (project: string) =>
    platform.send(`/v5/iot/${project}/batchtasks?task_type=firmwareUpgrade`, {
      headers: { "X-Auth-Token": token },
    });
  for (const project of ["f".repeat(32), "unknown"]) {
    expect(await ask(project)).toMatchObject({
      status: 403,
      body: { error_code: "IOTDA.000021" },
    });
  }
});

test("IAM tells the id of a region's project to those it knows", async () => {
  const platform = await iotdaBench();
  const token = (await platform.login()).headers.get("x-subject-token") ?? "";
  const path = "/v3/projects?name=ap-southeast-1";
  const { body } = await platform.send(path, { headers: { "X-Auth-Token": token } });
  expect(body).toMatchObject({ projects: [{ id: projectId, name: "ap-southeast-1" }] });
  expect(await platform.send(path)).toMatchObject({ status: 401 });
});

test("a fault ends the tokens of a user, and the books hold neither passwords nor tokens", async () => {
  const platform = await iotdaBench();
  platform.simulator.addFault({ kind: "tokenExpired", path: "**/batchtasks" });
  expect(await platform.call("POST", "/batchtasks", taskBody())).toMatchObject({ status: 401 });
  expect(platform.simulator.books().counts).toMatchObject({ logins: 1, taskPostsInEffect: 0 });
  expect(JSON.stringify(platform.simulator.books())).not.toContain("s3cret");
});

test("Instance-Id must name an instance of the project; it may be demanded", async () => {
  const platform = await iotdaBench();
  const token = (await platform.login()).headers.get("x-subject-token") ?? "";
  const ask = (instance: Readonly<Record<string, string>>) =>
    platform.send(`/v5/iot/${projectId}/batchtasks?task_type=firmwareUpgrade`, {
      headers: { "X-Auth-Token": token, ...instance },
    });
  expect(await ask({ "Instance-Id": "instance-1" })).toMatchObject({ status: 200 });
  expect(await ask({ "Instance-Id": "instance-2" })).toMatchObject({ status: 403 });
  expect(await ask({})).toMatchObject({ status: 200 });
  platform.simulator.setBehaviour({ iotdaInstanceIdRequired: true });
  expect(await ask({})).toMatchObject({ status: 403 });
});
