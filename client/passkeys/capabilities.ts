/**
 * needs:    nothing else.
 * does:     asks the browser what it can do with passkeys. No answer within a second counts as no.
 * must not: hang or reject: password managers replace these methods, and not all of them answer.
 */
import { canUsePasskeys } from "./passkey-support.ts";

/** Milliseconds. */
const patience = 1_000;

export async function canUseAutofill(): Promise<boolean> {
  if (!canUsePasskeys()) return false;
  return answerOrNo(async () => {
    const { conditionalGet } = await capabilities();
    if (conditionalGet !== undefined) return conditionalGet;
    return (await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false;
  });
}

/**
 * Whether the browser can answer at once when it has no passkey, instead of showing a QR code for a phone:
 * `uiMode: "immediate"`.
 */
export async function canAnswerAtOnce(): Promise<boolean> {
  if (!canUsePasskeys()) return false;
  return answerOrNo(async () => (await capabilities()).immediateGet === true);
}

/**
 * Whether a page at this address may use the passkeys of `rpId`: on its domain, or as a related origin, which not every
 * browser knows.
 */
export async function canUseRpId(rpId: string): Promise<boolean> {
  const { hostname } = location;
  if (hostname === rpId || hostname.endsWith(`.${rpId}`)) return true;
  return answerOrNo(async () => (await capabilities()).relatedOrigins === true);
}

/** Whether this device can store a passkey and verify the person. */
export async function canCreatePasskeyHere(): Promise<boolean> {
  if (!canUsePasskeys()) return false;
  return answerOrNo(async () => PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable());
}

interface Capabilities {
  readonly conditionalGet?: boolean;
  readonly immediateGet?: boolean;
  readonly relatedOrigins?: boolean;
}

/** TypeScript 5.7 does not know the method. */
async function capabilities(): Promise<Capabilities> {
  return (await Object(PublicKeyCredential).getClientCapabilities?.()) ?? {};
}

function answerOrNo(question: () => Promise<boolean>): Promise<boolean> {
  const silence = new Promise<boolean>((resolve) => setTimeout(resolve, patience, false));
  return Promise.race([question().catch(() => false), silence]);
}
