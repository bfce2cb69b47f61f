import { expect, test } from "vitest";
import { fuzz } from "./fuzz.ts";

/** A share of the run that `npm run fuzz` makes whole. */
const share = Number(process.env.FUZZ_REQUESTS ?? 4_000);

test(`the API answers ${share} generated requests without a single 5xx, in the documented error shape`, async () => {
  const report = await fuzz(share, 20_261_122);
  expect(report.defects).toEqual([]);
  console.log(`fuzz: ${report.sent} requests, answers by status ${JSON.stringify(report.byStatus)}`);
  // The generator must reach behind the door, not only rattle at it.
  expect(report.byStatus[200] ?? 0).toBeGreaterThan(share / 50);
  expect(report.byStatus[0] ?? 0).toBeLessThan(share / 50);
}, 300_000);
