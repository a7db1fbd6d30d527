import { VersionPackage } from "../../src/northbound/version-package/resource";

function declareWithoutName(): VersionPackage {
  return new VersionPackage("", { fileId: "F1" });
}

function errorOf(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("It did not fail.");
}

test("an error in a declaration begins its stack at the line that declares", () => {
  const [message, first] = errorOf(declareWithoutName).stack?.split("\n") ?? [];
  expect(message).toMatch(/Missing resource name/);
  expect(first).toContain(declareWithoutName.name);
});

test("the option import, which the SDK cannot serve, is refused with the way to take over", () => {
  const declare = () => new VersionPackage("v", { fileId: "F1" }, { import: "F1" });
  expect(errorOf(declare).message).toContain("name it by adopt, or by its id");
});

test("a declaration leaves the length of other stacks as it was", () => {
  const before = Error.stackTraceLimit;
  errorOf(declareWithoutName);
  expect(Error.stackTraceLimit).toBe(before);
});
