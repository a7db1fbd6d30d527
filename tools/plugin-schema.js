"use strict";

const fs = require("node:fs");
const path = require("node:path");
const ts = require("typescript");

const root = path.dirname(__dirname);
const schemaFile = path.join(root, "plugin", "schema.json");
const source = path.join(root, "src");

const EVERYWHERE = [
  "VersionPackage",
  "FirmwareUpgradeTask",
  "SoftwareUpgradeTask",
  "UpgradeCompletion",
  "FirmwareRollout",
  "SoftwareRollout",
];
const KINDS = { northbound: EVERYWHERE, iotda: [...EVERYWHERE, "ModuleUpgradeTask"] };

/**
 * @typedef {Record<string, unknown>} Json
 * @typedef {{ symbol: ts.Symbol, type: ts.Type }} Member
 */

/**
 * The schema of the provider plugin, made of the types that a TypeScript program uses and of what is
 * written beside them: the one source of both.
 * @returns {string} the schema as text
 */
function pluginSchema() {
  const files = ["index.ts", "wing/stack-settings.ts"].map((file) => path.join(source, file));
  const program = ts.createProgram(files, {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    types: ["node"],
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  /** @type {Record<string, Json>} */
  const types = {};

  /** @param {string} file */
  function exportsOf(file) {
    const module = program.getSourceFile(path.join(source, file));
    const symbol = module && checker.getSymbolAtLocation(module);
    if (symbol === undefined) throw new Error(`src/${file} exports nothing.`);
    return new Map(checker.getExportsOfModule(symbol).map((each) => [each.name, resolved(each)]));
  }

  /** @param {ts.Symbol} symbol */
  function resolved(symbol) {
    return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  }

  /**
   * @param {Map<string, ts.Symbol>} symbols
   * @param {string} name
   */
  function named(symbols, name) {
    const symbol = symbols.get(name);
    if (symbol === undefined) throw new Error(`There is no ${name} to make a schema of.`);
    return symbol;
  }

  /** @param {ts.Symbol} symbol */
  function textOf(symbol) {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
    return text.replaceAll(/\{@link (\w+)\}/g, "`$1`").trim();
  }

  /**
   * A type of the schema. Whether something may come later, as an output or a promise, it does not say.
   * @param {ts.Type} given
   * @param {string} wing the module of what is declared nowhere else
   * @param {string} name of a type that has none
   * @returns {Json}
   */
  function schemaOf(given, wing, name) {
    const type = withoutOutputs(given);
    if (type.length > 1) return unionOf(type, wing, name);
    const [only] = type;
    if (only === undefined || only.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) {
      return { $ref: "pulumi.json#/Any" };
    }
    if (only.flags & ts.TypeFlags.StringLike) return { type: "string" };
    if (only.flags & ts.TypeFlags.NumberLike) return { type: "number" };
    if (only.flags & ts.TypeFlags.BooleanLike) return { type: "boolean" };
    const [item] = checker.isArrayType(only) ? argumentsOfType(only) : [];
    if (item !== undefined) return { type: "array", items: schemaOf(item, wing, name) };
    const any = checker.getIndexInfoOfType(only, ts.IndexKind.String);
    if (any !== undefined) {
      return { type: "object", additionalProperties: schemaOf(any.type, wing, name) };
    }
    return { $ref: `#/types/${objectOf(only, wing, name)}` };
  }

  /** @param {ts.Type} type */
  function argumentsOfType(type) {
    return checker.getTypeArguments(/** @type {ts.TypeReference} */ (type));
  }

  /**
   * The members of a type, with what an output holds in its place, and without promises and nothing.
   * @param {ts.Type} type
   * @returns {ts.Type[]}
   */
  function withoutOutputs(type) {
    const held = heldBy(type);
    if (held !== undefined) return withoutOutputs(held);
    const members = type.isUnion() ? type.types : [type];
    return members.filter(
      (each) =>
        !(each.flags & ts.TypeFlags.Undefined) &&
        each.getSymbol()?.name !== "Promise" &&
        heldBy(each) === undefined,
    );
  }

  /**
   * What an output holds; `undefined` for what is none.
   * @param {ts.Type} type
   * @returns {ts.Type | undefined}
   */
  function heldBy(type) {
    if (type.aliasSymbol?.name === "Output") return type.aliasTypeArguments?.[0];
    if (type.isIntersection()) return type.types.map(heldBy).find((each) => each !== undefined);
    return type.getSymbol()?.name === "OutputInstance" ? argumentsOfType(type)[0] : undefined;
  }

  /**
   * @param {ts.Type[]} members
   * @param {string} wing
   * @param {string} name
   */
  function unionOf(members, wing, name) {
    const schemas = members.map((each) => schemaOf(each, wing, name));
    // Of one thing or a list of it, the list: a union would be nothing in typed languages.
    return schemas.find((each) => each["type"] === "array") ?? schemas[0] ?? {};
  }

  /**
   * @param {ts.Type} type
   * @param {string} wing
   * @param {string} name
   * @returns {string} the token under which the type stands in the schema
   */
  function objectOf(type, wing, name) {
    const symbol = type.aliasSymbol ?? type.symbol;
    if (symbol.flags & ts.SymbolFlags.Class) return taskRef();
    const own = symbol.name === "__type" ? name : symbol.name;
    // What a gate gives is what a gate is given.
    if (own === "UpgradeGate") return objectNamed("GateRef", "shared");
    // Typed languages have no subtypes: a rollout takes the very `ref` that a task takes.
    if (own === "RolloutPackageRef") return objectNamed("PackageRef", wing);
    const [declaration] = symbol.declarations ?? [];
    const file = path.relative(source, declaration?.getSourceFile().fileName ?? "");
    const [folder = ""] = file.split(path.sep);
    const module = ["northbound", "iotda"].includes(folder) ? folder : "shared";
    const token = `huawei-ota:${symbol.name === "__type" ? wing : module}:${own}`;
    if (types[token] === undefined) {
      types[token] = {};
      types[token] = {
        description: textOf(symbol),
        type: "object",
        ...objectFields(type, wing, own),
      };
    }
    return token;
  }

  /**
   * A type that a program has met already.
   * @param {string} name
   * @param {string} module
   */
  function objectNamed(name, module) {
    const wing = module === "shared" ? "northbound" : module;
    const symbol = named(exportsOf(`${wing}/index.ts`), name);
    return objectOf(checker.getDeclaredTypeOfSymbol(symbol), module, name);
  }

  /** What a completion takes of a task, which is a class in TypeScript only. */
  function taskRef() {
    const token = "huawei-ota:shared:TaskRef";
    types[token] ??= {
      description: "An upgrade task, as its `ref` tells it.",
      type: "object",
      properties: {
        id: { description: "Id of the task.", type: "string" },
        version: { description: "Version that it pushes.", type: "string" },
        packageId: { description: "Id of the package that it pushes.", type: "string" },
        packageKind: { description: '`"firmware"`, `"software"` or `"module"`.', type: "string" },
      },
      required: ["id"],
    };
    return token;
  }

  /**
   * @param {ts.Type} type
   * @param {string} wing
   * @param {string} name
   */
  function objectFields(type, wing, name) {
    const members = checker
      .getPropertiesOfType(type)
      .map((symbol) => ({ symbol, type: checker.getTypeOfSymbol(symbol) }));
    return fieldsOf(members, wing, name, (symbol) => !(symbol.flags & ts.SymbolFlags.Optional));
  }

  /**
   * @param {Member[]} members
   * @param {string} wing
   * @param {string} name
   * @param {(symbol: ts.Symbol, type: ts.Type) => boolean} isRequired
   * @returns {{ properties: Record<string, Json>, required?: string[] }}
   */
  function fieldsOf(members, wing, name, isRequired) {
    const properties = Object.fromEntries(
      members.map(({ symbol, type }) => {
        const description = textOf(symbol);
        const inside = `${name}${symbol.name.charAt(0).toUpperCase()}${symbol.name.slice(1)}`;
        return [
          symbol.name,
          {
            ...(description === "" ? {} : { description }),
            ...schemaOf(type, wing, inside),
            ...(/hanging it replaces|nother package replaces/.test(description)
              ? { willReplaceOnChanges: true }
              : {}),
            ...(isSecret(symbol.name) ? { secret: true } : {}),
          },
        ];
      }),
    );
    const required = members
      .filter(({ symbol, type }) => isRequired(symbol, type))
      .map(({ symbol }) => symbol.name);
    return { properties, ...(required.length === 0 ? {} : { required: required.sort() }) };
  }

  /**
   * @param {string} wing
   * @param {string} kind
   * @param {ts.Symbol} symbol of its class
   */
  function resourceOf(wing, kind, symbol) {
    const instance = checker.getDeclaredTypeOfSymbol(symbol);
    const outputs = checker
      .getPropertiesOfType(instance)
      .filter(isOurs)
      .map((each) => ({ symbol: each, type: checker.getTypeOfSymbol(each) }));
    const { properties, required = [] } = fieldsOf(outputs, wing, kind, (_symbol, type) => {
      const told = heldBy(type) ?? type;
      return !(told.isUnion() && told.types.some((each) => each.flags & ts.TypeFlags.Undefined));
    });
    if (kind === "VersionPackage") {
      const token = objectNamed("PackageRef", wing);
      properties["ref"] = {
        description: "The package, as `versionPackage` of a task or a rollout takes it.",
        $ref: `#/types/${token}`,
      };
      required.push("ref");
    }
    if (kind.endsWith("UpgradeTask")) {
      properties["ref"] = {
        description: "The task, as `task` of an `UpgradeCompletion` takes it.",
        $ref: `#/types/${taskRef()}`,
      };
      required.push("ref");
    }
    const args = argumentsOf(symbol, wing);
    return {
      description: textOf(symbol),
      properties,
      required: required.sort(),
      inputProperties: args.properties,
      ...(args.required === undefined ? {} : { requiredInputs: args.required }),
      aliases: [{ type: `pulumi-nodejs:dynamic/huawei-ota/${wing}:${kind}` }],
    };
  }

  /** @param {ts.Symbol} symbol a property that the library declares, for everybody */
  function isOurs(symbol) {
    const [declaration] = symbol.declarations ?? [];
    const file = declaration?.getSourceFile().fileName ?? "";
    return (
      path.resolve(file).startsWith(source + path.sep) &&
      (symbol.flags & ts.SymbolFlags.Property) !== 0 &&
      !symbol.getJsDocTags().some((tag) => tag.name === "internal")
    );
  }

  /**
   * @param {ts.Symbol} symbol of a class
   * @param {string} wing
   */
  function argumentsOf(symbol, wing) {
    const type = checker.getTypeOfSymbol(symbol);
    const [constructor] = type.getConstructSignatures();
    const args = constructor?.getParameters()[1];
    if (args === undefined) throw new Error(`${symbol.name} takes no arguments.`);
    return objectFields(checker.getTypeOfSymbol(args), wing, symbol.name);
  }

  /**
   * @param {string} wing
   * @param {string} name
   * @param {ts.Symbol} symbol
   */
  function functionOf(wing, name, symbol) {
    const [signature] = checker.getTypeOfSymbol(symbol).getCallSignatures();
    const [args] = signature?.getParameters() ?? [];
    const result = signature && checker.getAwaitedType(signature.getReturnType());
    if (args === undefined || result === undefined) throw new Error(`${name} is no lookup.`);
    const bare = name.slice("get".length);
    const inputs = objectFields(
      checker.getNonNullableType(checker.getTypeOfSymbol(args)),
      wing,
      `Get${bare}`,
    );
    const question = bare.charAt(0).toLowerCase() + bare.slice(1);
    const outputs = checker.isArrayType(result)
      ? {
          properties: {
            [question]: { description: "What was found.", ...schemaOf(result, wing, bare) },
          },
          required: [question],
        }
      : objectFields(result, wing, bare);
    return {
      description: textOf(symbol).replace(/ It runs in the program's own process[^.]*\./, ""),
      inputs: { type: "object", ...inputs },
      outputs: { type: "object", ...outputs },
    };
  }

  /** @type {Record<string, Json>} */
  const resources = {};
  /** @type {Record<string, Json>} */
  const functions = {};
  for (const [wing, kinds] of Object.entries(KINDS)) {
    const symbols = exportsOf(`${wing}/index.ts`);
    for (const kind of kinds) {
      resources[`huawei-ota:${wing}:${kind}`] = resourceOf(wing, kind, named(symbols, kind));
    }
    for (const [name, symbol] of symbols) {
      if (!/^get[A-Z]/.test(name) || name.endsWith("Output")) continue;
      functions[`huawei-ota:${wing}:${name}`] = functionOf(wing, name, symbol);
    }
  }

  const settings = objectFields(
    checker.getDeclaredTypeOfSymbol(named(exportsOf("index.ts"), "ProviderArgs")),
    "shared",
    "Provider",
  ).properties;
  // An object of its own: its fields are those of the wing's settings, each of which may be an output.
  for (const [wing, name] of /** @type {const} */ ([
    ["northbound", "NorthboundSettings"],
    ["iotda", "IotdaSettings"],
  ])) {
    const token = objectNamed(name, wing);
    settings[wing] = { ...settings[wing], $ref: `#/types/${token}` };
  }

  const stack = named(exportsOf("wing/stack-settings.ts"), "StackSettings");
  const variables = objectFields(
    checker.getDeclaredTypeOfSymbol(stack),
    "shared",
    "Stack",
  ).properties;

  const parsed = /** @type {unknown} */ (
    JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"))
  );
  const manifest = /** @type {{ version: string, description: string, license: string }} */ (
    parsed
  );
  const repository = "github.com/pulumi-huawei-ota/pulumi-huawei-ota";
  const schema = {
    name: "huawei-ota",
    displayName: "Huawei IoT OTA",
    version: manifest.version,
    description: manifest.description,
    license: manifest.license,
    repository: `https://${repository}`,
    pluginDownloadURL: `github://api.${repository}`,
    config: { variables: { ...settings, ...variables } },
    provider: {
      description: "An explicit account; what is left out comes from the environment.",
      inputProperties: settings,
    },
    types: sorted(
      Object.fromEntries(Object.entries(types).filter(([token]) => !/:Provider\w+$/.test(token))),
    ),
    resources,
    functions: sorted(functions),
    language: {
      nodejs: { packageName: "pulumi-huawei-ota", respectSchemaVersion: true },
      python: {
        packageName: "pulumi_huawei_ota",
        respectSchemaVersion: true,
        pyproject: { enabled: true },
      },
      go: {
        importBasePath: `${repository}/sdk/go/huaweiota`,
        rootPackageName: "huaweiota",
        respectSchemaVersion: true,
      },
    },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** @param {string} name of a field that nobody may read in a state */
function isSecret(name) {
  return [
    "secret",
    "secretKey",
    "password",
    "securityToken",
    "clientKey",
    "clientPfx",
    "clientKeyPassphrase",
    "token",
    "book",
  ].includes(name);
}

/** @param {Record<string, Json>} entries */
function sorted(entries) {
  return Object.fromEntries(
    Object.entries(entries).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

module.exports = { pluginSchema, pluginSchemaFile: schemaFile };

if (require.main === module) fs.writeFileSync(schemaFile, pluginSchema());
