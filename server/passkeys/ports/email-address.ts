/** E-mail addresses as accounts, as mailboxes and in logs. */
import { email as emailMember } from "../../../shared/typed-members.ts";
import { sha256 } from "../../http/hash.ts";

/**
 * One address, one account: trimmed, Unicode-composed (NFC) and lower-cased as a whole. RFC 5321 allows a
 * case-sensitive local part, but no mail provider in use has one, and two accounts for `Ann@` and `ann@` is the
 * fault that people meet. Plus-tags and dots stay: they are different addresses to the standard.
 */
export function normaliseEmail(address: string): string {
  return address.trim().normalize("NFC").toLowerCase();
}

/** A host's user may have a name in the place of an address. */
export function isAddress(email: string): boolean {
  return emailMember.safeParse(email).success;
}

/**
 * One mailbox, many addresses: without the tag after `+`, and at Gmail without dots. Only limits count by it; an account
 * belongs to the whole address.
 * @param email as `normaliseEmail` returns it
 */
export function mailboxOf(email: string): string {
  const at = email.lastIndexOf("@");
  const domain = email.slice(at + 1);
  const [untagged = ""] = email.slice(0, at).split("+");
  // An address that begins with the plus has no other name.
  const local = untagged === "" ? email.slice(0, at) : untagged;
  const isGmail = domain === "gmail.com" || domain === "googlemail.com";
  return isGmail ? `${local.replaceAll(".", "")}@gmail.com` : `${local}@${domain}`;
}

/** By which browsers are known that have completed a code, and counters count. */
export function mailboxKey(email: string): string {
  return sha256(mailboxOf(email));
}

/** By which a link knows the address that it was sent to. */
export function recipientKey(address: string): string {
  return sha256(`recipient ${normaliseEmail(address)}`);
}

/** For logs: enough to recognise a case, too little to write to. `jane@example.com` is `j***@example.com`. */
export function maskEmail(address: string): string {
  const at = address.lastIndexOf("@");
  return at < 1 ? "***" : `${address.slice(0, 1)}***${address.slice(at)}`;
}
