/**
 * Runs every call to Authsignal with a deadline and a circuit breaker, without retries, and with errors that contain no
 * secret.
 */
import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from "cockatiel";
import { z } from "zod";
import { AppError } from "../http/errors.ts";
import { LateRequest, requireTime, timeLeft } from "../http/request-deadline.ts";
import { inSpan } from "../http/tracing.ts";
import { within } from "../http/within.ts";
import { type AuthsignalState, Refusal, Unanswered } from "../passkeys/ports/authsignal.ts";
import { isLoopback } from "../relying-party/addresses.ts";
import { proxyHint } from "./proxy-variables.ts";

/** How long the open breaker refuses calls before it lets one through. */
const refusedMs = 5000;

/** A 4xx of Authsignal. Copied from the SDK's error, which contains the secret. */
export class RefusedCall extends Refusal {
  /** The status of Authsignal. */
  readonly answered: number;
  readonly errorCode: string;
  constructor(statusCode: number, errorCode: string) {
    // The answer when the caller handles no 4xx: usually the tenant is not set up for the call.
    super("upstream_unavailable", {
      detail: `Authsignal answered ${statusCode} ${errorCode}.`,
      extras: { retryAfter: 5 },
    });
    this.answered = statusCode;
    this.errorCode = errorCode;
  }
}

/**
 * Authsignal's 401 for our API secret key. It may answer a forged token in the same way, so it must not open the breaker:
 * otherwise forged tokens would block all sign-ins.
 */
class RefusedKey extends Refusal {
  constructor() {
    super("upstream_unavailable", {
      detail: "Authsignal refused our API secret key. Check it, and the region in AUTHSIGNAL_API_URL.",
      extras: { retryAfter: 5 },
    });
  }
}

/** One call, for metrics. */
export interface AuthsignalCall {
  /** The SDK's name of it, such as `validateChallenge`. */
  readonly operation: string;
  /**
   * `refused`: Authsignal answered with a 4xx, which may be about the person. `late`: the request had no time left for it.
   * `not_called`: the circuit breaker is open.
   */
  readonly outcome: "ok" | "refused" | "rate_limited" | "unavailable" | "late" | "not_called";
  readonly seconds: number;
}

export interface CallerOptions {
  /** Of each call. */
  readonly deadlineMs: number;
  /** Where the calls go, for the words of an error. */
  readonly apiUrl: string;
  /** Told of every call when it is over. It must not throw. */
  readonly onCall: (call: AuthsignalCall) => void;
  /** Whether a connection waits for DNS, for the words of a call that is late. */
  readonly isLookingUp: () => boolean;
}

export interface Caller {
  <Answer>(operation: string, schema: z.ZodType<Answer>, send: () => Promise<unknown>): Promise<Answer>;
  readonly state: () => AuthsignalState;
}

/**
 * A call may take `deadlineMs`, or what is left of its request's time if that is less. Five outages in a row open the breaker: for five seconds calls fail at once. Then one call tries Authsignal, and the
 * others keep failing at once until it is done, instead of all waiting for the deadline. No call is repeated: a second
 * POST would send a second mail.
 */
export function createCaller({ deadlineMs, apiUrl, onCall, isLookingUp }: CallerOptions): Caller {
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
  const send = async <Answer>(schema: z.ZodType<Answer>, work: () => Promise<unknown>): Promise<Answer> => {
    if (breaker.state === CircuitState.HalfOpen) throw new NotCalled("Authsignal is being tried again.");
    requireTime("Authsignal");
    try {
      return await breaker.execute(async () => {
        const left = timeLeft();
        // The breaker takes an error that is no outage for a success, which would end the trial of a frozen Authsignal.
        const isTrial = breaker.state === CircuitState.HalfOpen;
        const answer = await within(
          Math.min(deadlineMs, left),
          work(),
          () => new LateAnswer(isLookingUp()),
        ).catch((error) => {
          if (error instanceof LateAnswer && left < deadlineMs && !isTrial) throw new LateCall();
          throwClean(error, apiUrl);
        });
        const parsed = schema.safeParse(answer);
        if (parsed.success) return parsed.data;
        throw unanswered("Authsignal's answer could not be read.", apiUrl);
      });
    } catch (error) {
      if (error instanceof BrokenCircuitError)
        throw new NotCalled("Authsignal failed several times in a row.");
      throw error;
    }
  };
  const span = { kind: "client", attributes: { "server.address": new URL(apiUrl).hostname } } as const;
  const call = async <Answer>(
    operation: string,
    schema: z.ZodType<Answer>,
    work: () => Promise<unknown>,
  ): Promise<Answer> => {
    const before = performance.now();
    const over = (outcome: AuthsignalCall["outcome"]): void =>
      onCall({ operation, outcome, seconds: (performance.now() - before) / 1000 });
    try {
      const answer = await inSpan({ ...span, name: `authsignal ${operation}` }, () => send(schema, work));
      over("ok");
      return answer;
    } catch (error) {
      over(outcomeOf(error));
      throw error;
    }
  };
  return Object.assign(call, { state });
}

/** The call has taken longer than it may. */
class LateAnswer extends Error {
  constructor(isLookingUp: boolean) {
    super(
      `Authsignal did not answer in time${isLookingUp ? ", and DNS has not answered for its name" : ""}.`,
    );
  }
}

/** The request's time is over while a call is under way: that may have arrived, and says nothing about Authsignal. */
class LateCall extends Unanswered {
  constructor() {
    const detail = "The request took too long; the last wait was for Authsignal.";
    super("upstream_unavailable", { detail, extras: { retryAfter: 5 } });
  }
}

/** The breaker is open: Authsignal was not asked. */
class NotCalled extends AppError {
  constructor(detail: string) {
    super("upstream_unavailable", { detail, extras: { retryAfter: 5 } });
  }
}

function outcomeOf(error: unknown): AuthsignalCall["outcome"] {
  if (error instanceof Refusal) return "refused";
  if (error instanceof LateCall || error instanceof LateRequest) return "late";
  if (error instanceof NotCalled) return "not_called";
  return error instanceof AppError && error.code === "rate_limited" ? "rate_limited" : "unavailable";
}

/** A refusal is not an outage, because Authsignal has answered; nor is a request that had no time left for the call. */
function isOutage(error: AppError): boolean {
  const isOwnFault = error instanceof Refusal || error instanceof LateCall;
  return error.code === "upstream_unavailable" && !isOwnFault;
}

/** The safe members of the SDK's error. */
const SdkError = z.object({ statusCode: z.number(), errorCode: z.string().default("unknown") });

/** The SDK keeps only the message of a fault on the line, as the description of a 500 that no server answered. */
const NetworkFault = z.object({
  statusCode: z.literal(500),
  errorCode: z.literal("unexpected_error"),
  axiosError: z.undefined().optional(),
  errorDescription: z.string().default(""),
});

/** Copies a code out of the message, and never the message itself. @returns null when it names no fault of the line */
export function codeOfFault(message: string): string | null {
  const code = /\b(?:E[A-Z]{2,}(?:_[A-Z]+)*|ERR_[A-Z_]+)\b/.exec(message)?.[0];
  if (code !== undefined) return code;
  if (/certificate|altnames|\b(?:SSL|TLS)\b/i.test(message)) return "a TLS error";
  return /socket hang up/i.test(message) ? "ECONNRESET" : null;
}

/** Replaces the SDK's error, whose `axiosError` contains the API secret. */
function throwClean(error: unknown, apiUrl: string): never {
  // Our own fault, such as an id that Authsignal cannot take, is no outage of Authsignal's.
  if (error instanceof AppError) throw error;
  if (error instanceof LateAnswer) throw unanswered(error.message, apiUrl);
  const fault = NetworkFault.safeParse(error);
  const code = fault.success ? codeOfFault(fault.data.errorDescription) : null;
  if (code !== null) {
    const detail = `${new URL(apiUrl).host} could not be reached: ${code}.`;
    throw faultsOfOpenLine.has(code) ? unanswered(detail, apiUrl) : faultOfLine(detail, apiUrl);
  }
  const known = SdkError.safeParse(error);
  if (!known.success) throw faultOfLine("The call to Authsignal failed.", apiUrl);
  const { statusCode, errorCode } = known.data;
  if (statusCode === 401 && errorCode === "unauthorized") throw new RefusedKey();
  if (statusCode === 429) throw new AppError("rate_limited", { extras: { retryAfter: 60 } });
  // A proxy's answer, which is no verdict of Authsignal.
  if (statusCode === 407) throw faultOfLine("A proxy in front of Authsignal asks for a password.", apiUrl);
  if (statusCode >= 400 && statusCode < 500) throw new RefusedCall(statusCode, errorCode);
  throw faultOfLine(`Authsignal failed with ${statusCode} ${errorCode}.`, apiUrl);
}

/** Faults of a connection that was there: the call may have arrived before. */
const faultsOfOpenLine: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT"]);

function unanswered(detail: string, apiUrl: string): AppError {
  const { message, extras } = faultOfLine(detail, apiUrl);
  return new Unanswered("upstream_unavailable", { detail: message, extras });
}

/** An outage that a proxy on the way may have caused: the log then says that a proxy variable is set. */
function faultOfLine(detail: string, apiUrl: string): AppError {
  const isDirect = isLoopback(new URL(apiUrl).hostname);
  return unavailable(isDirect ? detail : `${detail}${proxyHint(apiUrl)}`);
}

function unavailable(detail: string): AppError {
  return new AppError("upstream_unavailable", { detail, extras: { retryAfter: 5 } });
}
