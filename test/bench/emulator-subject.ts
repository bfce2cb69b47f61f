/** What is measured, in a process of its own: the emulator, or two bare endpoints that do the same checks. */
import {
  generateAuthenticationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from "@simplewebauthn/server";
import express from "express";
import { startEmulator } from "../../server/emulator/index.ts";

export type EmulatorSubject = "emulator" | "bare";

const origin = "http://localhost:3000";
const rpId = "localhost";
export const benchTenant = {
  tenantId: "bench",
  secrets: ["emulator-bench"],
  rpId,
  expectedOrigins: [origin],
};

async function startOne(kind: EmulatorSubject): Promise<{ url: string; close(): Promise<void> }> {
  if (kind === "bare") return startBare();
  const begun = performance.now();
  const emulator = await startEmulator({ tenants: [benchTenant] });
  process.send?.({ startedInMs: performance.now() - begun });
  return emulator;
}

/** What a team would write: Express, the library, a Map. */
function startBare(): Promise<{ url: string; close(): Promise<void> }> {
  const challenges = new Set<string>();
  const credentials = new Map<string, WebAuthnCredential>();
  const app = express();
  app.use(express.json());
  app.post("/registration", async (request, response) => {
    const { credential, challenge } = request.body;
    const { registrationInfo } = await verifyRegistrationResponse({
      response: credential,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: false,
    });
    if (registrationInfo) credentials.set(registrationInfo.credential.id, registrationInfo.credential);
    response.json({ isVerified: registrationInfo !== undefined });
  });
  app.post("/authentication-options", async (_request, response) => {
    const options = await generateAuthenticationOptions({ rpID: rpId, userVerification: "preferred" });
    challenges.add(options.challenge);
    response.json(options);
  });
  app.post("/authentication", async (request, response) => {
    const credential = credentials.get(request.body.credential.id);
    if (credential === undefined) return void response.sendStatus(400);
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: request.body.credential,
      expectedChallenge: (challenge) => challenges.delete(challenge),
      expectedOrigin: origin,
      expectedRPID: rpId,
      credential,
      requireUserVerification: false,
    });
    credentials.set(credential.id, { ...credential, counter: authenticationInfo.newCounter });
    response.json({ isVerified: verified });
  });
  return new Promise((resolve) => {
    const server = app.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      resolve({
        url: `http://localhost:${port}`,
        close: () => new Promise((done) => server.close(() => done())),
      });
    });
  });
}

const [, , kind] = process.argv;
if (kind === "emulator" || kind === "bare") {
  const subject = await startOne(kind);
  process.send?.({ url: subject.url });
  process.on("message", () => {
    globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    const { heapUsed, rss } = process.memoryUsage();
    process.send?.({ cpuMs: (user + system) / 1000, heapMib: heapUsed / 2 ** 20, rssMib: rss / 2 ** 20 });
  });
}
