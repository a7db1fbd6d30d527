import { UNKNOWN } from "../../src/pulumi/unknown";
import { quietContext } from "../hook-context";
import { WORLDS } from "./worlds";

describe.each(WORLDS)("%s: a preview of a wait", (_name, openWorld) => {
  const [id, other] = ["60000000aaaaaaaaaa000001", "60000000aaaaaaaaaa000002"];

  async function said(taskId: string, old?: string, isPreview = true): Promise<string[]> {
    const world = openWorld();
    const { completion } = world.open();
    const inputs = (of: string) => world.completion(of, {});
    const checked = completion.check(inputs(taskId), old === undefined ? undefined : inputs(old), {
      ...quietContext,
      isPreview,
    });
    const { failures } = await world.clock.run(checked);
    return failures.map(({ reason }) => reason);
  }

  it("is red where the platform does not know the task, which the `up` would be", async () => {
    expect(await said(id)).toEqual([expect.stringContaining(`has no upgrade task ${id}`)]);
    expect(await said(id, other)).toHaveLength(1);
  });

  it("asks for no task that it does not know yet, or has waited for; an `up` asks by itself", async () => {
    expect(await said(UNKNOWN)).toEqual([]);
    expect(await said(id, id)).toEqual([]);
    expect(await said(id, undefined, false)).toEqual([]);
  });
});
