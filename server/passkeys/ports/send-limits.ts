/**
 * How many codes may be asked for and tried, and what one caller may have Authsignal do (requirements S12, S13, S16).
 * A network address is an IPv4 address or an IPv6 network of `ipv6Prefix` bits. An e-mail address counts with all its
 * tags: `jane+a@example.com` is `jane@example.com`. What counts by user counts limited sessions apart from the others, and one
 * session may spend 80 % of it: who has taken one over cannot stop its owner in another.
 */
import type { Names } from "../../http/options/known-options.ts";

export interface Limit {
  readonly points: number;
  readonly seconds: number;
}

/** The members of a limit. */
export const knownInLimit: Names<Limit> = { points: true, seconds: true };

export interface SendLimits {
  /** Codes from one network address. Over it: 429. Default 100 in 15 minutes: colleagues share an address. */
  readonly sendsPerIp: Limit;
  /** Codes from one network address to one e-mail address. Over it: 429. Default 5 in 15 minutes. */
  readonly sendsPerPair: Limit;
  /**
   * Codes to one e-mail address from one stranger: a network address and browser that have completed no code for it in
   * the last 30 days. Over it: 429. Default 8 in 24 hours, half of the strangers' share of `sendsPerAddress`.
   */
  readonly strangerSendsPerPair: Limit;
  /**
   * Codes to one e-mail address, from anywhere. Over it: the usual answer and no mail. Default 20 in 24 hours: with
   * 5 tries each, a hundred guesses at an account. Strangers may spend 80 % of it.
   */
  readonly sendsPerAddress: Limit;
  /**
   * Codes in all: caps the bill and the damage of a botnet. Over it: 503. Default 1000 in an hour. Strangers may spend
   * 80 % of it.
   */
  readonly sendsInAll: Limit;
  /**
   * Requests for codes that get the usual answer and no mail, in all. Over it they are neither recorded nor told to
   * Authsignal. Default 300 in an hour.
   */
  readonly withheldInAll: Limit;
  /** Wrong codes from one network address for one e-mail address, over all its codes. Over it: 429. Default 10 in 15 minutes. */
  readonly failuresPerPair: Limit;
  /**
   * Wrong codes from one network address. Over it each code has two tries instead of five, and the third is 429: the
   * wrong codes of others refuse no right one. Default 50 in 15 minutes.
   */
  readonly failuresPerIp: Limit;
  /** Codes for a change of address that one account asks for. Over it: 429. Default 5 in 24 hours. */
  readonly emailChangesPerUser: Limit;
  /**
   * Result tokens refused from one network address without a session. Over it: 429. Each costs a call to Authsignal
   * and a row of the audit trail. Default 300 in 15 minutes.
   */
  readonly refusalsPerIp: Limit;
  /** Result tokens of one signed-in person that were refused, from wherever. Over it: 429. Default 300 in 15 minutes. */
  readonly refusalsPerUser: Limit;
  /** Enrollments and step-ups that one person begins. Over it: 429. Default 60 in 15 minutes. */
  readonly beginsPerUser: Limit;
  /** Reports of ceremonies from one network address. Over it: 429. Default 120 in 15 minutes. */
  readonly reportsPerIp: Limit;
  /**
   * What else one signed-in person does that asks Authsignal: the list, a name, a deletion, a guarded route without a
   * proof. Over it: 429. Authsignal's own rate limit is shared by all users. Default 600 in 15 minutes.
   */
  readonly callsPerUser: Limit;
}

/** Limits that count e-mail codes. */
export const codeLimits = [
  "sendsPerIp",
  "sendsPerPair",
  "strangerSendsPerPair",
  "sendsPerAddress",
  "sendsInAll",
  "withheldInAll",
  "failuresPerPair",
  "failuresPerIp",
  "emailChangesPerUser",
] as const satisfies readonly (keyof SendLimits)[];
export type CodeLimit = (typeof codeLimits)[number];

const quarterHour = 15 * 60;

export const defaultLimits: SendLimits = {
  sendsPerIp: { points: 100, seconds: quarterHour },
  sendsPerPair: { points: 5, seconds: quarterHour },
  strangerSendsPerPair: { points: 8, seconds: 24 * 60 * 60 },
  sendsPerAddress: { points: 20, seconds: 24 * 60 * 60 },
  sendsInAll: { points: 1000, seconds: 60 * 60 },
  withheldInAll: { points: 300, seconds: 60 * 60 },
  failuresPerPair: { points: 10, seconds: quarterHour },
  failuresPerIp: { points: 50, seconds: quarterHour },
  emailChangesPerUser: { points: 5, seconds: 24 * 60 * 60 },
  refusalsPerIp: { points: 300, seconds: quarterHour },
  refusalsPerUser: { points: 300, seconds: quarterHour },
  beginsPerUser: { points: 60, seconds: quarterHour },
  reportsPerIp: { points: 120, seconds: quarterHour },
  callsPerUser: { points: 600, seconds: quarterHour },
};
