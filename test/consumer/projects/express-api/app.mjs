import { Authsignal } from "@authsignal/node";
import express from "express";

/** An API that knows its people by the session cookie's value, and asks Authsignal about everything else. */
export function createApp({ apiSecretKey, apiUrl }) {
  const authsignal = new Authsignal({ apiSecretKey, apiUrl });
  const app = express();
  app.use(express.json());

  app.post("/codes", async ({ body }, res) => {
    const { challengeId } = await authsignal.challenge({
      verificationMethod: "EMAIL_OTP",
      action: "sign-in",
      email: body.email,
    });
    res.json({ challengeId });
  });

  app.post("/sign-in/code", async ({ body }, res) => {
    const { isVerified } = await authsignal.verify(body);
    if (!isVerified) return res.sendStatus(401);
    await authsignal.claimChallenge({ challengeId: body.challengeId, userId: body.userId });
    return res.json({ userId: body.userId });
  });

  app.post("/passkeys/token", async ({ body }, res) => {
    const attributes = { scope: "add:authenticators" };
    const { token } = await authsignal.track({ userId: body.userId, action: "enroll", attributes });
    res.json({ token });
  });

  app.post("/sign-in/passkey", async ({ body }, res) => {
    const { isValid, userId } = await authsignal.validateChallenge({ token: body.token, action: "sign-in" });
    return isValid ? res.json({ userId }) : res.sendStatus(401);
  });

  app.post("/payments", async ({ body }, res) => {
    const { userId, token: result } = body;
    if (result !== undefined) {
      const validated = await authsignal.validateChallenge({ token: result, action: "pay", userId });
      return res.sendStatus(validated.isValid ? 204 : 403);
    }
    const { state, token } = await authsignal.track({ userId, action: "pay" });
    return state === "CHALLENGE_REQUIRED" ? res.status(403).json({ token }) : res.sendStatus(204);
  });

  // The SDK's error holds the request, with the secret: only its code is told.
  app.use((error, _req, res, _next) => res.status(502).json({ error: error.errorCode ?? "unexpected" }));
  return app;
}
