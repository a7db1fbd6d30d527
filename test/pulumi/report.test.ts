import { keepSecret } from "../../src/known-secrets";
import { createReport } from "../../src/pulumi/report";

function reporting(urn?: string) {
  const lines: { severity: number; message: string; urn: string; ephemeral: boolean }[] = [];
  let now = 0;
  const report = createReport(
    urn,
    (line) => lines.push(line),
    () => now,
  );
  const after = (milliseconds: number) => {
    now += milliseconds;
    return report;
  };
  return { lines, report, after, texts: () => lines.map(({ message }) => message) };
}

const URN = "urn:pulumi:test::meters::type::one";

describe("Progress", () => {
  it("is an ephemeral line of information on the resource's row", () => {
    const { report, lines } = reporting(URN);
    report.progress("3 of 40 done");
    expect(lines).toEqual([{ severity: 1, message: "3 of 40 done", urn: URN, ephemeral: true }]);
  });

  it("is said on a change only, however long nothing changes", () => {
    const { report, after, texts } = reporting(URN);
    report.progress("3 of 40 done");
    after(60_000).progress("3 of 40 done");
    after(60_000).progress("4 of 40 done");
    expect(texts()).toEqual(["3 of 40 done", "4 of 40 done"]);
  });

  it("is said no oftener than every few seconds, for a CI log prints each line", () => {
    const { after, lines } = reporting(URN);
    for (let second = 0; second < 60; second += 1) after(1_000).progress(`${String(second)} done`);
    expect(lines.length).toBeLessThanOrEqual(15);
    expect(lines.length).toBeGreaterThan(10);
  });

  it("ends with the last line, however soon it comes", () => {
    const { report, after, texts } = reporting(URN);
    report.progress("39 of 40 done");
    after(100).progress("40 of 40 done", true);
    expect(texts()).toEqual(["39 of 40 done", "40 of 40 done"]);
  });
});

describe("What stays", () => {
  it("is information or a warning, never an error", () => {
    const { report, lines } = reporting(URN);
    report.info("It is forgotten here.");
    report.warn("It was stopped.");
    expect(lines).toEqual([
      { severity: 1, message: "It is forgotten here.", urn: URN, ephemeral: false },
      { severity: 2, message: "one: It was stopped.", urn: URN, ephemeral: false },
    ]);
    expect(Object.keys(report).sort()).toEqual(["info", "progress", "warn"]);
  });

  it("is said once in a process on each row", () => {
    const [one, same, other] = [reporting(URN), reporting(URN), reporting(`${URN}-2`)];
    for (const { report } of [one, same, other]) report.warn("It was pushed twice.");
    expect([one.lines, same.lines, other.lines].map(({ length }) => length)).toEqual([1, 0, 1]);
  });

  it("is not held back by progress", () => {
    const { report, texts } = reporting(URN);
    report.progress("a");
    report.warn("Something else.");
    expect(texts()).toEqual(["a", "one: Something else."]);
  });

  it("stands on the stack's row without a resource", () => {
    const { report, lines } = reporting();
    report.warn("No account is set.");
    expect(lines[0]?.urn).toBe("");
  });
});

it("Without an engine nothing is said, and nothing fails", () => {
  const report = createReport(URN);
  report.progress("a");
  report.info("b");
  report.warn("c");
});

describe("A warning of a resource", () => {
  it("begins with its name, once", () => {
    const { report, texts } = reporting("urn:pulumi:test::meters::parent$type::a::b");
    report.warn("It was stopped.");
    report.warn("a::b: 12 devices.");
    expect(texts()).toEqual(["a::b: It was stopped.", "a::b: 12 devices."]);
  });
});

describe("A secret", () => {
  it("is in no line of any kind, and its name is", () => {
    keepSecret("model", "a-model-that-is-secret");
    const { report, texts } = reporting(URN);
    report.progress("a-model-that-is-secret is on its way", true);
    report.info("a-model-that-is-secret");
    report.warn("a-model-that-is-secret");
    expect(texts()).toEqual([
      "[secret: model] is on its way",
      "[secret: model]",
      "one: [secret: model]",
    ]);
  });
});
