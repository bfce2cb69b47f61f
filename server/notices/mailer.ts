/** Sends notices by mail, with nodemailer, which is loaded only here and by the emulator. */

import { asMissing } from "../http/optional-package.ts";
import { type Names, refuseUnknown } from "../http/options/known-options.ts";
import { type Notice, noAddress } from "../passkeys/ports/notices.ts";
import { parseUrl } from "../relying-party/addresses.ts";
import { type NoticeText, noticeText } from "./notice-words.ts";

export interface MailerOptions {
  /** `smtp://user:password@mail.example.com:587`, or `smtps://…` for TLS from the first byte. */
  readonly url: string;
  /** The sender: `Example <no-reply@example.com>`. */
  readonly from: string;
  /** What people call your app. Default: the domain of `from`. */
  readonly appName?: string;
  /** Of the times in the mails, such as `Europe/Vienna`. Default `UTC`. */
  readonly timeZone?: string;
  /** Your own words, for your own kinds or languages. Null: the words of this package. */
  readonly textOf?: (notice: Notice) => NoticeText | null;
}

const known: Names<MailerOptions> = { url: true, from: true, appName: true, timeZone: true, textOf: true };

/** How long a mail server may take for each step, in milliseconds: less than a try may take in all. */
const stepMs = "10000";

/**
 * @returns the `notify` of `createNotices`
 * @throws TypeError for an address that cannot be used, MissingPackageError when nodemailer is not installed
 */
export async function createMailer(options: MailerOptions): Promise<(notice: Notice) => Promise<void>> {
  refuseUnknown("createMailer", options, known);
  const url = readUrl(options.url);
  const domain = domainOf(options.from);
  const { appName = domain, timeZone = "UTC", textOf = () => null } = options;
  // Throws for a time zone that does not exist, at the start and not with the first mail.
  new Intl.DateTimeFormat("en", { timeZone });
  const { createTransport } = await loadNodemailer();
  const transport = createTransport(url);
  return async (notice) => {
    // A mail server would take a name for a mailbox of its own.
    if (!notice.to.includes("@")) throw Object.assign(new Error("no address"), { code: noAddress });
    const { subject, text } = textOf(notice) ?? noticeText(notice, appName, timeZone);
    await transport.sendMail({
      from: options.from,
      // An object, so that a comma in it makes no second recipient.
      to: { name: "", address: notice.to },
      subject,
      text,
      // The same at each try: a mailbox that has the mail already can drop another one.
      messageId: `<${notice.id}@${domain}>`,
      date: notice.at,
      headers: { "Auto-Submitted": "auto-generated" },
    });
  };
}

function readUrl(text: string): string {
  const url = typeof text === "string" ? parseUrl(text) : null;
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === "")
    throw new TypeError("createMailer: `url` must begin with smtp:// or smtps:// and name a mail server.");
  for (const name of ["connectionTimeout", "greetingTimeout", "socketTimeout"])
    if (!url.searchParams.has(name)) url.searchParams.set(name, stepMs);
  return url.href;
}

function domainOf(from: string): string {
  const domain = typeof from === "string" ? /@([\w.-]+)>?\s*$/.exec(from)?.[1] : undefined;
  if (domain === undefined)
    throw new TypeError("createMailer: `from` must be an address, such as Example <no-reply@example.com>.");
  return domain;
}

async function loadNodemailer() {
  try {
    return await import("nodemailer");
  } catch (error) {
    throw asMissing(error, "createMailer", "nodemailer");
  }
}
