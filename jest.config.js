"use strict";

/** @param {import("jest").Config} project */
const project = (project) => ({
  rootDir: __dirname,
  testEnvironment: "node",
  // Types are checked once, by `npm run check`; here they are only taken away.
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { swcrc: false, jsc: { parser: { syntax: "typescript" }, target: "es2023" } },
    ],
  },
  // `import("./lookups.js")` is how the compiler wants a file named that it has yet to write.
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": ["$1.js", "$1.ts"] },
  ...project,
});

/** @type {import("jest").Config} */
module.exports = {
  projects: [
    project({
      displayName: "quick",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: [
        "/node_modules/",
        "<rootDir>/test/(bench|browser|engine|from-build|languages|package|redis)/",
        "<rootDir>/test/simulator/huawei-sdk.test.ts",
        "<rootDir>/test/walk/walk.test.ts",
      ],
    }),
    project({
      displayName: "engine",
      setupFilesAfterEnv: ["<rootDir>/test/engine/one-scenario.ts"],
      testMatch: ["<rootDir>/test/engine/**/*.test.ts", "<rootDir>/test/walk/walk.test.ts"],
    }),
    project({
      displayName: "package",
      testMatch: ["<rootDir>/test/package/**/*.test.ts"],
    }),
    // Installs a Chromium where there is none.
    project({
      displayName: "browser",
      testMatch: ["<rootDir>/test/browser/**/*.test.ts"],
    }),
    // Fetches packages of Python, once: Huawei's own client, a Redis server, an object store, SDKs.
    project({
      displayName: "python",
      testMatch: [
        "<rootDir>/test/simulator/huawei-sdk.test.ts",
        "<rootDir>/test/languages/**/*.test.ts",
        "<rootDir>/test/redis/**/*.test.ts",
        "<rootDir>/test/from-build/**/*.test.ts",
      ],
    }),
  ],
  // For all projects, because Jest passes over a project's own: an engine test takes its time.
  testTimeout: 300_000,
  // Babel's counters would end up inside the functions that Pulumi serialises.
  coverageProvider: "v8",
  collectCoverageFrom: ["src/**/*.ts"],
  testSequencer: "<rootDir>/tools/longest-first.js",
  maxWorkers: 2,
  verbose: true,
  reporters: ["default", "<rootDir>/tools/summary-reporter.js"],
};
