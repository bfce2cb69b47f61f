/** The port for what is kept of a recovery: the announced wait after which codes alone open an account with a passkey. */

export interface Recovery {
  readonly beganAt: Date;
  /** The end of the waiting time. */
  readonly endsAt: Date;
  /** Whether its end has been told of. */
  readonly isEndTold: boolean;
  /** Set when the recovered account got a passkey: no other session is recovered since. */
  readonly usedBySession: string | null;
}

export interface RecoveryStore {
  /**
   * Begins a recovery of the user, in the place of one that has expired or was used, unless there is another. Must be an
   * atomic insert-if-absent: of parallel callers one is answered `isNew: true`, and all are answered the same recovery.
   * @param times `expiresAt` is when it is forgotten, ended or not
   */
  beginRecovery(
    userId: string,
    times: { readonly beganAt: Date; readonly endsAt: Date; readonly expiresAt: Date },
  ): Promise<{ readonly recovery: Recovery; readonly isNew: boolean }>;

  /** The user's recovery, also after its end, or null when there is none or it has expired. */
  findRecovery(userId: string, now: Date): Promise<Recovery | null>;

  /** Notes that the end is told of, if it has come. Of parallel callers one gets true, and none of a cancelled one. */
  noteRecoveryEnd(userId: string, now: Date): Promise<boolean>;

  /** Binds an ended recovery to the session that used it, once. */
  useRecovery(userId: string, sessionId: string): Promise<void>;

  /** Forgets the recovery, before or after its end. Of parallel callers one gets true. */
  cancelRecovery(userId: string): Promise<boolean>;
}
