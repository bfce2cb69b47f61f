/** What `createNotices` takes, and its checks. */
import type { Request } from "express";
import { type Names, refuseUnknown } from "../http/options/known-options.ts";
import type { SecurityEvent } from "../passkeys/ports/events.ts";
import type { Limiter, LimitRule } from "../passkeys/ports/limiter.ts";
import type { Notice, NoticeStore, NotMeLink } from "../passkeys/ports/notices.ts";
import { parseUrl } from "../relying-party/addresses.ts";

export interface NoticesOptions {
  /** What `openStorage({ tables: { notices: true }, … })` resolves with. */
  readonly storage: {
    readonly notices: NoticeStore | null;
    readonly limiter: (rule: LimitRule) => Limiter;
  };
  /**
   * Sends one notice to one address: `await createMailer({ url, from })`, or a function of yours. It is called again later
   * when it rejects, or does not settle within `deadlineMs`; `signal` aborts then. A later try has the same `notice.id`. An
   * error whose `code` is `no-address` is final: `notice.to` is a name, of an account that has no address.
   */
  readonly notify: (notice: Notice, signal: AbortSignal) => Promise<void>;
  /** "This wasn't me". Default: notices have no such link. */
  readonly link?: {
    /** Where people confirm it: `/not-me` below the router, as `https://app.example.com/auth/not-me`, or a page of yours. */
    readonly url: string;
    /** Signs the link; at least 32 characters. Several for a rotation: the first signs, all verify. */
    readonly secret: string | readonly string[];
  };
  /** How long one try may take, in milliseconds. Default 20000. */
  readonly deadlineMs?: number;
  /** The language of the person. Default: the first of the request's `Accept-Language`. */
  readonly localeOf?: (req: Request) => string | null;
  /** Called after "This wasn't me" was confirmed, for example to begin a recovery. */
  readonly onNotMe?: (link: NotMeLink) => Promise<void>;
  /** Told of `notice.sent`, `notice.postponed` and `notice.failed`. Default: nothing is told. */
  readonly onEvent?: (event: SecurityEvent) => void;
  /** Default: the system clock. */
  readonly now?: () => Date;
}

const known: Names<NoticesOptions> = {
  storage: true,
  notify: true,
  link: true,
  deadlineMs: true,
  localeOf: true,
  onNotMe: true,
  onEvent: true,
  now: true,
};
const knownInLink: Names<NonNullable<NoticesOptions["link"]>> = { url: true, secret: true };

/** @throws TypeError that names the option and what to write */
export function checkNoticesOptions(options: NoticesOptions): NoticeStore {
  refuseUnknown("createNotices", options, known);
  const { storage, notify, link } = options;
  if (link !== undefined) refuseUnknown("createNotices", link, knownInLink, "link");
  const { notices } = storage;
  if (typeof notices !== "object" || notices === null)
    throw fault("storage", "opened with its table: `await openStorage({ tables: { notices: true }, … })`");
  if (typeof notify !== "function")
    throw fault("notify", "a function such as `await createMailer({ url, from })`");
  if (link === undefined) return notices;
  const secrets = [link.secret].flat();
  if (secrets.length === 0 || !secrets.every((one) => typeof one === "string" && one.length >= 32))
    throw fault("link.secret", "at least 32 characters, or a list of such: `openssl rand -base64 32`");
  const url = typeof link.url === "string" ? parseUrl(link.url) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "")
    throw fault("link.url", "a whole address such as https://app.example.com/auth/not-me");
  return notices;
}

function fault(option: string, instead: string): TypeError {
  return new TypeError(`createNotices: \`${option}\` must be ${instead}.`);
}
