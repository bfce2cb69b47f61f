import { Authsignal } from "@authsignal/node";
import express, { type Express } from "express";

export interface Settings {
  readonly apiSecretKey: string;
  readonly apiUrl: string;
}

/** An API that calls Authsignal itself. */
export function createApp({ apiSecretKey, apiUrl }: Settings): Express {
  const authsignal = new Authsignal({ apiSecretKey, apiUrl });
  const app = express();
  app.use(express.json());

  // Yours asks its session who that is.
  app.post("/passkeys/token", async (req, res) => {
    const { token } = await authsignal.track({ userId: req.body.userId, action: "enroll-passkey" });
    res.json({ token });
  });

  app.post("/sign-in", async (req, res) => {
    const { token } = req.body;
    const { isValid, state, userId } = await authsignal.validateChallenge({ token, action: "sign-in" });
    if (isValid && state === "CHALLENGE_SUCCEEDED") res.json({ userId });
    else res.sendStatus(401);
  });
  return app;
}
