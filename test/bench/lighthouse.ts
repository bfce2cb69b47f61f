/**
 * Says what Lighthouse thinks of the first view, on its slow phone with a slow network. `npm run lighthouse` fetches
 * Lighthouse when it is called: as a dependency it would be half as large again as all others together. Printed, not
 * asserted: the performance of a page is also that of the machine.
 */
import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { startApp } from "../e2e/app.ts";
import { launchChromium } from "../kit/chromium.ts";

const version = "12.8.2";
const categories = ["performance", "accessibility", "best-practices"];

/** As much of Lighthouse's report as is printed here. */
interface Report {
  readonly categories: Readonly<
    Record<string, { readonly score: number | null; readonly auditRefs: readonly { readonly id: string }[] }>
  >;
  readonly audits: Readonly<
    Record<string, { readonly score: number | null; readonly title: string; readonly displayValue?: string }>
  >;
}

async function reportOn(url: string, port: number): Promise<Report> {
  const tool = ["exec", "--yes", `--package=lighthouse@${version}`, "--", "lighthouse"];
  const options = [`--port=${port}`, `--only-categories=${categories.join()}`, "--output=json", "--quiet"];
  const { stdout } = await promisify(execFile)("npm", [...tool, url, ...options], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout);
}

/** Lighthouse wants the browser's port by number. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

const port = await freePort();
const app = await startApp();
const browser = await launchChromium([`--remote-debugging-port=${port}`]);
try {
  const report = await reportOn(app.stack.origin, port);
  console.log("What Lighthouse says of the first view, of 100:");
  for (const [name, { score, auditRefs }] of Object.entries(report.categories)) {
    console.log(`  ${String(Math.round((score ?? 0) * 100)).padStart(3)}  ${name}`);
    for (const { id } of auditRefs) {
      const audit = report.audits[id];
      if (audit === undefined || audit.score === null || audit.score === 1) continue;
      console.log(`       ${audit.title} ${audit.displayValue ?? ""}`);
    }
  }
} finally {
  await browser.close();
  await app.close();
}
