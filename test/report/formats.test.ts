import { duration } from "../../src/report/words";
import { HELP, readArguments } from "../../src/report/arguments";
import { renderReport, upgradeReport } from "../../src/report/make";
import type { UpgradeReport } from "../../src/report/report";

/* Names are anybody's: a program's, an operator's, a device's. */

const EVIL = `<script>alert("x")</script> | **b** [l](https://evil.example) @all\n# h`;

const report: UpgradeReport = {
  ...{ stack: EVIL, project: EVIL, notes: [EVIL] },
  upgrades: [
    {
      ...{ name: EVIL, kind: "northbound FirmwareRollout", version: EVIL, asked: [EVIL] },
      ...{ outcome: "failed", since: "2026-11-30T19:54:00Z", status: EVIL },
      ...{ counts: [{ label: "failed", devices: 1 }], unnamedFailures: 1 },
      waves: [
        {
          ...{ wave: EVIL, state: "failed", devices: 1, succeeded: 0, failed: 1 },
          ...{ unreached: 0, lost: 0, tasks: ["1"], beganAt: "2026-11-30T19:50:00Z" },
        },
      ],
      failures: [{ deviceId: EVIL, reason: EVIL }],
      behind: [{ deviceId: EVIL, version: EVIL }],
      devices: [
        {
          ...{ deviceId: EVIL, wave: EVIL, task: EVIL, result: "failed", status: EVIL },
          ...{ reason: EVIL, startTime: "2026-11-30T19:50:00Z", seconds: 3 },
        },
      ],
    },
  ],
};

describe("a page", () => {
  const page = renderReport(report, "html");

  test("takes no name for a mark", () => {
    expect(page).not.toMatch(/<script|<\/script/i);
    const tags = new Set([...page.matchAll(/<\/?([a-z][\w-]*)/gi)].map(([, tag]) => tag));
    expect([...tags].sort().join(" ")).toBe(
      "aside b body defs details figcaption figure h1 h2 h3 head header html li line " +
        "meta p pattern rect section span style summary svg table tbody td text th thead title tr ul",
    );
    expect(page).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
  });

  test("loads nothing, and may load nothing", () => {
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/\s(src|href|srcset|action)=|@import|url\((?!#)/);
  });
});

test("a summary takes no name for a mark, a person, a row or a heading", () => {
  const summary = renderReport(report, "markdown");
  expect(summary).not.toContain("<script");
  expect(summary).not.toMatch(/[^\\]\*\*b\*\*|[^\\]\[l|@all|^# h/m);
  for (const row of summary.split("\n").filter((line) => line.startsWith("| "))) {
    expect([2, 9]).toContain(row.replaceAll("\\|", "").split("|").length - 2);
  }
});

describe("a table of devices", () => {
  function cells(text: string): string {
    const device = { ...report.upgrades[0]?.devices?.[0], deviceId: text, wave: "w", task: "t" };
    const upgrade = { ...report.upgrades[0], name: "n", behind: [], devices: [device] };
    const table = renderReport({ ...report, upgrades: [upgrade] } as UpgradeReport, "csv");
    return table.split("\r\n")[1] ?? "";
  }

  test.each(["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "＝1"])(
    "lets no spreadsheet take %j for a formula",
    (text) => {
      expect(cells(text)).toContain(`,t,'${text},`);
    },
  );

  test("quotes what has commas, quotes or lines of its own", () => {
    expect(cells('a,"b"\nc')).toContain(',t,"a,""b""\nc",');
    expect(cells("meter-07")).toContain(",t,meter-07,failed,");
  });
});

describe("what is given", () => {
  test.each([
    ["", "There is no state: the text is empty."],
    ["error: no stack selected", "This is not the state of a stack: it is not JSON."],
    ['{"resources": []}', "This is not the state of a stack: it has no deployment with resources."],
    ["[]", "This is not the state of a stack: it has no deployment with resources."],
    ['{"version":3,"deployment":{"manifest":{}}}', "The state is empty: nothing was applied yet"],
    [
      '{"deployment":{"resources":[{"urn":"urn:pulumi:dev::web::a:b:C::d","type":"a:b:C"}]}}',
      "The stack dev of web has no rollout, upgrade task or completion, so there is nothing to report.",
    ],
  ])("%j is refused in a sentence", async (text, message) => {
    await expect(upgradeReport(text)).rejects.toThrow(message);
  });

  test("a secret, decrypted or not, is shown nowhere", async () => {
    const secret = (value: string) => ({
      ...{ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" },
      plaintext: JSON.stringify(value),
    });
    const state = {
      deployment: {
        resources: [
          {
            urn: "urn:pulumi:dev::web::huawei-ota:iotda:FirmwareUpgradeTask::pilot",
            ...{ type: "huawei-ota:iotda:FirmwareUpgradeTask", id: "1" },
            outputs: {
              ...{ status: secret("hidden"), account: secret("hidden") },
              targets: { devices: [secret("hidden"), "meter_1"], groupIds: secret("hidden") },
              versionPackage: { version: secret("hidden") },
              failures: [{ deviceId: secret("hidden"), reason: "x" }],
            },
          },
        ],
      },
    };
    const made = await upgradeReport(JSON.stringify(state), { offline: true });
    for (const format of ["html", "markdown", "csv"] as const) {
      expect(renderReport(made, format)).not.toMatch(/hidden|object Object/);
    }
    expect(renderReport(made, "markdown")).toContain("on device meter_1.");
  });

  test.each([
    [["--format", "pdf"], '--format is html or markdown, and not "pdf".'],
    [["--sate", "x"], "Unknown option '--sate'; --help lists the options."],
  ])("%j is refused", (given, message) => {
    expect(() => readArguments(given)).toThrow(message);
  });

  test("the help names every option", () => {
    expect(readArguments(["--state", "s", "--csv", "--offline"])).toEqual({
      ...{ format: "csv", state: "s", isOffline: true },
    });
    expect(readArguments([])).toEqual({ format: "html", state: undefined, isOffline: false });
    expect(readArguments(["--help"])).toBe("help");
    for (const name of ["state", "format", "csv", "offline"]) expect(HELP).toContain(`--${name} `);
  });
});

test.each([
  [0, "0 s"],
  [59.6, "1 min"],
  [95, "1 min 35 s"],
  [3_599.7, "1 h"],
  [12_000, "3 h 20 min"],
  [86_399, "1 d"],
  [187_200, "2 d 4 h"],
])("%d s are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
