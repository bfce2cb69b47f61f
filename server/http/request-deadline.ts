/**
 * Bounds a request as a whole: its calls to Authsignal, its queries and its waits for a connection share one deadline.
 * The deadline is in the request's asynchronous context, so that no function has to pass it on.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { RequestHandler } from "express";
import { AppError } from "./errors.ts";
import { within } from "./within.ts";

/** Milliseconds. Shorter than the pages wait (client/http/api.ts), so that they get the 503 and not a time-out. */
export const defaultRequestMs = 10_000;

interface Deadline {
  /** In the time of `performance.now()`. */
  readonly at: number;
  readonly milliseconds: number;
}

const deadlines = new AsyncLocalStorage<Deadline | undefined>();

/**
 * How much later the whole request is given up than the wait in it: the log names that wait, and an answer that can do
 * without what it waited for still has time for its writes.
 */
const laterMs = 250;

/** The request's time is over. The service that it waited for last may be well, so this is not an outage of that service. */
export class LateRequest extends AppError {
  constructor(waitedFor: string) {
    const { milliseconds = 0 } = deadlines.getStore() ?? {};
    super("upstream_unavailable", {
      detail: `The request took longer than ${milliseconds} ms; the last wait was for ${waitedFor}.`,
      extras: { retryAfter: 5 },
    });
  }
}

/** Gives every request a deadline, in milliseconds from now. Inside another deadline the earlier one holds. */
export function boundRequests(milliseconds: number): RequestHandler {
  return (_req, _res, next) => underDeadline(milliseconds, next);
}

/** For a guard: its own calls have a deadline, and the handlers behind it none. */
export function workInTime<Value>(milliseconds: number, work: () => Promise<Value>): Promise<Value> {
  return underDeadline(milliseconds, () => answerInTime(work()));
}

function underDeadline<Value>(milliseconds: number, run: () => Value): Value {
  const deadline = { at: performance.now() + milliseconds, milliseconds };
  const outer = deadlines.getStore();
  return outer !== undefined && outer.at <= deadline.at ? run() : deadlines.run(deadline, run);
}

/** @returns milliseconds until the deadline of this request, 0 after it, Infinity outside of requests */
export function timeLeft(): number {
  const { at } = deadlines.getStore() ?? {};
  return at === undefined ? Number.POSITIVE_INFINITY : Math.max(0, at - performance.now());
}

/** @throws LateRequest when the time is over, so that nothing more is begun */
export function requireTime(waitedFor: string): void {
  if (timeLeft() === 0) throw new LateRequest(waitedFor);
}

/**
 * Settles as the work does, or rejects at the request's deadline. The work goes on until its next wait, which is refused.
 * @param onLate takes what the work yields after the deadline, such as a connection that has to be given back
 * @throws LateRequest
 */
export async function withinRequest<Value>(
  waitedFor: string,
  work: Promise<Value>,
  onLate: (value: Value) => void = () => {},
): Promise<Value> {
  const left = timeLeft();
  if (left === Number.POSITIVE_INFINITY) return work;
  return within(left, work, () => new LateRequest(waitedFor), onLate);
}

/** The whole answer to a request: also what waits for something that knows no deadline, such as a port of the host. */
export async function answerInTime<Value>(work: Promise<Value>): Promise<Value> {
  const { at, milliseconds } = deadlines.getStore() ?? { at: undefined, milliseconds: 0 };
  if (at === undefined) return work;
  return deadlines.run({ at: at + laterMs, milliseconds }, () => withinRequest("the whole answer", work));
}

/** Runs what must be done although the request's time may be over, and what other requests share. */
export function beyondRequest<Value>(work: () => Value): Value {
  return deadlines.run(undefined, work);
}
