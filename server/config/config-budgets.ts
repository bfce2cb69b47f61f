/** Reads limits, lives of sessions and the bounds of a request: what an operator sets by the size of the service, and what a code opens. */
import { defaultLimits, type Limit, type SendLimits } from "../passkeys/ports/send-limits.ts";
import { split } from "../relying-party/native-apps.ts";
import { readNumber } from "./config-values.ts";
import type { Variables } from "./variables.ts";

export interface Budgets {
  /** The router's limits that differ from their defaults. */
  readonly limits: Partial<SendLimits>;
  readonly requestTimeoutSeconds: number;
  readonly sessionIdleMinutes: number;
  readonly sessionMaxHours: number;
  /** Connections to PostgreSQL. Null without it. */
  readonly databaseConnections: number | null;
  readonly logLevel: LogLevel;
  /** What an e-mail code opens where the account has a passkey: the router's option. */
  readonly afterCode: AfterCode;
}

const afterCodes = ["full", "limited"] as const;
export type AfterCode = (typeof afterCodes)[number];

/** Security events and requests are `info`. */
const logLevels = ["info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

export function readBudgets(variables: Variables): Budgets {
  const { read, problems } = variables;
  const idle = readNumber(variables, "SESSION_IDLE_MINUTES", { otherwise: 30, min: 1, max: 43_200 });
  const max = readNumber(variables, "SESSION_MAX_HOURS", { otherwise: 12, min: 1, max: 8760 });
  if (idle > max * 60)
    problems.push(
      `SESSION_IDLE_MINUTES is longer than SESSION_MAX_HOURS, so it has no effect: sessions end after ${max} hours.`,
    );
  const connections = readNumber(variables, "DATABASE_CONNECTIONS", { otherwise: 10, min: 2, max: 1000 });
  const hasDatabase = read("DATABASE_URL") !== undefined;
  if (!hasDatabase && read("DATABASE_CONNECTIONS") !== undefined)
    problems.push("DATABASE_CONNECTIONS has no effect without DATABASE_URL: leave it out.");
  return {
    limits: readLimits(variables),
    requestTimeoutSeconds: readNumber(variables, "REQUEST_TIMEOUT_SECONDS", {
      otherwise: 10,
      min: 1,
      max: 11,
    }),
    sessionIdleMinutes: idle,
    sessionMaxHours: max,
    databaseConnections: hasDatabase ? connections : null,
    logLevel: readLogLevel(variables),
    afterCode: readAfterCode(variables),
  };
}

function readAfterCode({ read, problems }: Variables): AfterCode {
  const text = read("AFTER_CODE") ?? "full";
  const afterCode = afterCodes.find((one) => one === text);
  if (afterCode === undefined) problems.push(`AFTER_CODE must be one of ${afterCodes.join(", ")}.`);
  return afterCode ?? "full";
}

function readLogLevel({ read, problems }: Variables): LogLevel {
  const text = read("LOG_LEVEL") ?? "info";
  const level = logLevels.find((one) => one === text);
  if (level === undefined) problems.push(`LOG_LEVEL must be one of ${logLevels.join(", ")}.`);
  return level ?? "info";
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const longestSeconds = 30 * 86_400;

/** Reads `sendsInAll=5000/1h, sendsPerIp=200/15m`. */
function readLimits({ read, problems }: Variables): Partial<SendLimits> {
  const limits: Partial<Record<keyof SendLimits, Limit>> = {};
  for (const entry of split(read("LIMITS") ?? "")) {
    const [, name = "", points = "", count = "", unit = ""] =
      /^(\w+)=(\d{1,9})\/(\d{1,7})([smhd])$/.exec(entry) ?? [];
    if (name === "") {
      problems.push(`LIMITS has "${entry}": write name=points/time, such as sendsInAll=5000/1h.`);
      continue;
    }
    const known = namesOfLimits.find((one) => one === name);
    const limit = { points: Number(points), seconds: Number(count) * (secondsOf[unit] ?? 0) };
    if (known === undefined) problems.push(`LIMITS has no "${name}". There are ${namesOfLimits.join(", ")}.`);
    else if (known in limits) problems.push(`LIMITS has "${name}" twice.`);
    else if (limit.points < 1 || limit.seconds < 1 || limit.seconds > longestSeconds)
      problems.push(`LIMITS has "${entry}": at least one point, in one second to thirty days.`);
    else limits[known] = limit;
  }
  return limits;
}

const namesOfLimits: readonly (keyof SendLimits)[] = keysOf(defaultLimits);

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(record) as Key[];
}

/** As LIMITS writes them: `1000/1h`. */
export function describeLimits(changed: Partial<SendLimits>): Readonly<Record<string, string>> {
  const all = Object.entries({ ...defaultLimits, ...changed });
  return Object.fromEntries(all.map(([name, limit]) => [name, `${limit.points}/${timeOf(limit.seconds)}`]));
}

function timeOf(seconds: number): string {
  const [unit = "s", length = 1] = Object.entries(secondsOf).findLast(([, one]) => seconds % one === 0) ?? [];
  return `${seconds / length}${unit}`;
}
