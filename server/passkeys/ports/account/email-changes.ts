/** The port for what is kept of a change of address: the code under way, and the address that a link can bring back. */

/** A change that waits for the code which went to the new address. */
export interface EmailChange {
  readonly userId: string;
  /** The session that began it. No other can finish it. */
  readonly sessionId: string;
  readonly challengeId: string;
  /** The new address, as `normaliseEmail` returns it. */
  readonly email: string;
  readonly sentAt: Date;
  readonly expiresAt: Date;
}

/** The address that a user had before a change. Until `expiresAt` no other account gets it. */
export interface FormerAddress {
  /** Names the change. */
  readonly id: string;
  readonly userId: string;
  readonly email: string;
  readonly changedAt: Date;
  readonly expiresAt: Date;
}

export interface EmailChangeStore {
  /** Keeps what a user has begun, in the place of what the user had begun before. */
  keepEmailChange(change: EmailChange): Promise<void>;

  /** What the user has begun, also when its code has expired. */
  findEmailChange(userId: string): Promise<EmailChange | null>;

  /** Ends it, atomically: of parallel callers one gets true. False: it was finished, replaced or dropped. */
  takeEmailChange(userId: string, challengeId: string): Promise<boolean>;

  /** Drops what the user has begun. */
  dropEmailChange(userId: string): Promise<void>;

  /** Keeps the former address. The same id again changes nothing. */
  keepFormerAddress(former: FormerAddress): Promise<void>;

  /** By the id of the change, or null when there is none or it has expired. */
  findFormerAddress(id: string, now: Date): Promise<FormerAddress | null>;

  /** The user who had this address before a change and can take it back, or null. */
  formerOwner(email: string, now: Date): Promise<string | null>;

  /** The former addresses of the user that have not expired. */
  formerAddresses(userId: string, now: Date): Promise<readonly string[]>;

  /** Forgets the former addresses of the changes that the user has made at this time and later. */
  dropFormerAddresses(userId: string, since: Date): Promise<void>;
}
