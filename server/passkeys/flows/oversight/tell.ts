/** Which notices the flows send, and when. Nothing here delays or fails an answer. */
import { randomUUID } from "node:crypto";
import type { Request, Response } from "express";
import type { User } from "../../../../shared/contract.ts";
import { unlessOut } from "../../../http/outages.ts";
import type { AuthenticatorChange, EnrolledPasskey } from "../../ports/authsignal.ts";
import { mailboxKey, normaliseEmail } from "../../ports/email-address.ts";
import { type NoticeCause, noNotices } from "../../ports/notices.ts";
import type { PasskeysContext } from "../../ports/options.ts";

/** A passkey that has appeared may be on its way to the finish of its enrollment, which tells more. */
const enrollmentSeconds = 120;
/** One that is older was there before this router, or before its notices. */
const newMs = 24 * 60 * 60 * 1000;

interface Done {
  readonly req: Request | null;
  readonly user: User;
  readonly passkey: { readonly id: string; readonly name: string | null };
  readonly by?: NoticeCause;
}

export async function tellOfNewPasskey(
  context: PasskeysContext,
  { req, user, passkey }: Done,
): Promise<void> {
  const told = { ...(await toAddressesOf(context, user)), req, ...aboutPasskey(passkey) };
  context.notices.tell({ kind: "passkey_added", ...told });
}

export async function tellOfRemovedPasskey(context: PasskeysContext, done: Done): Promise<void> {
  const { req, user, passkey, by = "user" } = done;
  const told = { ...(await toAddressesOf(context, user)), req, by, ...aboutPasskey(passkey) };
  context.notices.tell({ kind: "passkey_removed", ...told });
}

/** Of passkeys that were made past this API. */
export async function tellOfAppeared(
  context: PasskeysContext,
  userId: string,
  passkeys: readonly Pick<EnrolledPasskey, "id" | "provider" | "createdAt">[],
): Promise<void> {
  const { notices, users, now } = context;
  const made = passkeys.filter(({ createdAt }) => createdAt.getTime() > now().getTime() - newMs);
  if (notices === noNotices || made.length === 0) return;
  const user = await unlessOut(users.findById(userId), null);
  if (user === null) return;
  const to = await toAddressesOf(context, user);
  for (const { id, provider } of made) {
    const passkey = aboutPasskey({ id, name: provider });
    const told = { kind: "passkey_added", ...to, req: null, ...passkey } as const;
    notices.tell({ ...told, by: "elsewhere", delaySeconds: enrollmentSeconds });
  }
}

/** One that is no passkey: nothing here makes such. */
export async function tellOfAuthenticator(
  context: PasskeysContext,
  { user, event }: { readonly user: User; readonly event: AuthenticatorChange },
): Promise<void> {
  const about = event.authenticatorId;
  const to = await toAddressesOf(context, user);
  const told = { ...to, req: null, about, subject: methodInWords(event.method) };
  context.notices.tell({ kind: "authenticator_added", ...told, by: "elsewhere" });
}

/** `EMAIL_OTP` as `email otp`. */
function methodInWords(method: string): string {
  return method.toLowerCase().replaceAll("_", " ");
}

/** At once: until the end of the wait the person can cancel it. */
export async function tellOfRecovery(
  context: PasskeysContext,
  { req, user, beganAt }: { readonly req: Request; readonly user: User; readonly beganAt: Date },
): Promise<void> {
  const to = await toAddressesOf(context, user);
  context.notices.tell({ kind: "recovery_began", ...to, req, about: beganAt.toISOString() });
}

/**
 * @returns tells of the deletion, afterwards: the addresses are known only before. Under a random id, because nothing is to
 * be kept of the user
 */
export async function prepareFarewell(
  context: PasskeysContext,
  { req, user }: { readonly req: Request; readonly user: User },
): Promise<() => void> {
  const { to } = await toAddressesOf(context, user);
  return () => context.notices.tell({ kind: "account_deleted", userId: randomUUID(), to, req });
}

/**
 * To both addresses. Only the mailbox of the old one gets a link that takes the change back.
 * @param changeId of the change that can be taken back
 */
export function tellOfNewAddress(
  { notices }: PasskeysContext,
  changed: {
    readonly req: Request;
    readonly user: User;
    readonly address: string;
    readonly changeId?: string;
  },
): void {
  const { req, user, address, changeId } = changed;
  const told = { kind: "email_changed", userId: user.id, req } as const;
  notices.tell({ ...told, to: [address] });
  // A host's user may have a user name in the place of an address.
  if (!user.email.includes("@")) return;
  const change = changeId === undefined ? {} : { about: changeId, changeId };
  notices.tell({ ...told, to: [user.email], ...change });
}

/** Once for each browser. Not for the first sign-in of all: the person is there. */
export async function tellOfNewBrowser(
  { notices, knownBrowsers }: PasskeysContext,
  { req, res, user }: { readonly req: Request; readonly res: Response; readonly user: User },
): Promise<void> {
  if (notices === noNotices || knownBrowsers.noteSignIn === undefined) return;
  const owner = { userId: user.id, mailbox: mailboxKey(normaliseEmail(user.email)) };
  const seen = await unlessOut(knownBrowsers.noteSignIn(req, res, owner), "known");
  if (seen === "new") notices.tell({ kind: "new_browser", ...toUser(user), req });
}

function toUser({ id, email }: User) {
  return { userId: id, to: [email] };
}

/**
 * With the addresses that "This wasn't me" can still bring back: an intruder who has changed the address would otherwise be
 * the only one who hears of the passkey that comes next.
 */
async function toAddressesOf({ emailChanges, notices, now }: PasskeysContext, user: User) {
  const { userId, to } = toUser(user);
  if (emailChanges === null || notices === noNotices) return { userId, to };
  const present = normaliseEmail(user.email);
  const former = await unlessOut(emailChanges.store.formerAddresses(userId, now()), []);
  return { userId, to: [...to, ...former.filter((address) => address !== present)] };
}

function aboutPasskey({ id, name }: { readonly id: string; readonly name: string | null }) {
  return { about: id, passkeyId: id, subject: name };
}
