import { commentOf } from "../../src/review/comment";
import { render } from "../../src/review/document";
import { readRun } from "../../src/review/run";

const STACK = "urn:pulumi:dev::test::pulumi:pulumi:Stack::test-dev";
const AT = 1_796_000_000;

function urnOf(kind: string, name: string): string {
  return `urn:pulumi:dev::test::pulumi-nodejs:dynamic/huawei-ota/${kind}::${name}`;
}

/** A log in which the engine says these things one after the other. */
function logOf(...events: object[]): string {
  return events
    .map((event, sequence) => JSON.stringify({ sequence, timestamp: AT, ...event }))
    .join("\n");
}

function said(kind: string, name: string, severity: string, message: string): object {
  return { diagnosticEvent: { urn: urnOf(kind, name), severity, message: `${message}\n` } };
}

function step(
  op: string,
  kind: string,
  name: string,
  { before, after }: { before?: object; after?: object },
): object {
  const metadata = {
    ...{ op, urn: urnOf(kind, name), type: `pulumi-nodejs:dynamic/huawei-ota/${kind}` },
    old: before === undefined ? null : { inputs: {}, outputs: {}, ...before },
    new: after === undefined ? null : { inputs: {}, outputs: {}, ...after },
  };
  return { resOutputsEvent: { metadata } };
}

function summary(result: "succeeded" | "failed", more: object = {}): object {
  return {
    summaryEvent: { resourceChanges: {}, PolicyPacks: {}, isPreview: true, result, ...more },
  };
}

function comment(log: string, limit = Infinity): string {
  return render(commentOf(readRun(log)), "github", limit);
}

const ROLLOUT = "northbound:FirmwareRollout";
const TASK = "northbound:FirmwareUpgradeTask";

function running(beganAt: string): { inputs: object; outputs: object } {
  const wave = { wave: "lab", state: "running", devices: 2, succeeded: 1, tasks: [], beganAt };
  return {
    inputs: {
      plan: { from: ["V1.4"], waves: ["lab: 2 devices"], reaches: 2 },
      versionPackage: { version: "V1.5" },
      waves: [{ name: "lab" }],
    },
    outputs: {
      ...{ version: "V1.5", outcome: "inProgress", since: beganAt, from: ["V1.4"] },
      ...{ devices: 2, onVersion: 1, inProgress: 1, progress: [wave] },
    },
  };
}

describe("a comment", () => {
  test("says that a wave is late once the deadline of those that it began with has passed", () => {
    const [before, after] = [-4, -2].map((days) =>
      running(new Date((AT + days * 86_400) * 1000).toISOString()),
    ) as [object, object];
    const late = comment(
      logOf(step("update", ROLLOUT, "meters", { before, after: before }), summary("succeeded")),
    );
    expect(late).toContain("### This merge pushes nothing; meters is late");
    expect(late).toContain("**lab is late**: it began ");
    const onTime = comment(
      logOf(step("update", ROLLOUT, "meters", { before: after, after }), summary("succeeded")),
    );
    expect(onTime).not.toContain("late");
  });

  test("says a warning once, with the names of all that it is of", () => {
    const text = comment(
      logOf(
        said(TASK, "pilot", "warning", "pilot: 1 frozen."),
        said(TASK, "fleet", "warning", "fleet: 1 frozen."),
        said(TASK, "fleet", "warning", "fleet: 1 frozen."),
        summary("succeeded"),
      ),
    );
    expect(text).toContain("- ⚠️ **pilot and fleet**: 1 frozen.");
    expect(text.match(/frozen/g)).toHaveLength(1);
  });

  test("leaves out what passes by, and what only the engine's developers read", () => {
    const progress = said(TASK, "pilot", "info", "pilot: 3 of 4 done");
    const text = comment(
      logOf(
        step("create", TASK, "pilot", { after: {} }),
        {
          diagnosticEvent: {
            ...(progress as { diagnosticEvent: object }).diagnosticEvent,
            ephemeral: true,
          },
        },
        said(TASK, "pilot", "debug", "registering"),
        summary("succeeded"),
      ),
    );
    expect(text).not.toMatch(/3 of 4|registering/);
  });

  test("names each reason of an error, without the engine's words around it", () => {
    const text = comment(
      logOf(
        said(TASK, "pilot", "error", "2 errors occurred:\n\t* The first.\n\t* The second."),
        said(
          ROLLOUT,
          "meters",
          "error",
          `pulumi-nodejs:dynamic/huawei-ota/${ROLLOUT} resource 'meters' has a problem: waves is empty.`,
        ),
        { diagnosticEvent: { severity: "error", message: "preview failed" } },
        summary("failed"),
      ),
    );
    expect(text).toContain("### ❌ The preview failed, so this merge cannot be applied");
    expect(text).toContain(
      "- **pilot**: The first.\n- **pilot**: The second.\n- **meters**: waves is empty.",
    );
    expect(text).not.toMatch(/^- preview failed|problem/m);
  });

  test("has the lines beside the events where a run ends before it begins", () => {
    const text = comment("error: the stack is currently locked by 1 lock(s)\n");
    expect(text).toBe(
      "### ❌ The preview failed, so this merge cannot be applied\n\n- error: the stack is currently locked by 1 lock(s)\n",
    );
    expect(comment("")).toContain("Pulumi ended before it told anything");
    expect(comment('{"half":')).toContain('{"half":');
  });

  test("has an error of the program, which is of no resource of ours", () => {
    const crash = {
      urn: STACK,
      severity: "error",
      message: "Running program failed: ReferenceError",
    };
    const text = comment(logOf({ diagnosticEvent: crash }, summary("failed")));
    expect(text).toContain("- **test-dev**: Running program failed: ReferenceError");
  });

  test("takes no word of others for a mark, a person or an issue", () => {
    const words = "@octocat #1 <script> **bold** [link](x) | _x_ a_b `code`";
    const text = comment(logOf(said(TASK, "pilot", "error", words), summary("failed")));
    expect(text).toContain(
      "@<!-- -->octocat #<!-- -->1 &lt;script> \\*\\*bold\\*\\* \\[link\\](x) \\| \\_x\\_ a_b `code`",
    );
    const gitlab = render(
      commentOf(readRun(logOf(said(TASK, "pilot", "error", "!1 ~label"), summary("failed")))),
      "gitlab",
      Infinity,
    );
    expect(gitlab).toContain("!<!-- -->1 ~<!-- -->label");
  });

  test("keeps secrets and what is not known as the engine does", () => {
    const secret = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ciphertext: "v1:x",
    };
    const inputs = { fileId: "04da6b54-80e4-46f7-96ec-b56ff0331ba9", policy: secret, __urn: "x" };
    const text = comment(
      logOf(step("create", TASK, "pilot", { after: { inputs } }), summary("succeeded")),
    );
    expect(text).toContain("+   fileId: [unknown]\n+   policy: [secret]\n```");
  });

  test("folds values that have fences of their own", () => {
    const inputs = { description: "```" };
    const text = comment(
      logOf(step("create", TASK, "pilot", { after: { inputs } }), summary("succeeded")),
    );
    expect(text).toContain(
      '````diff\n+ northbound:FirmwareUpgradeTask pilot\n+   description: "```"\n````',
    );
  });

  test("keeps its head where it is cut, and closes what is folded", () => {
    const inputs = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`key${index}`, index]),
    );
    const log = logOf(
      said(TASK, "pilot", "warning", "pilot: 1 frozen."),
      step("create", TASK, "pilot", { after: { inputs } }),
      summary("succeeded"),
    );
    const whole = comment(log);
    const cut = comment(log, 1000);
    expect(cut.length).toBeLessThanOrEqual(1000);
    expect(cut.slice(0, 600)).toBe(whole.slice(0, 600));
    expect(cut).toMatch(/```\n<\/details>\n\nThe rest is left out here; the run's log has it\.\n$/);
    const head = comment(log, 250);
    expect(head.length).toBeLessThanOrEqual(250);
    expect(head).toContain("### This merge pushes nothing");
  });

  test("says that the policies have no objection where they have none", () => {
    const packs = { PolicyPacks: { "pulumi-huawei-ota": "0.1.0" } };
    expect(comment(logOf(summary("succeeded", packs)))).toContain(
      "No policy of pulumi-huawei-ota objects.",
    );
  });

  test("says of a task that is replaced that it pushes again", () => {
    const after = {
      inputs: { reach: { devices: 12, onVersion: 2 }, versionPackage: { version: "V1.5" } },
    };
    const text = comment(
      logOf(
        step("create-replacement", TASK, "pilot", { before: {}, after }),
        step("replace", TASK, "pilot", { before: {}, after }),
        step("delete-replaced", TASK, "pilot", { before: {} }),
        summary("succeeded"),
      ),
    );
    expect(text).toContain("### This merge pushes V1.5 to at most 12 devices");
    expect(text).toContain(
      "- **pilot** is replaced, and pushes again: V1.5 to 12 devices, 2 of them on it already.",
    );
  });
});
