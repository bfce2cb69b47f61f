/**
 * Firefox's virtual authenticators, measured with Firefox ESR 153. What they cannot do, unlike Chromium's:
 * - leave a prompt open until somebody cancels: without consent a creation is a NotAllowedError after 36 ms;
 * - answer a conditional request: it stays pending, and with the field focused neither ArrowDown nor Enter picks a
 *   passkey in a headless Firefox, with or without its password manager;
 * - lie about the flags of a response: Marionette has no such command. A wrong key it can have: see `forgeKeys`.
 */
import { generateKeyPairSync } from "node:crypto";
import { z } from "zod";
import type { Marionette } from "./marionette.ts";

export type Transport = "internal" | "usb";

export interface FirefoxAuthenticator {
  countCredentials(): Promise<number>;
  /** False: the person is there, but the fingerprint does not fit. */
  setUserVerified(isUserVerified: boolean): Promise<void>;
  /** The credentials keep their names and change their keys: every signature is one over the right bytes by a stranger. */
  forgeKeys(): Promise<void>;
  remove(): Promise<void>;
}

const added = z.object({ value: z.string() });
const credentialList = z.object({
  value: z.array(
    z.looseObject({ credentialId: z.string(), signCount: z.number(), userHandle: z.string().nullish() }),
  ),
});

export async function addAuthenticator(
  marionette: Marionette,
  transport: Transport,
): Promise<FirefoxAuthenticator> {
  const { value: authenticatorId } = added.parse(
    await marionette.send("WebAuthn:AddVirtualAuthenticator", {
      protocol: "ctap2_1",
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserConsenting: true,
      isUserVerified: true,
    }),
  );
  const credentials = async () =>
    credentialList.parse(await marionette.send("WebAuthn:GetCredentials", { authenticatorId })).value;
  return {
    countCredentials: async () => (await credentials()).length,
    setUserVerified: async (isUserVerified) => {
      await marionette.send("WebAuthn:SetUserVerified", { authenticatorId, isUserVerified });
    },
    async forgeKeys() {
      for (const credential of await credentials()) {
        const { credentialId } = credential;
        await marionette.send("WebAuthn:RemoveCredential", { authenticatorId, credentialId });
        const forged = { ...credential, privateKey: newPrivateKey() };
        await marionette.send("WebAuthn:AddCredential", { authenticatorId, credentials: forged });
      }
    },
    remove: async () => {
      await marionette.send("WebAuthn:RemoveVirtualAuthenticator", { authenticatorId });
    },
  };
}

function newPrivateKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ format: "der", type: "pkcs8" }).toString("base64url");
}
