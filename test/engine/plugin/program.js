"use strict";

const { readFileSync } = require("node:fs");
const path = require("node:path");

/** @type {(text: string) => unknown} */
const parse = JSON.parse;

const { resources } =
  /** @type {{ resources: Readonly<Record<string, { readonly properties: object }>> }} */ (
    parse(readFileSync(path.resolve(__dirname, "../../../plugin/schema.json"), "utf8"))
  );

const OUTPUTS = Object.fromEntries(
  Object.entries(resources).map(([type, { properties }]) => [type, Object.keys(properties)]),
);

/**
 * Program text: `throughPlugin(library)` has the names of the library, and reaches the plugin by them.
 * It is what an SDK of another language is, in a few lines and for all types. Lookups stay the library's.
 */
const THROUGH_PLUGIN = `
const throughPlugin = (library) => {
  const OUTPUTS = ${JSON.stringify(OUTPUTS)};
  // Leaf by leaf, as a stack that comes from dynamic resources has them: a ref is in states of the plugin only.
  const LEAVES = ["version", "fileType", "deviceType", "model", "manufacturerName", "packageType", "productId", "supportSourceVersions"];
  const packageOf = (value) => pulumi.Resource.isInstance(value) ? LEAVES.reduce((leaves, leaf) => ({ ...leaves, [leaf]: value[leaf] }), { id: value.fileId ?? value.id }) : value;
  const taskOf = (value) => pulumi.Resource.isInstance(value)
    ? { id: value.id, version: value.versionPackage.version, packageId: value.fileId ?? value.packageId, packageKind: value.pushes }
    : value;
  const kindOf = (wing, kind) => class extends pulumi.CustomResource {
    constructor(name, args, opts = {}) {
      const type = \`huawei-ota:\${wing}:\${kind}\`;
      const seeds = Object.fromEntries(OUTPUTS[type].map((output) => [output, undefined]));
      const { versionPackage, task, ...rest } = args;
      const given = { versionPackage: packageOf(versionPackage), task: taskOf(task), ...rest };
      const aliases = [...(opts.aliases ?? []), { type: \`pulumi-nodejs:dynamic/huawei-ota/\${wing}:\${kind}\` }];
      super(type, name, { ...seeds, ...given }, { ...opts, aliases });
      // As one output it would be unknown as a whole to this SDK as long as one leaf of it is.
      const { outcome, version, packageId, packageKind } = this;
      if (kind === "UpgradeCompletion") this.gate = { outcome, version, packageId, packageKind };
      this.pushes = kind.startsWith("Firmware") ? "firmware" : "software";
    }
    static get(name, id, opts) {
      return new this(name, {}, { ...opts, id });
    }
  };
  const wingOf = (wing) => new Proxy(library[wing], {
    get: (own, kind) => \`huawei-ota:\${wing}:\${String(kind)}\` in OUTPUTS ? kindOf(wing, kind) : own[kind],
  });
  class Provider extends pulumi.ProviderResource {
    constructor(name, args, opts) {
      const settings = Object.entries(args).map(([wing, given]) => [wing, pulumi.jsonStringify(given)]);
      super("huawei-ota", name, Object.fromEntries(settings), opts);
    }
  }
  return { northbound: wingOf("northbound"), iotda: wingOf("iotda"), Provider };
};
`;

/** What a project says to use the plugin that comes with the library. */
const PLUGINS = `plugins:
  providers:
    - name: huawei-ota
      path: node_modules/pulumi-huawei-ota/plugin
`;

/** The same program, which takes the library's names by `require`, through the plugin. */
const throughPlugin = (/** @type {string} */ program) =>
  `const pulumi = require("@pulumi/pulumi");${THROUGH_PLUGIN}` +
  program.replace('require("pulumi-huawei-ota")', 'throughPlugin(require("pulumi-huawei-ota"))');

module.exports = { PLUGINS, THROUGH_PLUGIN, throughPlugin };
