// Prints "N passed, N failed" from a Vitest JSON report. Without a report no test ran, and that is a failure too.
import { readFileSync } from "node:fs";

let passed = 0;
let failed = 0;
const text = readFileSync(process.argv[2], "utf8");
if (text !== "") {
  const report = JSON.parse(text);
  passed = report.numPassedTests;
  // A file that fails before its first test (an import, a hook) has no failed test to count.
  const stillborn = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
  );
  failed = report.numFailedTests + stillborn.length;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
