/** Notices: mails and the like that tell people what was done with their account. */
import type { Request } from "express";

/** What happened. An open set: a host may tell of more. */
export type NoticeKind =
  | "passkey_added"
  | "passkey_removed"
  /** An authenticator that is no passkey was added past this API. */
  | "authenticator_added"
  | "new_browser"
  | "email_changed"
  | "recovery_began"
  /** Has no link, and a random `userId`: nothing is left of the user. */
  | "account_deleted"
  | (string & {});

/** Who did it: the person, the host's support people, or Authsignal's portal or API past this one. */
export type NoticeCause = "user" | "support" | "elsewhere";

/** What a flow or a host reports. */
export interface Told {
  readonly kind: NoticeKind;
  readonly userId: string;
  /** Each address gets a notice of its own: after a change of address the old one and the new one. */
  readonly to: readonly string[];
  /** The request that did it: its browser and language are told. Null: it was not done by a request of the person. */
  readonly req: Request | null;
  readonly by?: NoticeCause;
  /** Names what it is about, so that the same thing is told once. Default: every report is another one. */
  readonly about?: string;
  /** The passkey that "This wasn't me" may remove. */
  readonly passkeyId?: string;
  /** The change of address that "This wasn't me" takes back. */
  readonly changeId?: string;
  /** In words: the passkey's name. */
  readonly subject?: string | null;
  /** Waits this long. A report of the same thing that comes meanwhile and waits less takes its place. Default 0. */
  readonly delaySeconds?: number;
}

/** The `code` of an error of `notify` that is final: `to` is a name, of an account that has no address. */
export const noAddress = "no-address";

/** One notice for one address, as a `notify` port gets it. */
export interface Notice {
  /** The same at every try: a receiver that keeps it can drop a repetition. */
  readonly id: string;
  readonly kind: NoticeKind;
  readonly userId: string;
  readonly to: string;
  readonly at: Date;
  readonly by: NoticeCause;
  /** The name of the passkey or method. It may be the choice of an intruder: show it as text and make no link of it. */
  readonly subject: string | null;
  /** In words: `Firefox`, `Windows`. Null: not known. */
  readonly browser: string | null;
  readonly system: string | null;
  /** The person's language, such as `de-AT`. Null: not known. */
  readonly locale: string | null;
  /** "This wasn't me" takes the change of address back. */
  readonly restoresAddress?: true;
  /** "This wasn't me". Null without the option `link`, and for a deleted account. */
  readonly notMeUrl: string | null;
}

/** What a "This wasn't me" link says. */
export interface NotMeLink {
  /** Names the link: it is good once. */
  readonly id: string;
  readonly userId: string;
  readonly kind: NoticeKind;
  /** The passkey that was added. */
  readonly passkeyId: string | null;
  /** The change of address that can be taken back. */
  readonly changeId?: string;
  /** The address that it was sent to, as `recipientKey` names it. */
  readonly recipient: string;
  readonly expiresAt: Date;
}

/** The router's port: `createNotices` implements it. */
export interface Notices {
  /** Returns at once and never throws: what is told is kept and sent in the background. */
  tell(told: Told): void;
  /** Forgets what was to be sent to a user. */
  forget(userId: string): Promise<void>;
  /** Null for a link that is forged or too old. */
  readLink(token: string): NotMeLink | null;
  /** Called after "This wasn't me" was confirmed, for example to begin a recovery. */
  readonly onNotMe?: ((link: NotMeLink) => Promise<void>) | undefined;
}

export const noNotices: Notices = {
  tell: () => {},
  forget: async () => {},
  readLink: () => null,
};

/** What `createNotices` keeps: `storage.notices`. Every decision is atomic, because several instances send. */
export interface NoticeStore {
  /**
   * Keeps a notice. One of the same id that is there and not yet tried takes the new content if that is due earlier; one
   * that was tried or sent stays as it is.
   * @returns false, and nothing is kept, when `most` are waiting already
   */
  keep(notice: KeptNotice, most: number): Promise<boolean>;
  /** Takes up to `most` that are due, and leaves them to the caller until `leaseEnd`: of parallel callers one gets each. */
  claim(now: Date, leaseEnd: Date, most: number): Promise<readonly ClaimedNotice[]>;
  /** Deletes the content. Does nothing when another caller has claimed it since. */
  markSent(claimed: ClaimedNotice, at: Date): Promise<void>;
  /** Does nothing when another caller has claimed it since. */
  postpone(claimed: ClaimedNotice, dueAt: Date): Promise<void>;
  /** Deletes all notices of the user. */
  forget(userId: string): Promise<void>;
}

export interface KeptNotice {
  readonly id: string;
  readonly userId: string;
  /** Text that only `createNotices` reads. */
  readonly content: string;
  readonly dueAt: Date;
  readonly expiresAt: Date;
}

export interface ClaimedNotice extends KeptNotice {
  /** How often it was claimed, this time included. */
  readonly attempts: number;
}
