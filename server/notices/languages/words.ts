/** What each language has to say: the mails of notices, and the page of their link. */
import type { NoticeCause } from "../../passkeys/ports/notices.ts";

export interface NoticeLanguage {
  readonly direction: "ltr" | "rtl";
  readonly mail: MailWords;
  readonly page: PageWords;
}

/** What the link of a notice undoes, besides the sessions. */
export type Undoing = "passkey" | "address" | null;

export interface MailWords {
  /** The subject, which is also the first sentence. `app` is the name of the app. */
  readonly subjects: Readonly<Record<string, (app: string) => string>>;
  readonly other: (app: string) => string;
  readonly when: string;
  readonly what: string;
  readonly where: string;
  readonly on: (browser: string, system: string) => string;
  readonly by: Readonly<Record<NoticeCause, string | null>>;
  readonly fine: string;
  /** What the page of the link does. */
  readonly notMe: (also: Undoing) => string;
  readonly withoutLink: string;
  /** In its place after the account was deleted. */
  readonly deleted: string;
}

export interface PageWords {
  readonly title: string;
  readonly ask: string;
  readonly askWithPasskey: string;
  readonly askWithAddress: string;
  readonly confirm: string;
  readonly confirmWithPasskey: string;
  readonly confirmWithAddress: string;
  readonly done: string;
  readonly doneWithPasskey: string;
  readonly doneWithAddress: string;
  readonly restored: string;
  readonly notEnded: string;
  readonly next: string;
  readonly toApp: string;
  readonly invalid: string;
  readonly unavailable: string;
}
