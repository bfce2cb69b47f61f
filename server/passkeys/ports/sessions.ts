/** The port through which the flows see the host's sessions: cookies here, anything else in a host's own app. */
import type { Request, Response } from "express";
import type { SessionList } from "./session-list.ts";

/**
 * How a person proved who they are. The router starts sessions by `passkey` and `email-otp`; a host's own sign-in uses
 * names of its own, such as `password` or `sso`: 1 to 32 of a-z, 0-9, `_` and `-`, beginning with a letter or a digit.
 */
export type AuthenticationMethod = "passkey" | "email-otp" | (string & {});

/** How much a session may do: see the option `afterCode`. */
export type Assurance = "full" | "limited";

export interface SignedIn {
  /** Names this session for as long as it lives, through every rotation of its credential. Not a secret. */
  readonly id: string;
  readonly userId: string;
  readonly method: AuthenticationMethod;
  /** When the proof was given. Not when a token was issued: a token that is issued again carries the old time. */
  readonly authenticatedAt: Date;
  /** What `start` or a later `renew` was given. Default `full`: the host's own sign-in starts sessions without it. */
  readonly assurance?: Assurance;
}

/** What the router signs in. */
export type NewSession = Pick<SignedIn, "userId" | "method" | "assurance">;

/** The code that this browser has asked for. */
export interface PendingOtp {
  readonly challengeId: string;
  readonly email: string;
  readonly sentAt: Date;
  readonly expiresAt: Date;
}

/** All of the port that a host with `emailCodes: false` needs. */
export interface SessionPortWithoutCodes {
  /**
   * False when browsers never attach the credential by themselves, as with a bearer token: then no other site can
   * make a request in a person's name, and pages of `origins` are let in from any site. Default true.
   */
  readonly isAmbient?: boolean;

  /** Seconds without a request after which a session ends: a page then warns before. Default: pages do not warn. */
  readonly idleSeconds?: number;

  /**
   * The session of a signed-in user, or null for a visitor. Also for sessions that the host's own sign-in has started: a
   * recent one counts as a fresh proof, by the option `reauthenticationMethods`.
   */
  current(req: Request): Promise<SignedIn | null>;

  /** Signs in. Must give the browser a *new* session and end the old one; nothing is carried over. */
  start(req: Request, res: Response, session: NewSession): Promise<void>;

  /**
   * Marks the current session as freshly authenticated, and gives the browser a new credential for it. The
   * session keeps its id and its absolute end: confirming again and again does not keep a person signed in for ever.
   * Takes the proof's `assurance`, and without one keeps what the session has.
   * @throws AppError not_authenticated when the session was ended while the proof was under way
   */
  renew(req: Request, res: Response, proof: Pick<SignedIn, "method" | "assurance">): Promise<void>;

  /**
   * True when `current` answers the `assurance` that `start` and `renew` were given. The option `afterCode: "limited"` needs
   * it. Default false.
   */
  readonly carriesAssurance?: boolean;

  /**
   * The sessions of a user, to see and to end. Default: the routes `/sessions` are absent, and the host cannot end sessions
   * through this package.
   */
  readonly sessionList?: SessionList;

  /** Signs out: the server's state is gone, the browser's credential cleared. */
  end(req: Request, res: Response): Promise<void>;
}

export interface SessionPort extends SessionPortWithoutCodes {
  /** The code this browser asked for, or null. Never readable by another browser. */
  pendingOtp(req: Request): Promise<PendingOtp | null>;

  /**
   * Keeps (or, with null, forgets) the code this browser asked for. Durable when it resolves. Gives a visitor no session: this
   * answer may come after that of a sign-in in another tab.
   */
  keepPendingOtp(req: Request, res: Response, pending: PendingOtp | null): Promise<void>;
}
