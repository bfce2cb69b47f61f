import { Authsignal } from "@authsignal/node";
import express from "express";

/** An app that sends people to track's `url`, and takes them back at its callback. Only the SDK's documented calls. */
export function createApp({ apiSecretKey, apiUrl, origin }) {
  const authsignal = new Authsignal({ apiSecretKey, apiUrl });
  const app = express();

  app.get("/sign-in", async ({ query }, res) => {
    const { userId, email } = query;
    const attributes = { email, redirectUrl: `${origin()}/callback?from=sign-in` };
    const { url, state, isEnrolled } = await authsignal.track({ userId, action: "sign-in", attributes });
    if (state === "BLOCK") return res.sendStatus(403);
    if (state === "ALLOW" && isEnrolled) return res.send(`Welcome, ${userId}`);
    return res.redirect(url);
  });

  app.get("/settings", async ({ query }, res) => {
    const attributes = { redirectUrl: `${origin()}/callback?from=settings`, redirectToSettings: true };
    const { url } = await authsignal.track({ userId: query.userId, action: "settings", attributes });
    res.redirect(url);
  });

  app.get("/callback", async ({ query }, res) => {
    const { token, from: action } = query;
    const { isValid, userId } = await authsignal.validateChallenge({ token, action });
    return isValid ? res.send(`Welcome, ${userId}`) : res.status(401).send("Not you");
  });
  return app;
}
