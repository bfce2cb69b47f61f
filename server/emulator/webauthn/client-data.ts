/** Reads what a ceremony sends, and checks its client data. */

import { type Input, isJsonObject, requiredObject, requiredText } from "../wire/input.ts";
import type { TenantSettings } from "../wire/tenant-settings.ts";
import { invalidCredential, invalidRequest } from "../wire/wire-error.ts";

/** Characters. Attestation objects with certificate chains are far shorter. */
const longestField = 65_536;

/** What both ceremonies send, with every binary field in base64url. */
export interface CeremonyResponse {
  readonly credentialId: string;
  readonly response: Input;
  readonly clientDataJSON: string;
  readonly attachment: string | undefined;
}

export function readCeremonyResponse(credential: Input): CeremonyResponse {
  const credentialId = toBase64Url(requiredText(credential, "id", longestField), "id");
  const rawId = toBase64Url(requiredText(credential, "rawId", longestField), "rawId");
  if (rawId !== credentialId) throw invalidCredential("id and rawId differ");
  if (credential.type !== "public-key") throw invalidCredential('the credential type is not "public-key"');
  const response = requiredObject(credential, "response");
  const attachment = credential.authenticatorAttachment;
  return {
    credentialId,
    response,
    clientDataJSON: requiredBytes(response, "clientDataJSON"),
    attachment: attachment === "platform" || attachment === "cross-platform" ? attachment : undefined,
  };
}

/** A required binary field, as base64url. */
export function requiredBytes(response: Input, name: string): string {
  return toBase64Url(requiredText(response, name, longestField), name);
}

/** Accepts the standard alphabet too: iOS sends it (protocol 5.3). */
export function toBase64Url(text: string, name: string): string {
  const unpadded = text.replace(/={1,2}$/, "");
  if (!/^[A-Za-z0-9+/_-]+$/.test(unpadded) || unpadded.length % 4 === 1) {
    throw invalidRequest(`${name} must be base64url.`);
  }
  return unpadded.replaceAll("+", "-").replaceAll("/", "_");
}

export interface ExpectedClientData {
  readonly type: "webauthn.create" | "webauthn.get";
  readonly webauthnChallenge: string;
  readonly settings: TenantSettings;
}

/**
 * The client data checks of WebAuthn L3 7.1 (steps 7 to 11) and 7.2 (steps 10 to 14), in that order. Returns the origin.
 */
export function checkClientData(clientDataJSON: string, expected: ExpectedClientData): string {
  const clientData = parseClientData(clientDataJSON);
  if (clientData.type !== expected.type) throw invalidCredential(`client data type is not ${expected.type}`);
  if (clientData.challenge !== expected.webauthnChallenge) {
    throw invalidCredential("client data carries another challenge than the one this ceremony began with");
  }
  const { origin } = clientData;
  if (typeof origin !== "string" || !isExpectedOrigin(origin, expected.settings)) {
    throw invalidCredential(
      `origin ${JSON.stringify(origin)} is not among the tenant's expected origins: ${namesOf(expected.settings)}`,
    );
  }
  if (clientData.crossOrigin !== undefined && clientData.crossOrigin !== false) {
    throw invalidCredential("the ceremony ran in a cross-origin frame");
  }
  if (clientData.topOrigin !== undefined) throw invalidCredential("client data names a top origin");
  return origin;
}

function namesOf({ expectedOrigins, anyLocalhostPort }: TenantSettings): string {
  const local = anyLocalhostPort ? ["http://localhost on any port"] : [];
  return [...expectedOrigins, ...local].join(", ");
}

function isExpectedOrigin(origin: string, settings: TenantSettings): boolean {
  if (settings.expectedOrigins.includes(origin)) return true;
  return (
    settings.anyLocalhostPort &&
    settings.rpId === "localhost" &&
    /^http:\/\/localhost(:\d{1,5})?$/.test(origin)
  );
}

function parseClientData(clientDataJSON: string): Input {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(clientDataJSON, "base64url").toString("utf8"));
    if (isJsonObject(parsed)) return parsed;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalidCredential("client data is not a JSON object");
}
