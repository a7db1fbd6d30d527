import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { pushes } from "../stack";
import { fails, namesInState, passes, story, there } from "../story";
import { rolloutText, taskText } from "./program";
import type { Wing } from "./wing";
import { wings } from "./wings";

/** An environment that names no account. */
function unset(wing: Wing): Record<string, undefined> {
  return Object.fromEntries(Object.values(wing.environment).map((name) => [name, undefined]));
}

/** All that the file backend holds of a stack, its history included. */
function backend(directory: string): string {
  return readdirSync(join(directory, ".backend"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
}

describe.each(wings)("$name: two accounts in one program", (wing) => {
  const { other } = wing;
  const tale = story({ environment: unset(wing) });
  const program = (movingTo: "works" | "lab"): void => {
    const works = { ...wing.settings(tale.simulator.url), ...wing.secrets };
    const provider = (settings: unknown): string => JSON.stringify({ [wing.name]: settings });
    const moving = movingTo === "works" ? wing.declaredPackage : other.declaredPackage;
    tale.stack.program(`
    const works = new Provider("works", ${provider(works)});
    const lab = new Provider("lab", ${provider({ ...works, ...other.settings })});
    new ${wing.name}.VersionPackage("moving", ${moving}, { provider: ${movingTo} });
    ${taskText(wing, "works", { options: "{ provider: works }" })};
    new ${wing.name}.FirmwareUpgradeTask("lab", { ${wing.packageField}: "${other.package}", ${other.taskArgs} }, { provider: lab });`);
  };
  const accountOf = async (name: string) =>
    (await tale.stack.resource("FirmwareUpgradeTask", name))?.outputs?.["account"];

  test("each push goes to its own account", async () => {
    program("lab");
    await passes(tale.stack.up());
    expect(pushes(tale.simulator)).toBe(2);
    expect(await accountOf("works")).toBe(wing.accountKey);
    expect(await accountOf("lab")).toBe(other.accountKey);
    await passes(tale.stack.preview("--expect-no-changes"));
    await passes(tale.stack.drift());
  });

  test("their secrets are nowhere in the state but encrypted", () => {
    const held = backend(tale.stack.directory);
    expect(held).toContain(`huawei-ota:${wing.name}`);
    expect(held).toContain("ciphertext");
    expect(held).not.toMatch(/(waterworks|laboratory)-secret/);
  });

  test("a resource that is given the other Provider is made anew there, with a warning", async () => {
    const { id } = there(await tale.stack.resource("VersionPackage", "moving"));
    program("works");
    const preview = await passes(tale.stack.preview());
    expect(preview).toContain(
      `warning: moving: Version package ${id ?? ""} belongs to ${wing.account} ${other.accountKey} and its Provider is now ${wing.accountKey}: it is made anew in ${wing.accountKey}.`,
    );
    expect(preview).toMatch(/1 to replace/);
    await passes(tale.stack.up());
    expect(await tale.stack.resource("VersionPackage", "moving")).toMatchObject({
      outputs: { account: wing.accountKey },
    });
    await passes(tale.stack.preview("--expect-no-changes"));
    expect(pushes(tale.simulator)).toBe(2);
  });

  test("a destroy needs neither the environment nor the program", async () => {
    // A package of which tasks may be under way would rightly stay.
    tale.simulator.clock.advance(60);
    await passes(tale.stack.destroy());
    expect(await namesInState(tale.stack)).toEqual([]);
  });
});

describe.each(wings)("$name: a run that is logged in to another account", (wing) => {
  const tale = story({ program: rolloutText(wing, "pilot") });
  const refused = new RegExp(
    `belongs to ${wing.account} ${wing.accountKey}, but (this run is logged in to|the settings of this run name) ${wing.other.accountKey}; nothing was done\\.`,
  );
  let requestsBefore = 0;

  test("is refused by a refresh that names both", async () => {
    await passes(tale.stack.up());
    requestsBefore = tale.simulator.books().counts.requests;
    for (const [setting, value] of Object.entries(wing.other.settings)) {
      tale.stack.environment[there(wing.environment[setting])] = value;
    }
    expect(await fails(tale.stack.refresh())).toMatch(refused);
  });

  test.each(["preview", "up", "destroy"] as const)(
    "is refused by %s that names both",
    async (command) => {
      expect(await fails(tale.stack[command]())).toMatch(refused);
    },
  );

  test("has called nothing and lost nothing", async () => {
    expect(tale.simulator.books().counts.requests).toBe(requestsBefore);
    expect(await namesInState(tale.stack)).toEqual(["pilot", "pilot"]);
    expect(pushes(tale.simulator)).toBe(1);
  });
});

describe.each(wings)("$name: settings of the stack", (wing) => {
  const tale = story({ environment: unset(wing), program: taskText(wing, "pilot") });
  const set = (name: string, value: string, ...flags: string[]) =>
    passes(
      tale.stack.pulumi(
        "config",
        "set",
        ...flags,
        "--path",
        `huawei-ota:${wing.name}.${name}`,
        value,
      ),
    );
  const variable = there(wing.environment[wing.accountSetting]);
  const other = there(wing.other.settings[wing.accountSetting]);

  test("are enough by themselves", async () => {
    for (const [name, value] of Object.entries(wing.settings(tale.simulator.url))) {
      await set(name, value);
    }
    expect(await fails(tale.stack.up())).toContain(wing.secretsMissing);
    for (const [name, value] of Object.entries(wing.secrets)) await set(name, value, "--secret");
    await passes(tale.stack.up());
    await passes(tale.stack.drift());
    expect(pushes(tale.simulator)).toBe(1);
    expect(backend(tale.stack.directory)).not.toContain("waterworks-secret");
  });

  test("that contradict the environment are an error that names both", async () => {
    tale.stack.environment[variable] = other;
    const before = tale.simulator.books().counts.requests;
    expect(await fails(tale.stack.up())).toContain(
      `huawei-ota:${wing.name}.${wing.accountSetting} is "${wing.accountKey}" but ${variable} is "${other}"; nothing was done, because they name different accounts. Take one of them away.`,
    );
    expect(await fails(tale.stack.refresh())).toContain(variable);
    expect(tale.simulator.books().counts.requests).toBe(before);
  });

  test("give way to secrets of the environment, which are those that rotate", async () => {
    tale.stack.environment[variable] = undefined;
    for (const [name, value] of Object.entries(wing.secrets)) {
      await set(name, "an-old-secret", "--secret");
      tale.stack.environment[there(wing.environment[name])] = value;
    }
    await passes(tale.stack.up());
    await passes(tale.stack.refresh());
  });
});

describe.each(wings)("$name: a preview without an account", (wing) => {
  const tale = story({ environment: unset(wing) });

  test("checks what it can, and says once what it could not", async () => {
    tale.stack.program(`
    ${taskText(wing, "one", { devices: [1] })};
    ${taskText(wing, "two", { devices: [2] })};`);
    const [, diagnostics = ""] = (await passes(tale.stack.preview())).split("Diagnostics:");
    expect(diagnostics.split("Nothing was compared with the platform: ")).toHaveLength(2);
  });

  test("still refuses a broken rule", async () => {
    tale.stack.program(taskText(wing, "pilot", { more: 'rerunAfter: "tomorrow"' }));
    expect(await fails(tale.stack.preview())).toContain(
      'rerunAfter is "tomorrow"; it must be an instant',
    );
  });

  test("is followed by an up that says in one sentence what to set", async () => {
    tale.stack.program(taskText(wing, "pilot"));
    const up = await fails(tale.stack.up());
    expect(up).toMatch(
      /error: [^\n]+ (is|are) not set\. Set HUAWEI_OTA_|error: IoTDA's [^\n]+ not set\. Set H/,
    );
    expect(up).not.toMatch(/\n\s+at /);
  });
});
