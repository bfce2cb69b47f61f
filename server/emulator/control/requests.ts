/** What callers of the control plane ask for. */
import type { CompletionWishes } from "../api/prebuilt/complete-challenge.ts";

export interface MessageQuery {
  /** The exact address: "a@example.com" never finds "ba@example.com". */
  readonly to?: string | undefined;
  /** Only messages sent after the one with this id. */
  readonly after?: string | undefined;
  readonly tenantId?: string | undefined;
}

export interface CompletionRequest extends CompletionWishes {
  /** Track's `token`, or its `url`. */
  readonly token?: string | undefined;
  readonly url?: string | undefined;
}

export interface ResetScope {
  readonly tenantId?: string | undefined;
  /** Only this user and all records of that user. */
  readonly userId?: string | undefined;
}

export interface FixedCodeRequest {
  readonly to: string;
  /** As many digits as the tenant's `codeLength`, by default six. */
  readonly code: string;
  /** ISO 8601; default: until reset. */
  readonly validUntil?: string | undefined;
  readonly tenantId?: string | undefined;
}

/** Which requests fail, how, and how often. */
export interface FaultRule {
  /** Only requests of this tenant. Default: of every tenant. */
  readonly tenantId?: string | undefined;
  /** Default: any method. */
  readonly method?: string | undefined;
  /** Path with `*` for any run of characters, e.g. `/v1/users/*`. Default: any path. */
  readonly path?: string | undefined;
  /** Number of requests that fail. Default 1; with a probability, unlimited. */
  readonly count?: number | undefined;
  /** Probability, from 0 to 1, that a matching request fails. Repeatable with the option `seed`. */
  readonly probability?: number | undefined;
  /** Milliseconds of real time before anything happens. */
  readonly latency?: number | undefined;
  /** Answers this status instead of performing the operation. */
  readonly status?: number | undefined;
  readonly errorCode?: string | undefined;
  /** Seconds, sent as `Retry-After` with `status`. */
  readonly retryAfter?: number | undefined;
  /** Drops the connection: before the operation is performed, or after it took effect. */
  readonly drop?: "before" | "after" | undefined;
  /** Performs the operation and answers JSON that breaks off in the middle. */
  readonly malformed?: boolean | undefined;
}

export interface JournalFilter {
  readonly tenantId?: string | undefined;
  readonly userId?: string | undefined;
  readonly operation?: string | undefined;
  /** Only errors and requests with notes. */
  readonly refused?: boolean | undefined;
  /** Only requests that matched no operation: a test that expects none finds misspelt paths. */
  readonly unmatched?: boolean | undefined;
}
