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
    const capabilities = await PublicKeyCredential.getClientCapabilities?.();
    if (capabilities?.conditionalGet !== undefined) return capabilities.conditionalGet;
    return (await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false;
  });
}

/**
 * Whether the browser can answer at once when it has no passkey, instead of showing a QR code for a phone:
 * `uiMode: "immediate"`.
 */
export async function canAnswerAtOnce(): Promise<boolean> {
  if (!canUsePasskeys()) return false;
  return answerOrNo(async () => {
    const capabilities = await PublicKeyCredential.getClientCapabilities?.();
    return capabilities?.immediateGet === true;
  });
}

/** Whether this device can store a passkey and verify the person. */
export async function canCreatePasskeyHere(): Promise<boolean> {
  if (!canUsePasskeys()) return false;
  return answerOrNo(async () => PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable());
}

function answerOrNo(question: () => Promise<boolean>): Promise<boolean> {
  const silence = new Promise<boolean>((resolve) => setTimeout(resolve, patience, false));
  return Promise.race([question().catch(() => false), silence]);
}
