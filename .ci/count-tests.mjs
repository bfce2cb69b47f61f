// Prints "N passed, N failed" over Vitest's JSON reports in a folder. Without a report no test ran, and that is a
// failure too.
import { readdirSync, readFileSync } from "node:fs";

const folder = process.argv[2];
let passed = 0;
let failed = 0;
for (const name of readdirSync(folder)) {
  const report = JSON.parse(readFileSync(`${folder}/${name}`, "utf8"));
  passed += report.numPassedTests;
  // A file that fails before its first test (an import, a hook) has no failed test to count.
  const stillborn = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
  );
  failed += report.numFailedTests + stillborn.length;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
