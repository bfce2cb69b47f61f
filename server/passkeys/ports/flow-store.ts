/** The port for what the flows must remember between requests and between app instances. */
import type { EmailChangeStore } from "./account/email-changes.ts";
import type { RecoveryStore } from "./recoveries.ts";

/**
 * The methods of `RecoveryStore` are needed with `afterCode: "limited"` alone, those of `EmailChangeStore` with
 * `users.changeEmail`.
 */
export interface FlowStore extends Partial<RecoveryStore>, Partial<EmailChangeStore> {
  /**
   * Accepts an identity once, until `expiresAt`. Must be an atomic insert-if-absent: of ten parallel callers
   * with the same identity exactly one gets true.
   */
  consumeToken(identity: string, expiresAt: Date): Promise<boolean>;

  /** Takes `consumeToken` back, for a sign-in that failed after it: the identity can be accepted again. */
  releaseToken(identity: string): Promise<void>;

  /** Counts a try against a challenge, atomically, and answers how many there have been, this one included. */
  countOtpAttempt(challengeId: string, expiresAt: Date): Promise<number>;

  /**
   * Remembers that Authsignal has accepted a code of this challenge and named this address, for as long as the tries are
   * counted. Authsignal accepts a code once: if the sign-in fails after that, the same code finishes it later. Null forgets
   * it, once the sign-in has succeeded.
   */
  keepAcceptedCode(challengeId: string, accepted: AcceptedCode | null): Promise<void>;

  /** @returns the address for which `keepAcceptedCode` was told of this code of the challenge, else null */
  acceptedAddress(challengeId: string, codeHash: string): Promise<string | null>;

  /** Remembers that a session began an action, until `expiresAt`. */
  keepBegun(begun: Begun, expiresAt: Date): Promise<void>;

  /** Ends what was begun: answers it once if it was begun in this session and is not too old, else null. */
  takeBegun(idempotencyKey: string, sessionId: string, now: Date): Promise<Begun | null>;

  /** Gives a session of the user the right to do one operation once, until `expiresAt`. */
  keepGrant(grant: Grant & { readonly userId: string }, expiresAt: Date): Promise<void>;

  /** Uses a grant up, atomically: of two parallel callers one gets true. */
  takeGrant(grant: Grant, now: Date): Promise<boolean>;

  /** Takes all grants of all sessions of the user back. */
  dropGrants(userId: string): Promise<void>;

  /** The names that the user gave to passkeys, by passkey id. */
  passkeyNames(userId: string): Promise<ReadonlyMap<string, string>>;

  /** Keeps a name; null forgets it. */
  keepPasskeyName(userId: string, passkeyId: string, name: string | null): Promise<void>;

  /**
   * Remembers these authenticators of the user, and answers those that were not remembered before. Must be an atomic
   * insert-if-absent for each: of parallel callers one is answered it.
   */
  noteAuthenticators(userId: string, ids: readonly string[]): Promise<ReadonlySet<string>>;

  /**
   * Remembers the passkey as one that the finish of an enrollment has taken as its own, atomically, whether it was
   * noted before or not: of parallel callers one gets true, and later ones get false.
   */
  claimPasskey(userId: string, passkeyId: string): Promise<boolean>;

  /** The user's passkeys that were claimed. */
  claimedPasskeys(userId: string): Promise<ReadonlySet<string>>;

  /** Forgets a passkey that is gone, noted or claimed. */
  forgetPasskey(userId: string, passkeyId: string): Promise<void>;

  /** Forgets all that is kept of the user: names, authenticators, answers, grants, recoveries and changes of address. */
  forgetUser(userId: string): Promise<void>;

  /** What the account has answered to the offer of a passkey, or null when it was never asked. */
  offerAnswer(userId: string): Promise<OfferAnswer | null>;

  /** Keeps the answer; null forgets it. */
  keepOfferAnswer(userId: string, answer: OfferAnswer | null): Promise<void>;
}

export interface Begun {
  readonly idempotencyKey: string;
  readonly sessionId: string;
  readonly action: string;
  /** Fingerprint of what exactly is confirmed; empty for the bare action. */
  readonly operation: string;
  /** The passkeys that the user had at the time. */
  readonly passkeyIds: readonly string[];
}

export type Grant = Pick<Begun, "sessionId" | "action" | "operation">;

export interface OfferAnswer {
  /** How often the answer was "not now". */
  readonly declined: number;
  readonly never: boolean;
  readonly answeredAt: Date;
}

export interface AcceptedCode {
  /** SHA-256 over challenge and code. */
  readonly codeHash: string;
  readonly email: string;
}
