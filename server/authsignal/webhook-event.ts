/** Reads Authsignal's webhooks: the official SDK checks the signature, and what it does not check is checked here. */
import { z } from "zod";
import type { WebhookEvent } from "../passkeys/ports/authsignal.ts";

/** What the SDK has for webhooks, as `sdk.webhook`. */
interface SdkWebhook {
  constructEvent(payload: string, signature: string, tolerance: number): unknown;
  parseSignature(value: string): { readonly timestamp: number };
}

/** How far its time may be from ours, in minutes and either way: the SDK refuses only old ones. */
const toleranceMinutes = 5;

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const Envelope = z.object({
  id: z.string().min(1).max(128),
  type: z.enum(["authenticator.created", "authenticator.deleted"]),
  data: z.object({ userId: id, userAuthenticatorId: id, verificationMethod: z.string().max(64) }),
});

/**
 * @param body exactly as it was received. @param signature the header `X-Signature-V2`
 * @returns null unless it is signed with the tenant's secret, just now
 */
export function readWebhookEvent(webhook: SdkWebhook, body: string, signature: string): WebhookEvent | null {
  const event = verified(webhook, body, signature);
  if (event === null) return null;
  const { data, success } = Envelope.safeParse(event.content);
  // Of another kind, such as a log, or of a form that this version does not know.
  if (!success) return { kind: "other" };
  const { userId, userAuthenticatorId: authenticatorId, verificationMethod: method } = data.data;
  return { kind: data.type, id: data.id, userId, authenticatorId, method };
}

function verified(
  webhook: SdkWebhook,
  body: string,
  signature: string,
): { readonly content: unknown } | null {
  try {
    const content: unknown = webhook.constructEvent(body, signature, toleranceMinutes);
    const { timestamp } = webhook.parseSignature(signature);
    const isEarly = !(timestamp <= Date.now() / 1000 + toleranceMinutes * 60);
    return isEarly ? null : { content };
  } catch {
    // The SDK throws for every other signature, and for what is signed and no JSON. None of it is an event.
    return null;
  }
}
