import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/*
 * What our outputs add to a resource whose provider answers with nothing but its inputs, which is the
 * least that a dynamic resource can keep. Held against the states that were recorded on the engine.
 */

const STATES = join(__dirname, "states", "0.1.0");
const MOST = 1.2;

interface StateResource {
  readonly type: string;
  readonly urn: string;
  readonly inputs?: object;
  readonly outputs?: object;
}

function resourcesIn(value: unknown): StateResource[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(resourcesIn);
  const { type } = value as { type?: unknown };
  if (typeof type === "string" && "outputs" in value) return [value as StateResource];
  return Object.values(value).flatMap(resourcesIn);
}

const recorded = readdirSync(STATES)
  .flatMap((file) => resourcesIn(JSON.parse(readFileSync(join(STATES, file), "utf8"))))
  .filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/huawei-ota/"))
  .map((resource): [string, StateResource] => {
    const [name = ""] = resource.urn.split("::").slice(-1);
    return [`${resource.type.split("/").at(-1) ?? ""} ${name}`, resource];
  });

test("states of all kinds are recorded", () => {
  expect(new Set(recorded.map(([, { type }]) => type)).size).toBe(8);
});

test.each(recorded)("%s is at most 1.2 times the bytes of a bare resource", (_name, resource) => {
  const bare = { ...resource, outputs: resource.inputs };
  const ratio = JSON.stringify(resource).length / JSON.stringify(bare).length;
  expect(ratio).toBeLessThanOrEqual(MOST);
});
