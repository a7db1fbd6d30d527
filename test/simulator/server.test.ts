import { IotdaWorld } from "../../src/simulator/iotda/world";
import { World } from "../../src/simulator/northbound/world";
import { bench, type Reply } from "./client";
import { iotdaBench, taskBody } from "./iotda-client";

let complaint: jest.SpyInstance;

beforeEach(() => {
  complaint = jest.spyOn(process.stderr, "write").mockReturnValue(true);
});

afterEach(() => {
  jest.restoreAllMocks();
});

function broken(): never {
  throw new Error("The simulator has a mistake.");
}

function expectToldOnStderrOnly(reply: Reply): void {
  expect(reply.status).toBe(500);
  expect(reply.headers.get("content-type")).toBe("application/json");
  expect(reply.text).not.toContain("mistake");
  expect(complaint.mock.calls).toEqual([
    [expect.stringMatching(/^huawei-ota-simulator: Error: The simulator has a mistake\.\n +at /)],
  ]);
}

test("a mistake of the simulator is a failure of the platform, and its stack is not sent", async () => {
  const { call, simulator } = await bench();
  jest.spyOn(World.prototype, "at").mockImplementationOnce(broken);
  const reply = await call("GET", "/category");
  expectToldOnStderrOnly(reply);
  expect(reply.body["error_code"]).toBe("50252");
  expect(simulator.books().requests.at(-1)).toMatchObject({
    ...{ status: 500, errorCode: "50252", outcome: "replied" },
  });
  expect((await call("GET", "/category")).status).toBe(200);
});

test("in the IoTDA part it speaks that part's language", async () => {
  const { call, simulator } = await iotdaBench();
  jest.spyOn(IotdaWorld.prototype, "at").mockImplementationOnce(broken);
  const reply = await call("POST", "/batchtasks", taskBody());
  expectToldOnStderrOnly(reply);
  expect(reply.body["error_code"]).toBe("IOTDA.000001");
  expect(reply.headers.get("x-request-id")).toMatch(/^[a-f0-9]{32}$/);
  expect(simulator.books().requests.at(-1)).toMatchObject({ status: 500, outcome: "replied" });
});

test("in the control interface it is a sentence", async () => {
  const { send } = await bench();
  jest.spyOn(World.prototype, "at").mockImplementationOnce(broken);
  const reply = await send("/_control/books");
  expectToldOnStderrOnly(reply);
  expect(reply.body).toEqual({ error: "The simulator failed; its stderr says why." });
});
