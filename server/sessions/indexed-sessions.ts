/** Keeps the index of sessions, for cookie, bearer and JWT sessions alike: a session that is not in it has ended. */
import type { Request } from "express";
import { nameAgent } from "../http/headers/user-agent.ts";
import type { SessionIndex, SessionList } from "../passkeys/ports/session-list.ts";
import type { SignedInData } from "./stored-session.ts";

export interface IndexOptions {
  /** `storage.sessionIndex`: people and the host can then see and end sessions. Default: they cannot. */
  readonly index?: SessionIndex;
  /** Roughly where a request comes from, in words for its owner, such as a city. Default: nothing is said. */
  readonly placeOf?: (req: Request) => string | null;
}

export interface IndexedSessions {
  /** Before the session begins: one that is not in the index would have ended. */
  add(req: Request, signedIn: Pick<SignedInData, "id" | "userId" | "method" | "startedAt">): Promise<void>;
  /** Whether the session has not been ended; notes that it was seen. */
  isAlive(req: Request, signedIn: Pick<SignedInData, "id" | "method">): Promise<boolean>;
  end(sessionId: string): Promise<void>;
  /** For the session port. */
  readonly list: SessionList;
}

interface Limits {
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly now: () => Date;
}

export function indexSessions(
  { index, placeOf }: IndexOptions,
  { idleMs, absoluteMs, now }: Limits,
): IndexedSessions | null {
  if (index === undefined) return null;
  const place = (req: Request) => placeOf?.(req)?.slice(0, 128) ?? null;
  const isIdle = (lastSeenAt: Date) => lastSeenAt.getTime() + idleMs <= now().getTime();
  return {
    async add(req, { id, userId, method, startedAt }) {
      const started = new Date(startedAt);
      await index.add({
        id,
        userId,
        method,
        ...nameAgent(req.get("user-agent")),
        place: place(req),
        startedAt: started,
        lastSeenAt: started,
        endsAt: new Date(started.getTime() + absoluteMs),
      });
    },
    isAlive: (req, { id, method }) => index.see({ id, method, place: place(req), lastSeenAt: now() }),
    async end(sessionId) {
      await index.remove(sessionId);
    },
    list: {
      async list(userId) {
        return (await index.list(userId, now())).filter(({ lastSeenAt }) => !isIdle(lastSeenAt));
      },
      end: (userId, sessionId) => index.remove(sessionId, userId),
      endAll: (userId, except) => index.removeAll(userId, except),
    },
  };
}
