"use strict";

const fs = require("node:fs");
const path = require("node:path");
const ts = require("typescript");

const root = path.dirname(__dirname);
const schemaFile = path.join(root, "examples", "simulator-data.schema.json");

/**
 * The JSON schema of what the simulator's data file holds, made of the types that a program gives.
 * @returns {string} the schema as text
 */
function dataSchema() {
  const file = path.join(root, "src", "simulator", "data.ts");
  const program = ts.createProgram([file], { strict: true, target: ts.ScriptTarget.ES2023 });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const symbol = source && checker.getSymbolAtLocation(source);
  const data =
    symbol && checker.getExportsOfModule(symbol).find((each) => each.name === "SimulatorData");
  if (data === undefined) throw new Error("src/simulator/data.ts has no SimulatorData.");

  /**
   * @param {ts.Type} type
   * @returns {Record<string, unknown>}
   */
  function schemaOf(type) {
    if (type.isUnion()) return unionOf(type.types);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (type.flags & ts.TypeFlags.BooleanLiteral)
      return { const: checker.typeToString(type) === "true" };
    if (type.flags & ts.TypeFlags.String) return { type: "string" };
    if (type.flags & ts.TypeFlags.Number) return { type: "number" };
    if (type.flags & ts.TypeFlags.Null) return { type: "null" };
    const [item] = checker.isArrayType(type)
      ? checker.getTypeArguments(/** @type {ts.TypeReference} */ (type))
      : [];
    if (item !== undefined) return { type: "array", items: schemaOf(item) };
    const any = checker.getIndexInfoOfType(type, ts.IndexKind.String);
    if (any !== undefined) return { type: "object", additionalProperties: schemaOf(any.type) };
    return objectOf(type);
  }

  /** @param {ts.Type[]} types */
  function unionOf(types) {
    const given = types.filter((each) => !(each.flags & ts.TypeFlags.Undefined));
    if (given.length === 2 && given.every((each) => each.flags & ts.TypeFlags.BooleanLiteral)) {
      return { type: "boolean" };
    }
    const schemas = given.map(schemaOf);
    if (schemas.length === 1) return schemas[0] ?? {};
    if (schemas.every((each) => "const" in each))
      return { enum: schemas.map((each) => each["const"]) };
    return { anyOf: schemas };
  }

  /** @param {ts.Type} type */
  function objectOf(type) {
    /** @type {Record<string, unknown>} */
    const properties = {};
    const required = [];
    for (const property of checker.getPropertiesOfType(type)) {
      const told = ts.displayPartsToString(property.getDocumentationComment(checker));
      const schema = schemaOf(checker.getTypeOfSymbol(property));
      properties[property.name] = told === "" ? schema : { description: told, ...schema };
      if (!(property.flags & ts.SymbolFlags.Optional)) required.push(property.name);
    }
    return {
      type: "object",
      properties,
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
    };
  }

  const { properties, ...rest } = objectOf(checker.getDeclaredTypeOfSymbol(data));
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "What the simulated Huawei IoT platform holds",
    ...rest,
    // An `iotda` section does without applications.
    required: undefined,
    properties: { $schema: { type: "string" }, ...properties },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

module.exports = { dataSchema, schemaFile };

if (require.main === module) fs.writeFileSync(schemaFile, dataSchema());
