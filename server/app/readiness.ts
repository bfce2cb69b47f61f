/**
 * Answers whether this instance can serve: its storage can be written to and it is not stopping. Authsignal's state is
 * reported but decides nothing: it is the same for all instances, and an instance without traffic would never call
 * Authsignal to see the end of an outage.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { RequestHandler } from "express";
import { describeError } from "../http/describe-error.ts";
import { type Names, refuseUnknown } from "../http/options/known-options.ts";
import type { AuthsignalGateway, AuthsignalState } from "../passkeys/ports/authsignal.ts";
import type { Storage } from "../storage/storage.ts";

export interface ReadinessOptions {
  readonly storage: Pick<Storage, "ping">;
  readonly authsignal: Pick<AuthsignalGateway, "state">;
  /** Pino's logger, or another with these methods, such as `console`. */
  readonly log: { info(line: object): void; error(line: object): void };
  /** Aborts when the instance begins to stop. Default: never. */
  readonly draining?: AbortSignal | undefined;
  /**
   * The storage has answered before, as that of `openStorage` has: the first probe is then answered as fast as the others.
   * Default false: it waits for the storage, two seconds at most.
   */
  readonly hasAnswered?: boolean;
}

/** A probe is answered by then, with what is known: balancers have short time-outs. The storage's own limit is two seconds. */
const patienceMs = 50;

const known: Names<ReadinessOptions> = {
  storage: true,
  authsignal: true,
  log: true,
  draining: true,
  hasAnswered: true,
};

/** 200 when ready, else 503 with `Retry-After`. */
export interface ReadinessAnswer {
  readonly status: "ready" | "unavailable" | "draining";
  readonly checks: { readonly storage: "ok" | "unavailable"; readonly authsignal: AuthsignalState };
  /** With 503, as in a problem. */
  readonly code?: "upstream_unavailable";
}

/** Serves a `ReadinessAnswer`, for a GET of your own path such as `/readyz`, and logs the storage's failure once: `readiness.changed`, with the cause. */
export function createReadiness(options: ReadinessOptions): RequestHandler {
  refuseUnknown("createReadiness", options, known);
  const { storage, authsignal, log, draining, hasAnswered = false } = options;
  let wasOk = true;
  let isKnown = hasAnswered;

  async function checkStorage(): Promise<void> {
    const fault = await storage.ping().then(
      () => null,
      (error: unknown) => ({ error }),
    );
    const isOk = fault === null;
    if (isOk !== wasOk) {
      const cause = fault === null ? {} : { cause: describeError(fault.error) };
      log[isOk ? "info" : "error"]({
        event: "readiness.changed",
        storage: isOk ? "ok" : "unavailable",
        ...cause,
      });
    }
    wasOk = isOk;
    isKnown = true;
  }

  async function judge(): Promise<ReadinessAnswer> {
    const checked = checkStorage();
    await (isKnown ? Promise.race([checked, delay(patienceMs, undefined, { ref: false })]) : checked);
    const checks = { storage: wasOk ? "ok" : "unavailable", authsignal: authsignal.state() } as const;
    if (draining?.aborted === true) return { status: "draining", checks, code: "upstream_unavailable" };
    if (checks.storage === "ok") return { status: "ready", checks };
    return { status: "unavailable", checks, code: "upstream_unavailable" };
  }

  return async (_req, res) => {
    const answer = await judge();
    res.set("Cache-Control", "no-store");
    if (answer.status !== "ready") res.status(503).set("Retry-After", "5");
    res.json(answer);
  };
}
