import { Authsignal } from "@authsignal/node";
import { Hono } from "hono";

export function createApp({ apiSecretKey, apiUrl }) {
  const authsignal = new Authsignal({ apiSecretKey, apiUrl });
  const app = new Hono();

  app.post("/passkeys/token", async (context) => {
    const { userId } = await context.req.json();
    const { token } = await authsignal.track({ userId, action: "enroll-passkey" });
    return context.json({ token });
  });

  app.post("/sign-in", async (context) => {
    const { token } = await context.req.json();
    const { isValid, state, userId } = await authsignal.validateChallenge({ token, action: "sign-in" });
    if (!isValid || state !== "CHALLENGE_SUCCEEDED") return context.body(null, 401);
    return context.json({ userId });
  });
  return app;
}
