import { test as base } from "@playwright/test";

const control = `${process.env.AUTHSIGNAL_EMULATOR_URL}/emulator`;

/** `test` of Playwright with `emulator`: seeded passkeys, codes, clock and journal. */
export const test = base.extend({
  emulator: async ({ page }, use) => {
    await call("POST", "/reset", {});
    await use(controlOf(page));
    await call("PUT", "/clock", { resume: true });
  },
});
export { expect } from "@playwright/test";

function controlOf(page) {
  let authenticator;
  return {
    /** Gives the browser an authenticator, which holds these users' passkeys. Call it before `page.goto`. */
    async usePasskeys({ users = [], ...seed } = {}) {
      // Playwright's own credentials cannot be synced.
      const seeded = {
        ...seed,
        users: users.map((user) => ({ ...user, passkeys: [{ backupEligibility: false }] })),
      };
      const { passkeys } = await call("POST", "/seed", seeded);
      authenticator ??= await authenticatorOf(page);
      for (const passkey of passkeys) await authenticator.add(passkey);
    },
    /** Waits for the newest code to this address. */
    async codeOf(to) {
      return (await call("GET", `/messages/latest?wait=5000&to=${encodeURIComponent(to)}`)).code;
    },
    /** Moves the emulator's clock; the browser and the app keep theirs. */
    advance: (milliseconds) => call("PUT", "/clock", { advance: milliseconds }),
    /** What was refused, the newest first, with the reason that no SDK shows. */
    refusals: () => call("GET", "/journal?refused=true"),
  };
}

async function authenticatorOf(page) {
  const { credentials } = page.context();
  if (credentials !== undefined) {
    await credentials.install();
    return { add: (passkey) => credentials.create(passkey.credential.rpId, forPlaywright(passkey)) };
  }
  // Before Playwright 1.61, in Chromium.
  const devTools = await page.context().newCDPSession(page);
  await devTools.send("WebAuthn.enable");
  const { authenticatorId } = await devTools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const add = ({ credential }) => devTools.send("WebAuthn.addCredential", { authenticatorId, credential });
  return { add };
}

function forPlaywright({ publicKey, credential: { credentialId, privateKey, userHandle } }) {
  const url = (base64) => Buffer.from(base64, "base64").toString("base64url");
  return {
    id: url(credentialId),
    privateKey: url(privateKey),
    publicKey: url(publicKey),
    userHandle: url(userHandle),
  };
}

async function call(method, path, body) {
  const answer = await fetch(`${control}${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
  return await answer.json();
}
