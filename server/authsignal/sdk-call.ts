/**
 * How every call to Authsignal is made: with a deadline, behind a breaker, never repeated, and with errors that
 * carry no secret.
 */
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
} from "cockatiel";
import { z } from "zod";
import { AppError } from "../http/errors.ts";
import { type AuthsignalState, Refusal } from "../passkeys/ports/authsignal.ts";

/** How long callers are refused after several outages in a row; then one call may try. */
const refusedMs = 5000;

/** Authsignal understood the call and said no (4xx). Copied out of the SDK's error, which carries the secret. */
export class RefusedCall extends Refusal {
  readonly statusCode: number;
  readonly errorCode: string;
  constructor(statusCode: number, errorCode: string) {
    // Where no caller knows better, a refusal means that the tenant is not set up for the call.
    super("upstream_unavailable", {
      detail: `Authsignal answered ${statusCode} ${errorCode}.`,
      extras: { retryAfter: 5 },
    });
    this.statusCode = statusCode;
    this.errorCode = errorCode;
  }
}

/**
 * Authsignal did not accept our API secret key, or says so: a forged token may be answered alike. So it does not
 * count as an outage, or whoever sends forged tokens would shut the door for everybody.
 */
class RefusedKey extends Refusal {
  constructor() {
    super("upstream_unavailable", {
      detail: "Authsignal refused our API secret key. Check it, and the region in AUTHSIGNAL_API_URL.",
      extras: { retryAfter: 5 },
    });
  }
}

export interface Caller {
  <Answer>(schema: z.ZodType<Answer>, send: () => Promise<unknown>): Promise<Answer>;
  readonly state: () => AuthsignalState;
}

/**
 * A deadline on every call, and a circuit breaker: after five outages in a row callers are answered at once
 * for five seconds, then one call may try, and until it is done the others are answered at once still: behind an
 * Authsignal that hangs they would all wait for its deadline. No call is ever repeated: a second POST sends a second mail.
 */
export function createCaller(deadlineMs: number): Caller {
  const deadline = timeout(deadlineMs, TimeoutStrategy.Aggressive);
  const breaker = circuitBreaker(
    handleWhen((error) => error instanceof AppError && isOutage(error)),
    { halfOpenAfter: refusedMs, breaker: new ConsecutiveBreaker(5) },
  );
  let openedAt = 0;
  breaker.onStateChange((state) => {
    if (state === CircuitState.Open) openedAt = Date.now();
  });
  const state = (): AuthsignalState => {
    if (breaker.state === CircuitState.Closed) return "ok";
    const isOver = breaker.state === CircuitState.Open && Date.now() - openedAt >= refusedMs;
    return isOver ? "unknown" : "unavailable";
  };
  const call = async <Answer>(schema: z.ZodType<Answer>, send: () => Promise<unknown>): Promise<Answer> => {
    if (breaker.state === CircuitState.HalfOpen) throw unavailable("Authsignal is being tried again.");
    try {
      return await breaker.execute(async () => {
        const parsed = schema.safeParse(await deadline.execute(send).catch(throwClean));
        if (parsed.success) return parsed.data;
        throw unavailable("Authsignal's answer could not be read.");
      });
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw unavailable("Authsignal failed several times in a row.");
      throw error;
    }
  };
  return Object.assign(call, { state });
}

/** A refusal is an answer; only silence and faults count. */
function isOutage(error: AppError): boolean {
  return error.code === "upstream_unavailable" && !(error instanceof Refusal);
}

/** The two members of the SDK's error that are safe and of use. */
const SdkError = z.object({ statusCode: z.number(), errorCode: z.string().default("unknown") });

/** Never lets the SDK's own error out: `axiosError` carries the API secret. */
function throwClean(error: unknown): never {
  // Our own fault, such as an id that Authsignal cannot take, is no outage of Authsignal's.
  if (error instanceof AppError) throw error;
  if (error instanceof TaskCancelledError) throw unavailable("Authsignal did not answer in time.");
  const known = SdkError.safeParse(error);
  if (!known.success) throw unavailable("The call to Authsignal failed.");
  const { statusCode, errorCode } = known.data;
  if (statusCode === 401 && errorCode === "unauthorized") throw new RefusedKey();
  if (statusCode === 429) throw new AppError("rate_limited", { extras: { retryAfter: 60 } });
  if (statusCode >= 400 && statusCode < 500) throw new RefusedCall(statusCode, errorCode);
  throw unavailable(`Authsignal failed with ${statusCode} ${errorCode}.`);
}

function unavailable(detail: string): AppError {
  return new AppError("upstream_unavailable", { detail, extras: { retryAfter: 5 } });
}
