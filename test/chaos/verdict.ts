/** What people saw of a fault: a row of the table, and whether it was what the product promises. */
import { requestTimeoutSeconds } from "./fleet.ts";
import type { Ledger } from "./ledger.ts";
import type { Answer } from "./probing.ts";
import type { Scenario } from "./scenarios.ts";

export interface Observed {
  readonly scenario: Scenario;
  readonly ledger: Ledger;
  /** When the fault began and was lifted, in Unix milliseconds. */
  readonly from: number;
  readonly until: number;
  readonly health: readonly Answer[];
  /** Acknowledged events that are neither in the audit trail nor in the log. */
  readonly missing: readonly string[];
}

/** What the driver itself may add to a deadline of the product; and the machine as much as it adds to `/healthz`. */
const slackMs = 2000;
/** A call that began just before takes five seconds, and opens the breaker for another five. */
const recoveryMs = 10_000;
/** What 99 of 100 probes may take, beyond what the machine adds: an answer in this time did not wait for a frozen server. */
const readyzMs = 100;

/** @returns sentences about what must not be */
export function judge(observed: Observed): readonly string[] {
  const { scenario, ledger, missing } = observed;
  const { failures, longestMs, recoveredMs, twice, readyz, healthz } = numbersOf(observed);
  const wrong: string[] = [];
  const expectThat = (isRight: boolean, text: string): void => {
    if (!isRight) wrong.push(`${scenario.name}: ${text}`);
  };
  expectThat(ledger.lost.length === 0, `lost: ${ledger.lost.join(" ")}`);
  expectThat(missing.length === 0, `events without a trace: ${missing.join(", ")}`);
  expectThat(twice === 0, `${twice} tokens were accepted twice.`);
  expectThat(ledger.acknowledged.length > 0, "nothing was acknowledged, so nothing was tested.");
  if (scenario.isUnnoticed === true)
    expectThat(failures.length === 0, `${failures.length} requests failed: ${described(failures)}`);
  const crashed = failures.filter(({ status, code }) => status === 500 || (status === 503 && code === ""));
  expectThat(crashed.length === 0, `answers of 500: ${described(crashed)}`);
  const fromBalancer = failures.filter(({ status }) => status === null || status === 502 || status === 504);
  if (scenario.isSeenByBalancer !== true)
    expectThat(fromBalancer.length === 0, `answers of the balancer: ${described(fromBalancer)}`);
  const withoutAdvice = failures.filter(({ status, hasRetryAfter }) => status === 503 && !hasRetryAfter);
  expectThat(withoutAdvice.length === 0, `503 without Retry-After: ${described(withoutAdvice)}`);
  const machineMs = healthz.at(-1) ?? 0;
  const most = Math.round(requestTimeoutSeconds * 1000 + slackMs + machineMs);
  expectThat(longestMs <= most, `a request took ${Math.round(longestMs)} ms, and ${most} are allowed.`);
  const recovery = Math.round(recoveryMs + slackMs + machineMs);
  expectThat(recoveredMs <= recovery, `requests failed until ${recoveredMs} ms after it was over.`);
  expectThat(readyz.length > 0, "no readiness was answered.");
  const slow = Math.round(percentile(readyz));
  const allowed = Math.round(readyzMs + 2 * machineMs);
  expectThat(slow <= allowed, `GET /readyz took ${slow} ms, and ${allowed} are allowed.`);
  return wrong;
}

/** The ninety-ninth, of sorted times. */
function percentile(sorted: readonly number[]): number {
  return sorted[Math.floor((sorted.length - 1) * 0.99)] ?? 0;
}

function described(calls: Ledger["calls"]): string {
  return calls
    .map(({ operation, status, code }) => `${operation} ${status ?? "no answer"} ${code}`)
    .join(", ");
}

function numbersOf({ ledger, until, health }: Observed) {
  const timesOf = (path: Answer["path"]): readonly number[] =>
    health
      .filter((answer) => answer.path === path)
      .map(({ ms }) => ms)
      .toSorted((a, b) => a - b);
  const failures = ledger.calls.filter(({ status }) => status === null || status >= 500);
  return {
    failures,
    longestMs: Math.max(0, ...ledger.calls.map(({ ms }) => ms)),
    recoveredMs: Math.max(0, ...failures.map(({ at }) => at - until)),
    twice: [...ledger.tokens.values()].filter((count) => count > 1).length,
    readyz: timesOf("/readyz"),
    healthz: timesOf("/healthz"),
  };
}

const head = [
  "fault",
  "calls",
  "failed",
  "longest wait",
  "recovered after",
  "lost",
  "accepted twice",
  "signed out",
  "/readyz p99 (longest)",
  "/healthz p99 (longest)",
];

/** In Markdown, for DEPLOYING.md. */
export function tableOf(all: readonly Observed[]): string {
  const rows = all.map((observed) => {
    const { scenario, ledger, missing } = observed;
    const { failures, longestMs, recoveredMs, twice, readyz, healthz } = numbersOf(observed);
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
    const times = (sorted: readonly number[]): string =>
      `${Math.round(percentile(sorted))} (${Math.round(sorted.at(-1) ?? 0)}) ms`;
    return [
      scenario.name,
      ledger.calls.length,
      failures.length === 0 ? "0" : byStatus(failures),
      seconds(longestMs),
      recoveredMs === 0 ? "-" : seconds(recoveredMs),
      ledger.lost.length + missing.length,
      twice,
      ledger.signedOut,
      times(readyz),
      times(healthz),
    ].join(" | ");
  });
  return [head.join(" | "), head.map(() => "---").join("|"), ...rows].map((row) => `| ${row} |`).join("\n");
}

function byStatus(failures: Ledger["calls"]): string {
  const counts = new Map<string, number>();
  for (const { status } of failures) {
    const name = status === null ? "no answer" : String(status);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${count} × ${name}`).join(", ");
}
