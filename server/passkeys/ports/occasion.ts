/** Says of an event in which session and browser it happened, and by which code, without every flow passing that on. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Request } from "express";
import { sha256 } from "../../http/hash.ts";
import { nameAgent } from "../../http/headers/user-agent.ts";

const requests = new AsyncLocalStorage<Request>();
const sessionIds = new WeakMap<Request, string>();
const challengeIds = new WeakMap<Request, string>();

/** What is done in `run`, and after its awaits, belongs to this request. */
export function withinRequest<Value>(req: Request, run: () => Value): Value {
  return requests.run(req, run);
}

/**
 * For a session port: names the session that a request has now, so that its events do. Call it in `start`, with
 * `SignedIn.id`. What `current` answers is named by itself.
 */
export function nameSession(req: Request, sessionId: string): void {
  sessionIds.set(req, sessionId);
}

/** Names the code that a request is about, so that its events do: from its sending to the sign-in, on any instance. */
export function nameChallenge(req: Request, challengeId: string): void {
  challengeIds.set(req, challengeId);
}

export interface Occasion {
  /** A hash of `SignedIn.id`. Missing: there is no session, or its port does not name it. */
  readonly session?: string;
  /** A hash that all events of one code share. Missing: the request is about none. */
  readonly challenge?: string;
  /** In words, as for sessions. Missing: not recognised, or not done by a request. */
  readonly browser?: string;
  readonly system?: string;
}

/** Of the request that this runs for; empty outside of one. */
export function occasion(): Occasion {
  const req = requests.getStore();
  if (req === undefined) return {};
  const sessionId = sessionIds.get(req);
  const challengeId = challengeIds.get(req);
  const { browser, system } = nameAgent(req.get("user-agent"));
  return {
    ...(sessionId !== undefined && { session: sessionHash(sessionId) }),
    ...(challengeId !== undefined && { challenge: sha256(`challenge ${challengeId}`) }),
    ...(browser !== null && { browser }),
    ...(system !== null && { system }),
  };
}

/** By which the audit trail names a session. */
export function sessionHash(sessionId: string): string {
  return sha256(`session ${sessionId}`);
}
