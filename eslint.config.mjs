import eslint from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** What nobody writes here, whatever the folder. */
const manners = [
  {
    selector: "ExportDefaultDeclaration, ExportSpecifier[exported.name='default']",
    message: "Export by name: what has a name can be found.",
  },
  {
    selector: "ExportAllDeclaration[exported=null]",
    message: "List what is exported, so that nothing is exported by accident.",
  },
  { selector: "TSEnumDeclaration", message: "Write a union of strings." },
  { selector: "TSParameterProperty", message: "Declare the field, and assign it." },
];

/** @param {...string} names folders of src */
const folders = (...names) => ({
  regex: String.raw`^(\.{1,2}/)+(${names.join("|")})(/|$)`,
  message: `This folder does not look into ${names.join(", ")} (CONTRIBUTING.md, "Arrows").`,
});

/** @param {...string} names npm packages */
const packages = (...names) => ({
  regex: `^(${names.join("|")})(/|$)`,
  message: `${names.join(" and ")} may not be loaded from here (CONTRIBUTING.md, "Arrows").`,
});

/** What a wing's api may know of its kinds: what "the same" means, and what times come to. */
const kinds = {
  regex: String.raw`^(\.\./)+(upgrade-task(?!/(same|times)$)|upgrade-completion|version-package|lookups)(/|$)`,
  message: `A wing's api looks into no kind but for upgrade-task/same and times (CONTRIBUTING.md, "Arrows").`,
};

/** What is made of the engine's events and of inputs, for people: it knows facts, and no lifecycle. */
const facts = {
  regex: String.raw`^\.\./(pulumi(?!/unknown$)|http|wing|northbound|iotda|simulator)(/|$)`,
  message: `What people read is made of public facts alone (CONTRIBUTING.md, "Arrows").`,
};

/** What a program loads before anything is made. */
const anythingHeavy = {
  regex: String.raw`^(\./|\.\./(?!(errors|named-twice)$))`,
  message: `A program loads neither zod nor undici, nor what may load them (CONTRIBUTING.md, "Arrows").`,
};

/** What the resources of all wings are made of, and nothing heavy. */
const anythingButResources = {
  regex: String.raw`^(\./(?!(completion-args|gate-input|package-input|rollout-args)$)|\.\./(?!(pulumi/(dynamic-resource|ignored-parts)|upgrade/(gate|platform|reach))$))`,
  message: anythingHeavy.message,
};

/** @type {(regex: string) => { regex: string, message: string }} */
const paths = (regex) => ({
  regex,
  message: `The simulator is built on nothing but itself (CONTRIBUTING.md, "Arrows").`,
});

/**
 * What one folder may not import, statically or with `import()`.
 * @param {string[]} files
 * @param {{ regex: string, message: string }[]} forbidden
 * @param {string[]} [ignores]
 */
const arrows = (files, forbidden, ignores = []) => ({
  files,
  ignores,
  rules: {
    "no-restricted-imports": ["error", { patterns: forbidden }],
    "no-restricted-syntax": [
      "error",
      ...manners,
      ...forbidden.map(({ regex, message }) => ({
        selector: `ImportExpression[source.value=/${regex.replaceAll("/", String.raw`\x2F`)}/]`,
        message,
      })),
    ],
  },
});

export default defineConfig(
  globalIgnores(["dist", ".cache", "coverage", "docs", "examples", "etc"]),
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
  },
  {
    files: ["**/*.ts", "**/*.js"],
    extends: [
      eslint.configs.recommended,
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
    ],
    languageOptions: {
      parserOptions: { project: "tsconfig.test.json", tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "no-restricted-syntax": ["error", ...manners],
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // Bracket access is what noPropertyAccessFromIndexSignature asks for.
      "@typescript-eslint/dot-notation": ["error", { allowIndexSignaturePropertyAccess: true }],
    },
  },
  {
    files: ["**/*.js"],
    languageOptions: { sourceType: "commonjs" },
    // What is defined and what is not is the compiler's to say (tsconfig.test.json).
    rules: { "no-undef": "off", "@typescript-eslint/no-require-imports": "off" },
  },
  { files: ["src/**"], rules: { "no-console": "error" } },

  arrows(
    ["src/*.ts"],
    [
      folders("pulumi", "upgrade", "http", "wing", "northbound", "iotda", "simulator"),
      packages("undici", "zod"),
    ],
    ["src/policy.ts", "src/policy-pack.ts"],
  ),
  arrows(
    ["src/index.ts", "src/provider-resource.ts"],
    [folders("simulator"), packages("undici", "zod")],
  ),
  arrows(["src/provider.ts", "src/wings.ts"], [folders("simulator"), packages("undici")]),
  arrows(
    ["src/pulumi/**"],
    [
      folders("upgrade", "http", "wing", "northbound", "iotda", "simulator", "plugin"),
      packages("undici"),
    ],
  ),
  arrows(
    ["src/upgrade/**"],
    [
      folders("pulumi", "http", "wing", "northbound", "iotda", "simulator"),
      packages("undici", "@pulumi/pulumi"),
    ],
  ),
  arrows(
    ["src/http/**"],
    [
      folders("pulumi", "upgrade", "wing", "northbound", "iotda", "simulator"),
      packages("undici", "@pulumi/pulumi"),
    ],
  ),
  arrows(
    ["src/http/send.ts"],
    [
      folders("pulumi", "upgrade", "wing", "northbound", "iotda", "simulator"),
      packages("@pulumi/pulumi"),
    ],
  ),
  arrows(
    ["src/wing/**"],
    [folders("northbound", "iotda", "simulator", "plugin"), packages("undici")],
  ),
  arrows(
    [
      "src/wing/completion-args.ts",
      "src/wing/gate-input.ts",
      "src/wing/package-input.ts",
      "src/wing/night-window-args.ts",
    ],
    [anythingHeavy, packages("undici", "zod")],
  ),
  arrows(
    [
      "src/wing/completion-resource.ts",
      "src/wing/rollout-args.ts",
      "src/wing/rollout-resource.ts",
      "src/wing/task-resource.ts",
    ],
    [anythingButResources, packages("undici", "zod")],
  ),
  arrows(["src/northbound/**"], [folders("iotda", "simulator"), packages("undici")]),
  arrows(["src/iotda/**"], [folders("northbound", "simulator"), packages("undici")]),
  arrows(["src/northbound/api/**"], [folders("iotda", "simulator"), kinds, packages("undici")]),
  arrows(["src/iotda/api/**"], [folders("northbound", "simulator"), kinds, packages("undici")]),
  arrows(
    ["src/northbound/**/resource.ts"],
    [folders("iotda", "simulator"), packages("undici", "zod")],
  ),
  arrows(
    ["src/iotda/**/resource.ts"],
    [folders("northbound", "simulator"), packages("undici", "zod")],
  ),
  arrows(
    ["src/review/**", "src/policy/**", "src/report/**"],
    [facts, packages("undici", "@pulumi/pulumi")],
    ["src/report/platform.ts"],
  ),
  arrows(["src/report/platform.ts"], [folders("simulator"), packages("undici", "@pulumi/pulumi")]),
  arrows(
    ["src/plugin/**"],
    [folders("upgrade", "http", "wing", "simulator"), packages("undici", "zod")],
  ),
  arrows(
    ["src/simulator.ts"],
    [paths(String.raw`^\./(?!simulator/)`), packages("undici", "@pulumi/pulumi")],
  ),
  arrows(["src/simulator/*.ts"], [paths(String.raw`^\.\./`), packages("undici", "@pulumi/pulumi")]),
  arrows(
    ["src/simulator/*/**"],
    [paths(String.raw`^\.\./\.\./`), packages("undici", "@pulumi/pulumi")],
  ),
);
