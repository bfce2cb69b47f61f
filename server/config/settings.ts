/** What the start prints of the configuration: budgets, limits and kinds of storage. No secret and no address. */
import type { Config } from "./config.ts";
import { describeLimits } from "./config-budgets.ts";

export function settingsOf(config: Config): Readonly<Record<string, unknown>> {
  return {
    requestTimeoutSeconds: config.requestTimeoutSeconds,
    drainSeconds: config.drainSeconds,
    sessionIdleMinutes: config.sessionIdleMinutes,
    sessionMaxHours: config.sessionMaxHours,
    auditRetentionDays: config.auditRetentionDays,
    logLevel: config.logLevel,
    afterCode: config.afterCode,
    database: config.databaseUrl === null ? "SQLite" : "PostgreSQL",
    ...(config.databaseConnections === null ? {} : { databaseConnections: config.databaseConnections }),
    sessionsAndLimits: config.redisUrl === null ? "in the database" : "in Redis",
    limits: describeLimits(config.limits),
  };
}
