import { createRequire } from "node:module";
import { dirname } from "node:path";
import { Authsignal } from "@authsignal/node";
import express from "express";

/** The app under test: yours is in its place. */
const { AUTHSIGNAL_API_SECRET_KEY, AUTHSIGNAL_API_URL, AUTHSIGNAL_TENANT_ID, PORT } = process.env;
const authsignal = new Authsignal({ apiSecretKey: AUTHSIGNAL_API_SECRET_KEY, apiUrl: AUTHSIGNAL_API_URL });
const browserSdk = dirname(createRequire(import.meta.url).resolve("@authsignal/browser"));
const app = express();
app.use(express.json());
app.use("/sdk", express.static(browserSdk));
app.use(express.static(import.meta.dirname, { index: "page.html" }));

app.get("/api/config", (_req, res) => {
  res.json({ tenantId: AUTHSIGNAL_TENANT_ID, baseUrl: AUTHSIGNAL_API_URL });
});

app.post("/api/codes", async ({ body }, res) => {
  const asked = { verificationMethod: "EMAIL_OTP", action: "sign-in", email: body.email };
  const { challengeId } = await authsignal.challenge(asked);
  res.json({ challengeId });
});

app.post("/api/codes/verify", async ({ body: { challengeId, code, email } }, res) => {
  const { isVerified } = await authsignal.verify({ challengeId, verificationCode: code });
  if (!isVerified) return res.status(401).json({});
  await authsignal.claimChallenge({ challengeId, userId: email });
  // Yours takes the user id from its session.
  const attributes = { scope: "add:authenticators" };
  const { token } = await authsignal.track({ userId: email, action: "enroll", attributes });
  return res.json({ userId: email, token });
});

app.post("/api/sign-in", async ({ body: { token } }, res) => {
  const { isValid, userId } = await authsignal.validateChallenge({ token, action: "sign-in" });
  return isValid ? res.json({ userId }) : res.status(401).json({});
});

app.use((_error, _req, res, _next) => res.status(401).json({}));
app.listen(PORT, "localhost");
