/** The port that recognises a browser in which an account has made or used a passkey before. */
import type { Request, Response } from "express";

export interface KnownBrowsers {
  knows(req: Request, userId: string): Promise<boolean>;
  remember(req: Request, res: Response, userId: string): Promise<void>;
  /**
   * The same for the mailbox whose code was typed in this browser, by a hash of it. A share of the codes for an address
   * is kept for such browsers. Default: only the network address is recognised.
   */
  knowsMailbox?(req: Request, mailbox: string): Promise<boolean>;
  rememberMailbox?(req: Request, res: Response, mailbox: string): Promise<void>;
  /** Forgets in which browsers a code of this mailbox was typed. Default: nothing is forgotten. */
  forgetMailbox?(mailbox: string): Promise<void>;
  /**
   * Notes a sign-in, and answers whether the user has signed in with this browser before: `first` where no browser of
   * theirs is known at all, as after a first sign-in. Default: no notice tells of new browsers.
   */
  noteSignIn?(req: Request, res: Response, user: BrowserOwner): Promise<"known" | "new" | "first">;
  /** Forgets in which browsers the user, and their mailbox if it is known, were seen. Default: nothing is forgotten. */
  forget?(userId: string, mailbox: string | null): Promise<void>;
}

export interface BrowserOwner {
  readonly userId: string;
  /** The hash of their mailbox, as `knowsMailbox` is asked. */
  readonly mailbox: string;
}

/** What `createKnownBrowserCookie` keeps, by a hash of the cookie. */
export interface KnownBrowserStore {
  /** Whether this browser was kept for this user, and not longer ago than its `expiresAt`. */
  has(browser: string, userId: string, now: Date): Promise<boolean>;
  /** Whether any browser was kept for this user. Default: a user's first sign-in counts as one in a new browser. */
  hasAny?(userId: string, now: Date): Promise<boolean>;
  /** Keeps it, or keeps it longer. */
  keep(browser: string, userId: string, expiresAt: Date): Promise<void>;
  /** Forgets every browser of this user. */
  forget(userId: string): Promise<void>;
}

/** Recognises no browser: only the account's own answers limit the offer of a passkey. */
export const noKnownBrowsers: KnownBrowsers = {
  knows: async () => false,
  remember: async () => {},
};
