import { defineConfig } from "vitest/config";

// Tests import the workspace's sources, never a stale build; of packages, what Node itself would load, so not what is for bundlers.
const conditions = ["@edgekit/source", "node", "development|production"];
const source = { resolve: { conditions }, ssr: { resolve: { conditions } } };

export default defineConfig({
  test: {
    // Vitest leaves one core to itself, which of two is a lot: tests here wait more than they compute.
    maxWorkers: "100%",
    projects: [
      {
        ...source,
        test: {
          name: "unit",
          include: [
            "packages/*/{src,test}/**/*.test.ts",
            "testkit/src/**/*.test.ts",
            "bench/src/**/*.test.ts",
            "examples/**/*.test.ts",
          ],
          setupFiles: ["./testkit/src/fail-on-console.ts"],
          // The SDK's version is pinned; that later ones will not run on Node 20 is no news for whoever runs the tests.
          env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
          testTimeout: 20_000,
          // Files share what they import, which takes a third less time; what a test leaves behind then shows in the next one.
          isolate: false,
        },
      },
      {
        ...source,
        test: {
          name: "interop",
          include: ["interop/**/*.test.ts"],
          setupFiles: ["./testkit/src/fail-on-console.ts"],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
