/** The port for what the flows must remember between requests and between app instances. */
export interface FlowStore {
  /**
   * Accepts an identity once, until `expiresAt`. Must be an atomic insert-if-absent: of ten parallel callers
   * with the same identity exactly one gets true.
   */
  consumeToken(identity: string, expiresAt: Date): Promise<boolean>;

  /** Counts a try against a challenge, atomically, and answers how many there have been, this one included. */
  countOtpAttempt(challengeId: string, expiresAt: Date): Promise<number>;
}
