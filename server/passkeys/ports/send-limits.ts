/** How many codes may be asked for and tried, and what one caller may have Authsignal do (requirements S12, S13, S16). */

export interface Limit {
  readonly points: number;
  readonly seconds: number;
}

export interface SendLimits {
  /** Codes from one network address. Over it: 429. Default 30 in 15 minutes. */
  readonly sendsPerIp: Limit;
  /** Codes from one network address to one e-mail address. Over it: 429. Default 5 in 15 minutes. */
  readonly sendsPerPair: Limit;
  /**
   * Codes to one e-mail address, from anywhere. Over it: the usual answer and no mail. Default 20 in 24 hours: with
   * 5 tries each, a hundred guesses at an account.
   */
  readonly sendsPerAddress: Limit;
  /** Codes in all: caps the bill and the damage of a botnet. Over it: 503. Default 1000 in an hour. */
  readonly sendsInAll: Limit;
  /** Wrong codes from one network address for one e-mail address, over all its codes. Over it: 429. Default 10 in 15 minutes. */
  readonly failuresPerPair: Limit;
  /** Wrong codes from one network address. Over it: 429. Default 50 in 15 minutes. */
  readonly failuresPerIp: Limit;
  /**
   * Result tokens refused from one network address without a session. Over it: 429. Each costs a call to Authsignal
   * and a row of the audit trail, so strangers must not have them for nothing. Default 300 in 15 minutes.
   */
  readonly refusalsPerIp: Limit;
  /** Result tokens of one signed-in person that were refused, from wherever. Over it: 429. Default 300 in 15 minutes. */
  readonly refusalsPerUser: Limit;
  /** Enrollments and step-ups that one person begins. Over it: 429. Default 60 in 15 minutes. */
  readonly beginsPerUser: Limit;
  /**
   * What else one signed-in person does that asks Authsignal: the list, a name, a deletion, a guarded route without a
   * proof. Over it: 429. Authsignal's patience is one for all. Default 600 in 15 minutes.
   */
  readonly callsPerUser: Limit;
}

/** Limits that count e-mail codes. */
export const codeLimits = [
  "sendsPerIp",
  "sendsPerPair",
  "sendsPerAddress",
  "sendsInAll",
  "failuresPerPair",
  "failuresPerIp",
] as const satisfies readonly (keyof SendLimits)[];
export type CodeLimit = (typeof codeLimits)[number];

const quarterHour = 15 * 60;

export const defaultLimits: SendLimits = {
  sendsPerIp: { points: 30, seconds: quarterHour },
  sendsPerPair: { points: 5, seconds: quarterHour },
  sendsPerAddress: { points: 20, seconds: 24 * 60 * 60 },
  sendsInAll: { points: 1000, seconds: 60 * 60 },
  failuresPerPair: { points: 10, seconds: quarterHour },
  failuresPerIp: { points: 50, seconds: quarterHour },
  refusalsPerIp: { points: 300, seconds: quarterHour },
  refusalsPerUser: { points: 300, seconds: quarterHour },
  beginsPerUser: { points: 60, seconds: quarterHour },
  callsPerUser: { points: 600, seconds: quarterHour },
};
