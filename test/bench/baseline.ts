/**
 * What ours is measured against: the smallest honest passkey server that a team would write itself, Express 5 +
 * express-session + @simplewebauthn/server, in memory. It checks the same things: challenge once, origin, RP ID,
 * signature, session rotated at sign-in.
 */
import { randomUUID } from "node:crypto";
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from "@simplewebauthn/server";
import express, { type Express } from "express";
import session from "express-session";

declare module "express-session" {
  interface SessionData {
    webauthnChallenge?: string;
    baselineUserId?: string;
  }
}

export function createBaseline(origin: () => string): Express {
  const rpID = "localhost";
  const credentials = new Map<string, { credential: WebAuthnCredential; userId: string }>();
  const app = express();
  app.use(express.json());
  app.use(
    session({ secret: randomUUID(), resave: false, saveUninitialized: false, cookie: { sameSite: "lax" } }),
  );

  app.post("/registration-options", async (req, res) => {
    const userID = new TextEncoder().encode(randomUUID());
    const options = await generateRegistrationOptions({
      rpName: "Baseline",
      rpID,
      userName: "someone@example.com",
      userID,
      authenticatorSelection: { residentKey: "required" },
    });
    req.session.webauthnChallenge = options.challenge;
    res.json(options);
  });
  app.post("/registration", async (req, res) => {
    const expectedChallenge = req.session.webauthnChallenge ?? "";
    delete req.session.webauthnChallenge;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: req.body,
      expectedChallenge,
      expectedOrigin: origin(),
      expectedRPID: rpID,
      requireUserVerification: false,
    });
    if (!verified) return void res.sendStatus(400);
    credentials.set(registrationInfo.credential.id, {
      credential: registrationInfo.credential,
      userId: randomUUID(),
    });
    res.json({ verified });
  });
  app.post("/authentication-options", async (req, res) => {
    const options = await generateAuthenticationOptions({ rpID });
    req.session.webauthnChallenge = options.challenge;
    res.json(options);
  });
  app.post("/authentication", async (req, res) => {
    const expectedChallenge = req.session.webauthnChallenge ?? "";
    const known = credentials.get(req.body.id);
    if (known === undefined) return void res.sendStatus(400);
    const { verified } = await verifyAuthenticationResponse({
      response: req.body,
      expectedChallenge,
      expectedOrigin: origin(),
      expectedRPID: rpID,
      credential: known.credential,
      requireUserVerification: false,
    });
    if (!verified) return void res.sendStatus(400);
    await new Promise<void>((resolve, reject) =>
      req.session.regenerate((error) => (error ? reject(error) : resolve())),
    );
    req.session.baselineUserId = known.userId;
    res.json({ verified });
  });
  app.get("/session", (req, res) => void res.json({ user: req.session.baselineUserId ?? null }));
  return app;
}
