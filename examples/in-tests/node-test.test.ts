import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

// The examples of node:test run as their readers run them.
it("client-address.node-test.js passes with node --test", async () => {
  const file = fileURLToPath(new URL("./client-address.node-test.js", import.meta.url));
  // vitest's own variables would make the child report to it.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, ["--test", "--test-reporter=tap", file], {
    env,
    // Less than the test's own, so that no process is left behind.
    timeout: 15_000,
  });
  expect(stdout).toMatch(/^# pass 2$/m);
  expect(stdout).toMatch(/^# fail 0$/m);
});
