// Prints the closing line from the runners' own reports. Fails where a test failed, was skipped, or none ran.
import { readFileSync } from "node:fs";

let passed = 0;
let failed = 0;
let skipped = 0;
for (const file of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(file, "utf8"));
  passed += report.numPassedTests;
  // A file that could not be loaded has no tests to fail.
  failed +=
    report.numFailedTests +
    report.testResults.filter((f) => f.status === "failed" && f.assertionResults.length === 0).length;
  skipped += report.numPendingTests + report.numTodoTests;
  if (report.numPassedTests === 0) {
    process.stderr.write(`${file}: no test passed\n`);
    process.exitCode = 1;
  }
  for (const result of report.testResults) {
    for (const test of result.assertionResults) {
      if (test.status !== "passed" && test.status !== "failed") process.stderr.write(`skipped: ${test.fullName}\n`);
    }
  }
}
if (failed > 0 || skipped > 0) process.exitCode = 1;
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`);
