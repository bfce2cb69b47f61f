/**
 * Says what Lighthouse thinks of the first view, on its slow phone with a slow network. `npm run lighthouse` fetches
 * Lighthouse when it is called: as a dependency it would be half as large again as all others together. Fails where the
 * first view is not perfectly accessible, breaks a best practice or jumps. Performance is printed and not judged: that of
 * a page is also that of the machine.
 */
import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { startApp } from "../e2e/app.ts";
import { launchChromium } from "../kit/chromium.ts";

const version = "12.8.2";
const categories = ["performance", "accessibility", "best-practices"];
/** What is the page's own doing, on whatever machine: categories and audits that have to be perfect. */
const judged = { categories: ["accessibility", "best-practices"], audits: ["cumulative-layout-shift"] };

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
  const scores = [
    ...judged.categories.map((name) => report.categories[name]?.score),
    ...judged.audits.map((name) => report.audits[name]?.score),
  ];
  if (!scores.every((score) => score === 1)) {
    console.error(
      "Not perfect, and it has to be:",
      [...judged.categories, ...judged.audits].join(", "),
      scores,
    );
    process.exitCode = 1;
  }
} finally {
  await browser.close();
  await app.close();
}
