import type { SimulatorData } from "../../../src/simulator";
import { iotda } from "../behaviours/iotda";
import { taskText } from "../behaviours/program";
import type { Wing } from "../behaviours/wing";
import { wings } from "../behaviours/wings";
import { pushes } from "../stack";
import {
  changesFromNow,
  fails,
  namesInState,
  passes,
  platformTime,
  story,
  type Story,
  there,
} from "../story";
import { IOTDA, world } from "../world";

/* What moves to another Provider of the same account, to another name, or both at once. */

const INSTANCE = "5e25fd6d-0a1b-4c2d-8e3f-405162738495";

/** The world of all stories, whose IoTDA project has an instance. */
function withInstance(): SimulatorData {
  const data = world();
  const iotda = there(data.iotda);
  const projects = iotda.projects.map((project) =>
    project.projectId === IOTDA.projectId ? { ...project, instances: [INSTANCE] } : project,
  );
  return { ...data, iotda: { ...iotda, projects } };
}

/** Program text: a Provider of the account that the environment names, too. */
function providerText({ simulator }: Story, wing: Wing, more: object = {}): string {
  const settings = { ...wing.settings(simulator.url), ...wing.secrets, ...more };
  return `const eu = new Provider("eu", ${JSON.stringify({ [wing.name]: settings })});`;
}

const BELOW_EU = { options: "{ provider: eu }" };

describe.each(wings)("$name: a task that gets a new name", (wing) => {
  const tale = story({ program: taskText(wing, "before") });
  const ids = (): string[] => wing.tasks(tale.simulator.books()).map(({ id }) => id);

  test.each([
    ["and a Provider of its account at once", "after", true],
    ["and the environment's settings again", "again", false],
  ])("%s stays: nothing is pushed, stopped or deleted", async (_what, name, isBelow) => {
    if (ids().length === 0) await passes(tale.stack.up());
    const [id] = ids();
    const changed = changesFromNow(tale.simulator);
    tale.stack.program(
      isBelow ? providerText(tale, wing) + taskText(wing, name, BELOW_EU) : taskText(wing, name),
    );
    await passes(tale.stack.up());
    expect(changed()).toEqual([]);
    expect(await namesInState(tale.stack)).toEqual([name]);
    expect(await tale.stack.resource("FirmwareUpgradeTask", name)).toMatchObject({ id });
    await passes(tale.stack.preview("--expect-no-changes"));
    expect(ids()).toEqual([id]);
    expect(pushes(tale.simulator)).toBe(1);
  });
});

describe("iotda: a task that an alias gave another name, while nothing else changed", () => {
  const tale = story({
    program: taskText(iotda, "before"),
    behaviour: { upgradeSeconds: 86_400 },
  });
  const options = '{ aliases: [{ name: "before" }] }';

  test("is stopped before it runs again", async () => {
    await passes(tale.stack.up());
    tale.stack.program(taskText(iotda, "after", { options }));
    await passes(tale.stack.up());
    tale.simulator.clock.advance(90);
    const changed = changesFromNow(tale.simulator);
    const more = `rerunAfter: "${platformTime(tale.simulator, -60)}"`;
    tale.stack.program(taskText(iotda, "after", { options, more }));
    await passes(tale.stack.up());
    expect(changed()).toEqual(["POST batchtasks/stop", "DELETE batchtasks", "POST batchtasks"]);
  });
});

describe("iotda: a Provider that gets the instance of its project", () => {
  const tale = story({ data: withInstance() });
  const program = (name: string, more: object): void => {
    tale.stack.program(providerText(tale, iotda, more) + taskText(iotda, name, BELOW_EU));
  };

  test("keeps its task, also where that gets a new name at once", async () => {
    program("before", {});
    await passes(tale.stack.up());
    const changed = changesFromNow(tale.simulator);
    program("before", { instanceId: INSTANCE });
    await passes(tale.stack.up());
    program("after", {});
    await passes(tale.stack.up());
    program("again", { instanceId: INSTANCE });
    await passes(tale.stack.up());
    expect(changed()).toEqual([]);
    expect(await namesInState(tale.stack)).toEqual(["again"]);
    const { id } = there(await tale.stack.resource("FirmwareUpgradeTask", "again"));
    expect(iotda.tasks(tale.simulator.books()).map((task) => task.id)).toEqual([id]);
    expect(pushes(tale.simulator)).toBe(1);
    await passes(tale.stack.drift());
  });
});

describe("iotda: a task of a stack that was renamed", () => {
  const tale = story({ program: taskText(iotda, "pilot") });
  const urn = async (): Promise<string> =>
    there(await tale.stack.resource("FirmwareUpgradeTask", "pilot")).urn;

  test("stays as it is", async () => {
    await passes(tale.stack.up());
    await passes(tale.stack.pulumi("stack", "rename", "later"));
    await passes(tale.stack.preview("--expect-no-changes"));
    await passes(tale.stack.up());
    expect(pushes(tale.simulator)).toBe(1);
  });

  test.each(["--replace", "taint"])("is not pushed again by %s while it runs", async (how) => {
    const changed = changesFromNow(tale.simulator);
    const target = await urn();
    if (how === "taint") await passes(tale.stack.pulumi("state", "taint", target, "--yes"));
    const options = how === "taint" ? [] : ["--replace", target];
    const output = await fails(tale.stack.up(...options));
    if (how === "taint") await tale.stack.pulumi("state", "untaint", target, "--yes");
    expect(output).toContain("this one when it had another name");
    expect(changed()).toEqual([]);
    expect(iotda.tasks(tale.simulator.books())).toHaveLength(1);
  });

  test("is taken over by adopt", async () => {
    const { id } = there(await tale.stack.resource("FirmwareUpgradeTask", "pilot"));
    const changed = changesFromNow(tale.simulator);
    tale.stack.program(taskText(iotda, "renamed", { more: `adopt: "${there(id)}"` }));
    await passes(tale.stack.up());
    expect(changed()).toEqual([]);
    expect(iotda.tasks(tale.simulator.books()).map((task) => task.id)).toEqual([id]);
  });
});
