import { json } from "node:stream/consumers";
import { Authsignal } from "@authsignal/node";
import Koa from "koa";

export function createApp({ apiSecretKey, apiUrl }) {
  const authsignal = new Authsignal({ apiSecretKey, apiUrl });
  const app = new Koa();

  app.use(async (context) => {
    const body = await json(context.req);
    if (context.path === "/passkeys/token") {
      const { token } = await authsignal.track({ userId: body.userId, action: "enroll-passkey" });
      context.body = { token };
    } else if (context.path === "/sign-in") {
      const { isValid, state, userId } = await authsignal.validateChallenge({
        token: body.token,
        action: "sign-in",
      });
      if (isValid && state === "CHALLENGE_SUCCEEDED") context.body = { userId };
      else context.status = 401;
    }
  });
  return app;
}
