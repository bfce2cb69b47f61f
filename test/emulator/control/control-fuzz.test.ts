/** Suites in other languages call the control plane: no request may break it. */
import { expect, test } from "vitest";
import { createDice } from "../http/fuzz-requests.ts";
import { controlOf, runEmulator } from "../running-emulator.ts";

const running = runEmulator();

const operations = [
  ["GET", "/messages?to=x&after=y&wait=1"],
  ["GET", "/messages?wait=soon"],
  ["DELETE", "/messages?tenantId=nobody"],
  ["PUT", "/fixed-codes"],
  ["POST", "/reset"],
  ["POST", "/seed"],
  ["PUT", "/state"],
  ["PUT", "/clock"],
  ["POST", "/faults"],
  ["DELETE", "/faults/__proto__"],
  ["GET", "/journal?userId=__proto__&refused=maybe"],
  ["POST", "/tenants"],
  ["GET", "/tenants"],
  ["GET", "/state"],
] as const;

const names =
  "to code validUntil tenantId userId users actions actionCode outcome fixedCodes authenticators passkeys email custom freeze set advance resume method path count probability latency drop malformed secrets rpId expectedOrigins limits version tenants __proto__".split(
    " ",
  );
const values = [
  ...[
    null,
    true,
    0,
    -1,
    0.5,
    1e308,
    "",
    "x",
    "\ud800",
    "\u0000",
    "123456",
    "__proto__",
    "2030-01-01T00:00:00Z",
  ],
  ...["+275760-01-01T00:00:00Z", "EMAIL_OTP", "BLOCK", "a".repeat(5_000), [], {}, [null], [[]], ["x"]],
];

/** Unknown members are refused at once, so that most calls use the operation's own. */
const members: Readonly<Record<string, string>> = {
  "/fixed-codes": "to code validUntil tenantId",
  "/reset": "tenantId userId",
  "/seed": "users actions fixedCodes tenantId",
  "/state": "version tenants",
  "/clock": "freeze set advance resume",
  "/faults": "method path count probability latency status errorCode retryAfter drop malformed",
  "/tenants": "tenantId secrets rpId expectedOrigins limits actions webhook",
};

test("the control plane answers 1500 generated calls without a single 5xx", async () => {
  const roll = createDice(20_261_122);
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(roll() * list.length)];
  const anything = (depth: number): unknown => {
    const kind = depth > 3 ? 1 : roll();
    if (kind < 0.25) return bodyOf(depth + 1);
    return kind < 0.5 ? [bodyOf(depth + 1)] : pick(values);
  };
  const bodyOf = (depth: number, own: readonly string[] = names): object =>
    Object.fromEntries(Array.from({ length: 1 + roll() * 5 }, () => [pick(own), anything(depth)]));

  const control = controlOf(running);
  const broken: unknown[] = [];
  for (let sent = 0; sent < 1_500; sent += 1) {
    const [method, path] = pick(operations) ?? operations[0];
    const body =
      method === "PUT" || method === "POST"
        ? bodyOf(0, roll() < 0.8 ? members[path]?.split(" ") : names)
        : undefined;
    const { status } = await control(path, method, body);
    if (status >= 500) broken.push({ method, path, body, status });
  }
  expect(broken).toEqual([]);
});
