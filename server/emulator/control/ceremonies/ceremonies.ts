/** Performs ceremonies as a browser would, for suites in languages that have no soft authenticator. */
import type { Call } from "../../api/api-operation.ts";
import { addPasskey } from "../../api/client/passkeys/add-passkey.ts";
import { initiatePasskeyChallenge } from "../../api/client/passkeys/initiate-passkey-challenge.ts";
import { passkeyAuthenticationOptions } from "../../api/client/passkeys/passkey-authentication-options.ts";
import { passkeyRegistrationOptions } from "../../api/client/passkeys/passkey-registration-options.ts";
import { verifyPasskey } from "../../api/client/passkeys/verify-passkey.ts";
import {
  type AuthenticatorFault,
  type AuthenticatorKnobs,
  assertCredential,
  type Ceremony,
  createCredential,
  type HeldPasskey,
} from "../../authenticator/authenticator.ts";
import { originOf } from "../../domain/prebuilt-ui.ts";
import type { Tenant } from "../../tenant/tenant.ts";
import { authenticateToken } from "../../tenant/tenants.ts";
import type { ClientToken } from "../../tenant/tokens.ts";
import { isJsonObject } from "../../wire/input.ts";
import type { Json, JsonObject } from "../../wire/wire.ts";
import { invalidRequest, WireError } from "../../wire/wire-error.ts";
import type { Core } from "../core.ts";

interface Page {
  /** The page's origin. Default: the tenant's first expected origin. */
  readonly origin?: string | undefined;
}

/** A new passkey signs nothing. */
export type SignUpFault = Omit<AuthenticatorFault, "tamperedSignature" | "userHandle">;

export interface SignUpRequest extends Page {
  readonly authenticator?: AuthenticatorKnobs | undefined;
  readonly fault?: SignUpFault | undefined;
  /** Track's token. */
  readonly token: string;
  readonly username?: string | undefined;
}

export interface SignInRequest extends Page {
  readonly authenticator?: Omit<AuthenticatorKnobs, "algorithm" | "aaguid"> | undefined;
  readonly fault?: AuthenticatorFault | undefined;
  /** Track's token, for a step-up; otherwise `action`. */
  readonly token?: string | undefined;
  readonly action?: string | undefined;
  readonly tenantId?: string | undefined;
  /** Whose passkey signs: the newest one of this user that the emulator made or seeded. */
  readonly userId?: string | undefined;
  readonly credentialId?: string | undefined;
  /** A passkey that sign-up answered, for instance before a restart. */
  readonly credential?: HeldPasskey | undefined;
}

export interface CeremonyResult {
  /** The result token: what the browser hands to the app. */
  readonly token: string;
  readonly userId: string;
  readonly credential: HeldPasskey;
}

export interface Ceremonies {
  signUp(request: SignUpRequest): Promise<CeremonyResult>;
  signIn(request: SignInRequest): Promise<CeremonyResult>;
}

export function createCeremonies(core: Core, tenantOf: (tenantId: string | undefined) => Tenant): Ceremonies {
  return {
    async signUp({ token: text, username, ...page }) {
      const { tenant, token } = authenticateToken(core.tenants, `Bearer ${text}`);
      return noted(core, "sign-up", tenant, token.userId, async (call) => {
        const begun = objectOf(passkeyRegistrationOptions({ ...call, token, body: { username } }));
        const options = objectOf(begun.options);
        const ceremony = ceremonyOf(tenant, options.challenge, page);
        const made = createCredential(ceremony, textOf(objectOf(options.user).id));
        const body = { registrationCredential: made.response, challengeId: begun.challengeId };
        const finished = objectOf(await addPasskey({ ...call, token, body }));
        core.keychain.keep(tenant.tenantId, token.userId, made.credential);
        return resultOf(finished, made.credential);
      });
    },

    async signIn({ token: text, action, tenantId, userId, credentialId, credential, ...page }) {
      const caller = text === undefined ? undefined : authenticateToken(core.tenants, `Bearer ${text}`);
      const tenant = caller?.tenant ?? tenantOf(tenantId);
      if (tenantId !== undefined && tenantId !== tenant.tenantId)
        throw invalidRequest(`tenantId must be that of the token, ${JSON.stringify(tenant.tenantId)}.`);
      const who = userId ?? caller?.token.userId;
      const held = credential ?? core.keychain.find(tenant.tenantId, who, credentialId);
      if (held === undefined)
        throw invalidRequest(
          "The emulator holds no such passkey. Sign up or seed one first, or send its credential.",
        );
      return noted(core, "sign-in", tenant, who, async (call) => {
        const token: ClientToken | undefined = caller?.token;
        const open =
          action === undefined ? {} : objectOf(initiatePasskeyChallenge({ ...call, body: { action } }));
        const begun = objectOf(passkeyAuthenticationOptions({ ...call, token, body: open }));
        const ceremony = ceremonyOf(tenant, objectOf(begun.options).challenge, page);
        const body = {
          authenticationCredential: assertCredential(ceremony, held),
          challengeId: begun.challengeId,
        };
        return resultOf(objectOf(await verifyPasskey({ ...call, token, body })), held);
      });
    },
  };
}

/** The journal shows why a ceremony was refused; the caller gets the API's own error. */
async function noted(
  core: Core,
  operation: string,
  tenant: Tenant,
  userId: string | undefined,
  perform: (call: Call) => Promise<CeremonyResult>,
): Promise<CeremonyResult> {
  const notes: string[] = [];
  const entry = {
    tenantId: tenant.tenantId,
    method: "POST",
    path: `/emulator/passkeys/${operation}`,
    operation,
    userId,
    notes,
  };
  const call: Call = {
    ...{ tenant, params: {}, query: new URLSearchParams(), body: {} },
    ...{ userAgent: undefined, ipAddress: undefined },
    note: (text) => notes.push(text),
    nameUser() {},
  };
  try {
    const result = await perform(call);
    core.journal.write({ ...entry, status: 200 });
    return result;
  } catch (error) {
    if (error instanceof WireError)
      core.journal.write({ ...entry, status: error.status, errorCode: error.code, reason: error.reason });
    throw error;
  } finally {
    tenant.state.commit();
  }
}

function ceremonyOf(
  tenant: Tenant,
  challenge: Json,
  { origin, authenticator = {}, fault = {} }: Pick<SignInRequest, "origin" | "authenticator" | "fault">,
): Ceremony {
  const { rpId, expectedOrigins } = tenant.settings;
  const page = origin ?? expectedOrigins[0] ?? originOf(tenant);
  return { challenge: textOf(challenge), rpId, origin: page, knobs: authenticator, fault };
}

function resultOf(finished: JsonObject, credential: HeldPasskey): CeremonyResult {
  return { token: textOf(finished.accessToken), userId: textOf(finished.userId), credential };
}

function objectOf(value: Json): JsonObject {
  if (!isJsonObject(value)) throw new TypeError("An operation of the API answered no object.");
  return value;
}

function textOf(value: Json): string {
  if (typeof value !== "string") throw new TypeError("An operation of the API answered no text.");
  return value;
}
