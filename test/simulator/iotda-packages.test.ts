import { basic, type Fields, type Reply } from "./client";
import { createIotdaTask, fileHash, iotdaBench, packageBody, packageId } from "./iotda-client";

const path = "/ota-upgrades/packages";

function told({ status, body }: Reply): unknown {
  return [status, body["error_code"]];
}

test("a package is made with 201, shown with its sign, listed without its place, deleted once", async () => {
  const { call } = await iotdaBench();
  const body = packageBody({ description: "leak alarm", support_source_versions: ["1.3"] });
  const made = await call("POST", path, body);
  expect(made.status).toBe(201);
  const { file_location, ...rest } = made.body;
  expect(rest).toEqual({
    package_id: expect.stringMatching(/^[a-f0-9]{24}$/) as string,
    app_id: "waterworks",
    package_type: "firmwarePackage",
    product_id: "water",
    product_name: "Water meter",
    version: "1.5",
    support_source_versions: ["1.3"],
    description: "leak alarm",
    create_time: basic(0),
  });
  expect(file_location).toMatchObject({ obs_location: { object_key: "1.4.bin", sign: fileHash } });
  const own = `${path}/${String(made.body["package_id"])}`;
  expect((await call("GET", own)).body).toEqual(made.body);
  const list = await call("GET", `${path}?package_type=firmwarePackage&version=1.5`);
  expect(list.body).toMatchObject({ packages: [rest], page: { count: 1 } });
  expect(list.text).not.toContain("file_location");
  const deleted = await call("DELETE", own);
  expect([deleted.status, deleted.text]).toEqual([204, ""]);
  expect((await call("DELETE", own)).status).toBe(404);
  expect((await call("GET", own)).status).toBe(404);
});

test("packages cannot be changed", async () => {
  const { call } = await iotdaBench();
  for (const method of ["PUT", "PATCH"]) {
    expect((await call(method, `${path}/${packageId}`, packageBody())).status).toBe(405);
  }
});

test.each<[string, Fields]>([
  ["no app_id", packageBody({ app_id: undefined })],
  ["an empty app_id", packageBody({ app_id: "" })],
  ["an app_id with a dot", packageBody({ app_id: "water.works" })],
  ["an unknown package_type", packageBody({ package_type: "firmware" })],
  ["no product_id", packageBody({ product_id: null })],
  ["a version with a space", packageBody({ version: "1 5" })],
  ["a version of 257 characters", packageBody({ version: "1".repeat(257) })],
  ["21 source versions", packageBody({ support_source_versions: Array<string>(21).fill("1") })],
  ["a description of 1025 characters", packageBody({ description: "d".repeat(1025) })],
  ["a custom_info of 4097 characters", packageBody({ custom_info: "c".repeat(4097) })],
  ["a module_name for firmware", packageBody({ module_name: "modem" })],
  ["no file_location", packageBody({ file_location: undefined })],
  ["a bucket_name of two letters", packageBody({}, { bucket_name: "ab" })],
  ["a bucket_name in capitals", packageBody({}, { bucket_name: "Firmware" })],
  ["an object_key with another suffix", packageBody({}, { object_key: "1.4.txt" })],
  ["another sign_method", packageBody({}, { sign_method: "MD5" })],
  ["a sign of 63 digits", packageBody({}, { sign: "a".repeat(63) })],
  ["a file above 1 GB", packageBody({}, { object_key: "huge.bin", sign: undefined })],
])("%s is 400 IOTDA.000006", async (_name, body) => {
  const { call } = await iotdaBench();
  expect(told(await call("POST", path, body))).toEqual([400, "IOTDA.000006"]);
});

test("an empty module_name is none, while an empty description comes back", async () => {
  const { call } = await iotdaBench();
  const empty = packageBody({ module_name: "", description: "", custom_info: "" });
  const { status, body } = await call("POST", path, empty);
  expect([status, body["module_name"]]).toEqual([201, undefined]);
  expect(body).toMatchObject({ description: "", custom_info: "" });
});

test("an unknown app_id is 403 IOTDA.001000, malformed JSON 400 IOTDA.000008", async () => {
  const { call } = await iotdaBench();
  const unknown = packageBody({ app_id: "unknown" });
  expect(told(await call("POST", path, unknown))).toEqual([403, "IOTDA.001000"]);
  const list = await call("GET", `${path}?package_type=firmwarePackage&app_id=unknown`);
  expect(told(list)).toEqual([403, "IOTDA.001000"]);
  expect(told(await call("POST", path, '{"app_id":'))).toEqual([400, "IOTDA.000008"]);
  expect(told(await call("POST", path, "[]"))).toEqual([400, "IOTDA.000008"]);
});

test("what the pages leave open can be switched", async () => {
  const { call, simulator } = await iotdaBench();
  const missing = packageBody({ version: "1.7" }, { object_key: "1.7.bin" });
  expect((await call("POST", path, missing)).status).toBe(400);
  simulator.setBehaviour({ iotdaMissingObject: "accepted" });
  expect((await call("POST", path, missing)).status).toBe(201);
  expect((await call("POST", path, missing)).status).toBe(201);
  simulator.setBehaviour({ iotdaDuplicatePackage: "refused", iotdaWrongSign: "refused" });
  expect((await call("POST", path, missing)).status).toBe(400);
  const wrong = packageBody({ version: "1.8" }, { sign: "cd".repeat(32) });
  expect((await call("POST", path, wrong)).status).toBe(400);
});

test("a package that a task uses can be deleted, unless it is said not to", async () => {
  const platform = await iotdaBench({ iotdaDeletePackageInUse: "refused" });
  await createIotdaTask(platform, ["lost"]);
  expect((await platform.call("DELETE", `${path}/${packageId}`)).status).toBe(400);
  platform.simulator.setBehaviour({ iotdaDeletePackageInUse: "allowed" });
  expect((await platform.call("DELETE", `${path}/${packageId}`)).status).toBe(204);
});

test("lists are newest first; the marker asks for smaller ids, the offset skips", async () => {
  const { call } = await iotdaBench();
  for (const version of ["a", "b", "c"]) await call("POST", path, packageBody({ version }));
  const list = async (query: string) => {
    const { body } = await call("GET", `${path}?package_type=firmwarePackage&${query}`);
    const packages = body["packages"] as { version: string }[];
    return { versions: packages.map(({ version }) => version), page: body["page"] as Fields };
  };
  const first = await list("limit=2");
  expect(first).toMatchObject({ versions: ["c", "b"], page: { count: 4 } });
  const marker = String(first.page["marker"]);
  for (const each of [marker, marker.toUpperCase()]) {
    expect((await list(`limit=2&marker=${each}`)).versions).toEqual(["a", "1.4"]);
  }
  expect((await list("offset=3")).versions).toEqual(["1.4"]);
  expect(await list("offset=4")).toEqual({ versions: [], page: { count: 4 } });
});

test.each([
  ["", "IOTDA.000006"],
  ["package_type=firmware", "IOTDA.000006"],
  ["package_type=firmwarePackage&limit=0", "IOTDA.000017"],
  ["package_type=firmwarePackage&limit=51", "IOTDA.000017"],
  ["package_type=firmwarePackage&limit=ten", "IOTDA.000017"],
  ["package_type=firmwarePackage&offset=501", "IOTDA.000018"],
  ["package_type=firmwarePackage&marker=xyz", "IOTDA.000018"],
])("a list with the query %j is 400 %s", async (query, code) => {
  const { call } = await iotdaBench();
  expect(told(await call("GET", `${path}?${query}`))).toEqual([400, code]);
});

test("a new package may be listed late, while its own address works at once", async () => {
  const { call, simulator } = await iotdaBench({ listLagSeconds: 30 });
  const { body } = await call("POST", path, packageBody());
  const query = `${path}?package_type=firmwarePackage&version=1.5`;
  expect((await call("GET", query)).body).toMatchObject({ packages: [] });
  expect((await call("GET", `${path}/${String(body["package_id"])}`)).status).toBe(200);
  simulator.clock.advance(30);
  expect((await call("GET", query)).body).toMatchObject({ page: { count: 1 } });
});
