import { RULES as IOTDA } from "../../src/iotda/settings";
import { RULES as NORTHBOUND } from "../../src/northbound/settings";
import { proxiesOf } from "../../src/http/proxy";
import { findSafeguards } from "../../src/setting-values";
import { stackSettings } from "../../src/wing/stack-settings";
import { readPage, rowsUnder } from "./pages";

const page = readPage("docs/settings.md");

/** The first cells of a table, without its head and their quotes. */
function namesUnder(heading: string, columns: number): string[] {
  return rowsUnder(page, heading)
    .slice(1)
    .map((row) => row.slice(0, columns).join(" ").replaceAll("`", ""))
    .sort();
}

test.each([
  ["northbound", NORTHBOUND],
  ["iotda", IOTDA],
])("the page has each setting of %s with its variable, and no other", (wing, rules) => {
  const known = Object.entries(rules).map(([name, { environment }]) => `${name} ${environment}`);
  expect(namesUnder(wing, 2)).toEqual(known.sort());
});

test("the page has each setting of a stack with its variable, and no other", () => {
  const keys: string[] = [];
  const variables = readOf((environment) => {
    const get = (key: string): undefined => void keys.push(key.replace("huawei-ota:", ""));
    return stackSettings({ get }, environment);
  });
  expect(namesUnder("The stack", 2)).toEqual(
    keys.map((key, index) => `${key} ${variables[index] ?? ""}`).sort(),
  );
});

test("the page has each variable that stands in the environment alone, and no other", () => {
  const proxies = readOf((environment) => proxiesOf("https://platform.example", environment), {
    HTTP_PROXY: "http://proxy:3128",
  });
  const known = [...readOf(findSafeguards), ...proxies];
  expect(namesUnder("The environment alone", 1)).toEqual(known.sort());
});

test("the page has the defaults of a stack and of a quota", () => {
  const { listSettleSeconds, maxPreviewCalls, preflight } = stackSettings(
    { get: () => undefined },
    {},
  );
  const told = new Map(rowsUnder(page, "The stack").map(([name, , initial]) => [name, initial]));
  expect(told.get("`listSettleSeconds`")).toBe(String(listSettleSeconds));
  expect(told.get("`maxPreviewCalls`")).toBe(String(maxPreviewCalls));
  expect(told.get("`preflight`")).toBe(`\`${preflight}\``);
});

/** The variables that a function looks at, in capitals. */
function readOf(
  ask: (environment: Readonly<Record<string, string | undefined>>) => unknown,
  known: Readonly<Record<string, string>> = {},
): string[] {
  const names = new Set<string>();
  const get = (_known: object, name: string): string | undefined => {
    names.add(name.toUpperCase());
    return known[name];
  };
  ask(new Proxy({}, { get }));
  return [...names];
}
