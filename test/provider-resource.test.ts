import { OtaError } from "../src/errors";
import { Provider } from "../src/provider-resource";

describe("A Provider", () => {
  it.each([
    ["a setting", { northbound: { apId: "waterworks" } }, 'A Provider has no setting "apId"'],
    ["a setting of IoTDA", { iotda: { project: "p" } }, 'A Provider has no setting "project"'],
    ["a platform", { northBound: { appId: "a" } }, 'A Provider has no platform "northBound"'],
  ])("that is given %s by a wrong name says so, and which there are", (_, args, sentence) => {
    const declare = () => new Provider("works", args as never);
    expect(declare).toThrow(OtaError);
    expect(declare).toThrow(`${sentence}; it knows `);
  });
});
