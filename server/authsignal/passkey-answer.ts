/** Reads a passkey from Authsignal's list of authenticators. */
import type { z } from "zod";
import { nameAgent } from "../http/headers/user-agent.ts";
import type { EnrolledPasskey } from "../passkeys/ports/authsignal.ts";
import type { AuthenticatorsAnswer } from "./answer-schemas.ts";

type Authenticator = z.infer<typeof AuthenticatorsAnswer>[number];

export function toPasskey(authenticator: Authenticator): EnrolledPasskey {
  const credential = authenticator.webauthnCredential ?? {};
  const { credentialId, credentialBackedUp, aaguidMapping } = credential;
  return {
    id: authenticator.userAuthenticatorId,
    provider: aaguidMapping?.name ?? null,
    device: deviceOf(credential),
    icon: toIcon(aaguidMapping?.svgIconLight, aaguidMapping?.svgIconDark),
    synced: credentialBackedUp ?? null,
    credentialId: credentialId ?? null,
    createdAt: new Date(authenticator.createdAt),
    lastUsedAt: authenticator.lastVerifiedAt === undefined ? null : new Date(authenticator.lastVerifiedAt),
  };
}

/** The browser that created it says nothing of a passkey on another device. */
function deviceOf(credential: NonNullable<Authenticator["webauthnCredential"]>): string | null {
  const { authenticatorAttachment, credentialBackedUp, parsedUserAgent } = credential;
  if (authenticatorAttachment === "cross-platform")
    return credentialBackedUp === false ? "Security key" : null;
  const { browser, system } = nameAgent(parsedUserAgent?.ua);
  if (authenticatorAttachment !== "platform" || browser === null || system === null) return null;
  return `${browser} on ${system}`;
}

/** Only `data:` images: the host of another image would see who opens the list of passkeys. */
function toIcon(light: string | undefined, dark: string | undefined): EnrolledPasskey["icon"] {
  const safe = (url: string | undefined): url is string => url?.startsWith("data:image/") === true;
  return safe(light) && safe(dark) ? { light, dark } : null;
}
