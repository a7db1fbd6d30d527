import { HELP, readArguments } from "../../src/review/arguments";

test("each format has the most characters that its place takes", () => {
  expect(readArguments([])).toMatchObject({ format: "github", limit: 60_000 });
  expect(readArguments(["--format", "gitlab"])).toMatchObject({ limit: 900_000 });
  expect(readArguments(["--format", "text"])).toMatchObject({ limit: Infinity });
  expect(readArguments(["--limit", "500"])).toMatchObject({ format: "github", limit: 500 });
});

test.each([
  [["--format", "html"], '--format is github, gitlab or text, and not "html".'],
  [["--limit", "10"], '--limit is a whole number of characters from 200, and not "10".'],
  [["--limt", "10"], "Unknown option '--limt'; --help lists the options."],
  [["file.jsonl"], /Unexpected argument 'file\.jsonl'/],
])("%j is refused", (given, message) => {
  expect(() => readArguments(given)).toThrow(message);
});

test("the help names every option", () => {
  const options = readArguments(["--propose-approval", "--approvals", "a", "--rollout", "b"]);
  expect(options).toMatchObject({ proposeApproval: true, approvals: "a", rollout: "b" });
  for (const name of ["event-log", "format", "limit", "propose-approval", "approvals", "rollout"]) {
    expect(HELP).toContain(`--${name} `);
  }
  expect(readArguments(["--help"])).toBe("help");
});
