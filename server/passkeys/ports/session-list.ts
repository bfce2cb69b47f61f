/** The sessions of a user, which they and the host can see and end. */

export interface ListedSession {
  /** `SignedIn.id`. */
  readonly id: string;
  /** In words: `Firefox`. Null: not recognised. */
  readonly browser: string | null;
  /** In words: `Windows`. Null: not recognised. */
  readonly system: string | null;
  /** Roughly where, in the host's words. Null: the host does not say. */
  readonly place: string | null;
  /** How the person signed in, or proved it again last. */
  readonly method: string;
  readonly startedAt: Date;
  /** To the minute. */
  readonly lastSeenAt: Date;
}

/** What an ended session must never do again: `current` answers null for it, also for requests that are under way. */
export interface SessionList {
  /** The sessions that have not ended, in any order. */
  list(userId: string): Promise<readonly ListedSession[]>;
  /** Ends one. False: the user has no such session (any more). */
  end(userId: string, sessionId: string): Promise<boolean>;
  /** Ends all, or all but one. @returns how many it ended */
  endAll(userId: string, except?: string): Promise<number>;
}

/** What `createCookieSessions` and `createBearerSessions` keep of each session: `storage.sessionIndex`. */
export interface SessionIndex {
  /** Adds a session that begins. */
  add(session: IndexedSession): Promise<void>;
  /**
   * Notes that it was seen. False: it is not there, so it was ended. Writes at most once a minute, and for a new method.
   */
  see(seen: Pick<IndexedSession, "id" | "method" | "place" | "lastSeenAt">): Promise<boolean>;
  /** All that end after `now`. */
  list(userId: string, now: Date): Promise<readonly ListedSession[]>;
  /** Removes one, with a user only if it is theirs. @returns whether it was there */
  remove(sessionId: string, userId?: string): Promise<boolean>;
  /** Removes all, or all but one. @returns how many were there */
  removeAll(userId: string, except?: string): Promise<number>;
}

export interface IndexedSession extends ListedSession {
  readonly userId: string;
  /** The absolute end. */
  readonly endsAt: Date;
}
