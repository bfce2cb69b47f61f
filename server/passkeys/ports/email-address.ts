/**
 * One address, one account: trimmed, Unicode-composed (NFC) and lower-cased as a whole. RFC 5321 allows a
 * case-sensitive local part, but no mail provider in use has one, and two accounts for `Ann@` and `ann@` is the
 * fault that people meet. Plus-tags and dots stay: they are different mailboxes to the standard.
 */
export function normaliseEmail(address: string): string {
  return address.trim().normalize("NFC").toLowerCase();
}

/** For logs: enough to recognise a case, too little to write to. `jane@example.com` is `j***@example.com`. */
export function maskEmail(address: string): string {
  const at = address.lastIndexOf("@");
  return at < 1 ? "***" : `${address.slice(0, 1)}***${address.slice(at)}`;
}
