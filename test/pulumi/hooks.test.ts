import { OtaError } from "../../src/errors";
import { toResourceProvider } from "../../src/pulumi/hooks";
import {
  type Difference,
  type HookContext,
  type Kind,
  PartialFailure,
  type Run,
} from "../../src/pulumi/kind";
import { containsUnknown, UNKNOWN } from "../../src/pulumi/unknown";
import { errorOf } from "../http/requests";

type Fields = Readonly<Record<string, unknown>>;

const HIDDEN = { __urn: "urn:pulumi:test::meters::type::one", __provider: "the loader" };
const STATE = { a: 1, gone: undefined, deep: { gone: undefined, list: [undefined, 2] } };

/** A kind that does nothing but what a test gives it, and keeps what it was given. */
function providerOf(
  change: Partial<Kind<Fields, Fields>> = {},
  run: Run = { isProgramRun: false },
) {
  const seen: unknown[] = [];
  const contexts: HookContext[] = [];
  const kind: Kind<Fields, Fields> = {
    check: (news, old, context) => {
      seen.push(news, old);
      contexts.push(context);
      return Promise.resolve({ inputs: news, failures: [] });
    },
    diff: (id, state, inputs, context) => {
      seen.push(id, state, inputs);
      contexts.push(context);
      return Promise.resolve({ kind: "same" });
    },
    create: (inputs) => {
      seen.push(inputs);
      return Promise.resolve({ id: "1", state: STATE });
    },
    read: (id, state) => {
      seen.push(id, state);
      return Promise.resolve({ state: STATE, inputs: STATE });
    },
    update: (id, state, inputs) => {
      seen.push(id, state, inputs);
      return Promise.resolve(STATE);
    },
    delete: (id, state) => {
      seen.push(id, state);
      return Promise.resolve();
    },
    ...change,
  };
  const {
    check,
    diff,
    create,
    read,
    update,
    delete: remove,
  } = toResourceProvider(kind, (own) => "a" in own, run);
  if (!check || !diff || !read || !update || !remove) throw new Error("A hook is missing.");
  return { seen, contexts, check, diff, create, read, update, remove };
}

const CLEAN = { a: 1, deep: { list: [null, 2] }, ...HIDDEN };

describe("What a kind sees", () => {
  it("has neither of the two hidden keys", async () => {
    const { seen, check, diff, create, read, update, remove } = providerOf();
    const own = { a: 1 };
    const all = { ...own, ...HIDDEN };
    await check(all, all);
    await diff("1", all, all);
    await create(all);
    await read("1", all);
    await update("1", all, all);
    await remove("1", all);
    expect(seen).toEqual([own, own, "1", own, own, own, "1", own, "1", own, own, "1", own]);
  });

  it("is no old state for a new resource, and none for the bare id of a `.get`", async () => {
    const { seen, check, read } = providerOf();
    await check({}, { b: 1, ...HIDDEN });
    await read("1", { ...HIDDEN });
    await read("1");
    expect(seen).toEqual([{ b: 1 }, undefined, "1", undefined, "1", undefined]);
  });

  it("is its row, unless that is not known", async () => {
    const { contexts, check } = providerOf();
    await check({}, { ...HIDDEN });
    await check({}, { ...HIDDEN, __urn: UNKNOWN });
    await check({}, { __provider: "the loader" });
    expect(contexts.map(({ urn }) => urn)).toEqual([HIDDEN.__urn, undefined, undefined]);
  });

  it("is whether a program runs, as soon as any kind was checked", async () => {
    const run = { isProgramRun: false };
    const [one, other] = [providerOf({}, run), providerOf({}, run)];
    await one.diff("1", HIDDEN, HIDDEN);
    await other.check({}, HIDDEN);
    await one.diff("1", HIDDEN, HIDDEN);
    expect(one.contexts.map(({ isProgramRun }) => isProgramRun)).toEqual([false, true]);
    expect(other.contexts[0]?.isProgramRun).toBe(true);
  });
});

describe("A run", () => {
  it("has a program from its first check on: a refresh and a destroy have none", async () => {
    const seen: boolean[] = [];
    const { check, diff } = providerOf({
      diff: (_id, _state, _inputs, { isProgramRun }) => {
        seen.push(isProgramRun);
        return Promise.resolve({ kind: "same" });
      },
    });
    await diff("1", HIDDEN, HIDDEN);
    await check({}, { ...HIDDEN });
    await diff("1", HIDDEN, HIDDEN);
    expect(seen).toEqual([false, true]);
  });
});

describe("What the engine gets", () => {
  it("has no undefined anywhere, and the hidden keys, from every hook", async () => {
    const { check, create, read, update } = providerOf({
      check: () => Promise.resolve({ inputs: STATE, failures: [] }),
    });
    const all = { a: 1, ...HIDDEN };
    expect(await check({}, all)).toStrictEqual({ inputs: CLEAN, failures: [] });
    expect(await create(all)).toStrictEqual({ id: "1", outs: CLEAN });
    expect(await read("1", all)).toStrictEqual({ id: "1", props: CLEAN, inputs: CLEAN });
    expect(await update("1", all, all)).toStrictEqual({ outs: CLEAN });
  });

  it("has no inputs where a read leaves them out, so that the engine keeps its own", async () => {
    const { read } = providerOf({ read: () => Promise.resolve({ state: STATE }) });
    expect(await read("1", { a: 1, ...HIDDEN })).toStrictEqual({ id: "1", props: CLEAN });
  });

  it("is an empty id for what is gone", async () => {
    const { read } = providerOf({ read: () => Promise.resolve(undefined) });
    expect(await read("1", { a: 1, ...HIDDEN })).toEqual({ id: "", props: {} });
  });

  it("is a failure, not an error, when a check throws", async () => {
    const { check } = providerOf({ check: () => Promise.reject(new OtaError("It broke.")) });
    expect(await check({}, { a: 1, ...HIDDEN })).toEqual({
      inputs: { a: 1, ...HIDDEN },
      failures: [{ property: "", reason: "It broke." }],
    });
  });

  it("has each failure as one sentence with its path", async () => {
    const failures = [
      { path: "policy.retryTimes", reason: "is 6." },
      { path: "", reason: "Nothing fits." },
    ];
    const { check } = providerOf({ check: (inputs) => Promise.resolve({ inputs, failures }) });
    expect((await check({}, {})).failures).toEqual([
      { property: "", reason: "policy.retryTimes is 6." },
      { property: "", reason: "Nothing fits." },
    ]);
  });

  it.each<[Difference, object]>([
    [{ kind: "same" }, { changes: false }],
    [{ kind: "changed" }, { replaces: [] }],
    [{ kind: "changed", replaces: ["targets"] }, { replaces: ["targets"] }],
    [{ kind: "unfinished" }, { changes: true }],
    [
      { kind: "replace", because: "account" },
      { changes: true, replaces: ["account"] },
    ],
  ])("is told of a difference so that it finds out which: %j", async (difference, result) => {
    const { check, diff } = providerOf({ diff: () => Promise.resolve(difference) });
    await check({}, {});
    expect(await diff("1", HIDDEN, HIDDEN)).toEqual(result);
  });

  it("is not told in a refresh, which has no program, of what is left to do", async () => {
    const { diff } = providerOf({ diff: () => Promise.resolve({ kind: "unfinished" }) });
    expect(await diff("1", HIDDEN, HIDDEN)).toEqual({ changes: false });
  });
});

describe("An error", () => {
  const all = { a: 1, ...HIDDEN };

  it("of ours is one sentence without a stack", async () => {
    const { create } = providerOf({ create: () => Promise.reject(new OtaError("It is blocked.")) });
    const error = await errorOf(create(all));
    expect(error.message).toBe("It is blocked.");
    expect(error.stack).not.toContain("    at ");
    expect(error).not.toHaveProperty("id");
  });

  it("that left something behind has its id, its whole state and its reasons", async () => {
    const failure = new PartialFailure("1", STATE, ["It failed.", "meter-3: low."]);
    const { create, update } = providerOf({
      create: () => Promise.reject(failure),
      update: () => Promise.reject(failure),
    });
    for (const work of [create(all), update("1", all, all)]) {
      const error = (await errorOf(work)) as Error & Fields;
      expect(error["id"]).toBe("1");
      expect(error["properties"]).toStrictEqual(CLEAN);
      expect(error["reasons"]).toEqual(["It failed.", "meter-3: low."]);
      expect(error.message).toBe("It failed.\nmeter-3: low.");
    }
  });

  it("that nobody foresaw keeps its stack", async () => {
    const bug = new TypeError("x is not a function");
    const { create } = providerOf({ create: () => Promise.reject(bug) });
    expect(await errorOf(create(all))).toBe(bug);
  });
});

it("An unknown value is found at any depth", () => {
  expect(containsUnknown({ a: [{ b: UNKNOWN }] })).toBe(true);
  expect(containsUnknown({ a: [{ b: `${UNKNOWN} ` }], c: null, d: undefined })).toBe(false);
});

describe("A secret input", () => {
  const [secret, other] = ["a-model-that-is-secret", "another-secret-model"];
  const inputs = { a: 1, model: secret, ...HIDDEN, __secrets: ["model"] };
  const sentence = `model is "${secret}"; it must be another.`;
  const hidden = 'model is "[secret: model]"; it must be another.';

  it("is in no check failure, and neither is the form that is compared from there on", async () => {
    const { check } = providerOf({
      check: () =>
        Promise.resolve({
          inputs: { model: "its-canonical-form" },
          failures: [{ path: "model", reason: `is "its-canonical-form", of "${secret}".` }],
        }),
    });
    expect((await check({}, inputs)).failures).toEqual([
      { property: "", reason: 'model is "[secret: model]", of "[secret: model]".' },
    ]);
  });

  it("is in no failure of a check that throws", async () => {
    const { check } = providerOf({ check: () => Promise.reject(new Error(sentence)) });
    expect((await check({}, inputs)).failures).toEqual([{ property: "", reason: hidden }]);
  });

  it.each([
    ["a sentence of ours", () => new OtaError(sentence)],
    ["a fault of our own", () => new Error(sentence)],
    ["a partial failure", () => new PartialFailure("1", { a: 1 }, [sentence])],
  ])("is in no error that is %s, and in none of a state that is read", async (_name, make) => {
    const fails = (): Promise<never> => Promise.reject(make());
    const { create, read, update, diff, remove } = providerOf({
      create: fails,
      read: fails,
      update: fails,
      diff: fails,
      delete: fails,
    });
    const errors = [
      await errorOf(create(inputs)),
      await errorOf(update("1", { ...inputs, model: other }, inputs)),
      await errorOf(diff("1", inputs, inputs)),
      await errorOf(read("1", inputs)),
      await errorOf(remove("1", inputs)),
    ];
    for (const error of errors) {
      expect(error.message).toBe(hidden);
      expect(`${error.stack ?? ""} ${JSON.stringify(error)}`).not.toContain(`"${secret}"`);
    }
  });

  it("keeps its name in inputs and state, so that a refresh without a program knows it", async () => {
    const { check, create, read, seen } = providerOf();
    expect((await check({}, inputs)).inputs).toMatchObject({ __secrets: ["model"] });
    expect((await create(inputs)).outs).toMatchObject({ __secrets: ["model"] });
    expect((await read("1", inputs)).props).toMatchObject({ __secrets: ["model"] });
    expect(JSON.stringify(seen)).not.toContain("__secrets");
  });
});
