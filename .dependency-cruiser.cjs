/**
 * The arrows of the house. See "The rooms" in CONTRIBUTING.md.
 * @type {import("dependency-cruiser").IConfiguration}
 */
const room = (name) => `^packages/edge-proxy/src/${name}/`;
const test = "\\.test\\.ts$";

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      comment: "Two files that need each other are one idea, or hide a third.",
      from: {},
      to: { circular: true },
    },
    {
      name: "codec-imports-nothing",
      severity: "error",
      comment: "The codec runs in every JavaScript runtime.",
      from: { path: "^packages/pp2/src/", pathNot: ["^packages/pp2/src/node/", test] },
      to: { pathNot: "^packages/pp2/src/(?!node/)" },
    },
    {
      name: "state-machine-imports-nothing",
      severity: "error",
      comment: "The state machine is pure: clock and probes are the monitor's.",
      from: { path: "^packages/health/src/", pathNot: ["^packages/health/src/monitor/", test] },
      to: { pathNot: "^packages/health/src/(?!monitor/)" },
    },
    {
      name: "pp2-and-health-do-not-know-each-other",
      severity: "error",
      from: { path: "^packages/(pp2|health)/" },
      to: { path: "^packages/(pp2|health|edge-proxy)/", pathNot: "^packages/$1/" },
    },
    {
      name: "model-imports-no-room",
      severity: "error",
      from: { path: room("model") },
      to: { path: "^packages/edge-proxy/src/", pathNot: room("model") },
    },
    {
      name: "data-plane-knows-no-other-room",
      severity: "error",
      comment: "The data plane takes Routes and tells FlowObservers; who is behind them is not its business.",
      from: { path: room("data"), pathNot: test },
      to: { path: room("(control|api|observe|cli|workers)") },
    },
    {
      name: "workers-know-the-data-plane-only",
      severity: "error",
      comment:
        "A worker process carries flows; what to do with them is decided elsewhere. It measures itself as every process does.",
      from: { path: room("workers"), pathNot: test },
      to: { path: room("(control|api|observe|cli)"), pathNot: "/observe/(loop-delay|file-descriptors)\\.ts$" },
    },
    {
      name: "control-knows-no-way-in-or-out",
      severity: "error",
      from: { path: room("control"), pathNot: test },
      to: { path: room("(api|observe|cli|workers)") },
    },
    {
      name: "ways-in-and-out-know-no-commands",
      severity: "error",
      from: { path: room("(api|observe)"), pathNot: test },
      to: { path: room("(cli|workers)") },
    },
    {
      name: "only-commands-and-index-know-the-composition-root",
      severity: "error",
      from: {
        path: "^packages/edge-proxy/src/",
        pathNot: [room("cli"), "^packages/edge-proxy/src/index\\.ts$", test],
      },
      to: { path: "^packages/edge-proxy/src/edge-proxy\\.ts$" },
    },
    {
      name: "no-deep-imports-across-packages",
      severity: "error",
      comment: "A package is what its exports say.",
      from: { path: "^(packages/[^/]+|bench|examples|interop|testkit)/" },
      to: {
        path: "^(packages/[^/]+|bench|testkit)/src/",
        pathNot: [
          "^$1/",
          "/src/index\\.ts$",
          "^packages/pp2/src/node/index\\.ts$",
          "^packages/health/src/monitor/index\\.ts$",
          "^packages/edge-proxy/src/data/index\\.ts$",
        ],
      },
    },
    {
      name: "declared-dependencies-only",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: test },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "npm-dev"] },
    },
    {
      name: "everything-resolves",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|node_modules)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.test.json" },
    enhancedResolveOptions: {
      conditionNames: ["@edgekit/source", "import", "types", "node", "default"],
      exportsFields: ["exports"],
      extensions: [".ts", ".js", ".mjs", ".cjs", ".json"],
    },
  },
};
