/**
 * Remembers by a long-lived cookie that an account has created or used a passkey in this browser, so that the app offers no
 * second one, and that it has signed in with it, so that a notice tells of a new browser once. The cookie is a random id of a record in the store. It proves nothing about the user.
 */
import { randomBytes } from "node:crypto";
import type { Request, Response } from "express";
import { sha256 } from "../http/hash.ts";
import { readCookies } from "../http/headers/cookies.ts";
import { type Names, refuseUnknown } from "../http/options/known-options.ts";
import type { KnownBrowserStore, KnownBrowsers } from "../passkeys/ports/known-browsers.ts";
import { cookieName } from "./cookie-name.ts";

/** The longest life that browsers allow a cookie: 400 days. */
const lifeMs = 400 * 24 * 60 * 60 * 1000;

export interface KnownBrowserCookieOptions {
  /** `storage.knownBrowsers`. */
  readonly store: KnownBrowserStore;
  /** True for https origins. */
  readonly secure: boolean;
  /** Default: the system clock. */
  readonly now?: () => Date;
}

const known: Names<KnownBrowserCookieOptions> = { store: true, secure: true, now: true };

/** @throws TypeError for an option that is not known */
export function createKnownBrowserCookie(options: KnownBrowserCookieOptions): KnownBrowsers {
  refuseUnknown("createKnownBrowserCookie", options, known);
  const { store, secure, now = () => new Date() } = options;
  const name = cookieName(secure, "passkeys_browser");
  /** Browsers that get their cookie with the answer to this request. */
  const newIds = new WeakMap<Request, string>();

  /** Only a value of the form that `remember` creates: 24 bytes in base64url. */
  function idIn(req: Request): string | null {
    return readCookies(req, name).find((value) => /^[\w-]{32}$/.test(value)) ?? null;
  }

  async function knows(req: Request, subject: string): Promise<boolean> {
    const id = idIn(req);
    return id !== null && store.has(sha256(id), subject, now());
  }

  async function remember(req: Request, res: Response, subject: string): Promise<void> {
    const id = idIn(req) ?? newIds.get(req) ?? randomBytes(24).toString("base64url");
    newIds.set(req, id);
    await store.keep(sha256(id), subject, new Date(now().getTime() + lifeMs));
    res.cookie(name, id, { httpOnly: true, sameSite: "lax", secure, path: "/", maxAge: lifeMs });
  }

  // No user's id has a colon.
  const subjectOf = (mailbox: string): string => `mailbox:${mailbox}`;
  const signInsOf = (userId: string): string => `sign-in:${userId}`;

  async function isAny(
    subjects: readonly string[],
    ask: (subject: string) => Promise<boolean>,
  ): Promise<boolean> {
    for (const subject of subjects) if (await ask(subject)) return true;
    return false;
  }

  return {
    knows,
    remember,
    knowsMailbox: (req, mailbox) => knows(req, subjectOf(mailbox)),
    async noteSignIn(req, res, { userId, mailbox }) {
      const subjects = [signInsOf(userId), userId, subjectOf(mailbox)];
      const isKnown = await isAny(subjects, (subject) => knows(req, subject));
      const isFirst =
        !isKnown &&
        store.hasAny !== undefined &&
        !(await isAny(subjects, async (subject) => (await store.hasAny?.(subject, now())) === true));
      await remember(req, res, signInsOf(userId));
      return isKnown ? "known" : isFirst ? "first" : "new";
    },
    async forget(userId, mailbox) {
      await store.forget(userId);
      await store.forget(signInsOf(userId));
      if (mailbox !== null) await store.forget(subjectOf(mailbox));
    },
    rememberMailbox: (req, res, mailbox) => remember(req, res, subjectOf(mailbox)),
    forgetMailbox: (mailbox) => store.forget(subjectOf(mailbox)),
  };
}
