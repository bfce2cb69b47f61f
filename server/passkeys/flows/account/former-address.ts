/** The address that an account had before a change: no other account gets it while "This wasn't me" can bring it back. */
import type { Request } from "express";
import type { User } from "../../../../shared/contract.ts";
import { unlessOut } from "../../../http/outages.ts";
import type { FormerAddress } from "../../ports/account/email-changes.ts";
import { mailboxKey, maskEmail, normaliseEmail, recipientKey } from "../../ports/email-address.ts";
import type { NotMeLink } from "../../ports/notices.ts";
import type { EmailChanges, PasskeysContext } from "../../ports/options.ts";
import { tellOfNewAddress } from "../oversight/tell.ts";

/** As long as the link of a notice works. */
export const formerMs = 7 * 24 * 60 * 60 * 1000;

/** The user who had this address before a change and can take it back, or null. */
export async function heldBy(
  { emailChanges, users, now }: PasskeysContext,
  address: string,
): Promise<string | null> {
  if (emailChanges === null) return null;
  const email = normaliseEmail(address);
  const userId = await emailChanges.store.formerOwner(email, now());
  const owner = userId === null ? null : await users.findById(userId);
  // Without its account, or with the address back, nothing is held.
  return owner === null || normaliseEmail(owner.email) === email ? null : owner.id;
}

/**
 * Whether a link went to an address that the account has, or had before a change that can be taken back. After an account was
 * taken back, the links in an intruder's mailbox do nothing more.
 */
export async function isOfAccount(
  { emailChanges, now }: PasskeysContext,
  user: User,
  { recipient }: NotMeLink,
): Promise<boolean> {
  if (emailChanges === null || recipientKey(user.email) === recipient) return true;
  const former = await emailChanges.store.formerAddresses(user.id, now());
  return former.some((address) => recipientKey(address) === recipient);
}

/**
 * Takes the change back that the link tells of, with those that came after it. The links of those bring nothing back any more.
 * @returns what the account has again, or null when there is nothing to bring back
 */
export async function restoreAddress(
  context: PasskeysContext,
  { req, user, link }: { readonly req: Request; readonly user: User; readonly link: NotMeLink },
): Promise<FormerAddress | null> {
  const { emailChanges, recoveries, onEvent, now } = context;
  if (emailChanges === null || link.changeId === undefined) return null;
  await emailChanges.store.dropEmailChange(user.id);
  const former = await emailChanges.store.findFormerAddress(link.changeId, now());
  if (former === null || former.userId !== user.id) return null;
  if (!(await giveBack(emailChanges, user, former))) return null;
  const common = { requestId: req.id, userId: user.id };
  // One that was begun through the address which the account has no more.
  if ((await recoveries?.cancelRecovery(user.id)) === true)
    onEvent({ event: "recovery_cancelled", ...common, by: "user" });
  const masked = { from: maskEmail(user.email), to: maskEmail(former.email) };
  onEvent({ event: "email.restored", ...common, ...masked });
  await forgetMailbox(context, { from: user.email, to: former.email });
  tellOfNewAddress(context, { req, user, address: former.email });
  return former;
}

/**
 * Looks once more when all sessions have ended: a request of one of them may have changed the address meanwhile.
 * @returns whether it had
 */
export async function restoreAgain(context: PasskeysContext, former: FormerAddress): Promise<boolean> {
  const { emailChanges, users } = context;
  const user = emailChanges === null ? null : await users.findById(former.userId);
  if (emailChanges === null || user === null || normaliseEmail(user.email) === former.email) return false;
  return giveBack(emailChanges, user, former);
}

/** Otherwise `forgetUser` would leave it: the account does not know it any more then. */
export async function forgetMailbox(
  { knownBrowsers }: PasskeysContext,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const [before, after] = [from, to].map((address) => mailboxKey(normaliseEmail(address)));
  if (before === undefined || before === after) return;
  await unlessOut(knownBrowsers.forgetMailbox?.(before) ?? Promise.resolve(), undefined);
}

/** First at Authsignal, as every change of address. False: another account has the address. */
async function giveBack(
  { store, changeEmail, updateEmail }: EmailChanges,
  user: User,
  former: FormerAddress,
): Promise<boolean> {
  await updateEmail({ userId: user.id, email: former.email });
  if (!(await changeEmail(user.id, former.email))) {
    await unlessOut(updateEmail({ userId: user.id, email: user.email }), undefined);
    return false;
  }
  await store.dropFormerAddresses(user.id, former.changedAt);
  return true;
}
