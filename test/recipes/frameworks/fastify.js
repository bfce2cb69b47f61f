import { Authsignal } from "@authsignal/node";
import fastify from "fastify";

export function createApp({ apiSecretKey, apiUrl }) {
  const authsignal = new Authsignal({ apiSecretKey, apiUrl });
  const app = fastify();

  app.post("/passkeys/token", async ({ body }) => {
    const { token } = await authsignal.track({ userId: body.userId, action: "enroll-passkey" });
    return { token };
  });

  app.post("/sign-in", async ({ body }, reply) => {
    const { isValid, state, userId } = await authsignal.validateChallenge({
      token: body.token,
      action: "sign-in",
    });
    if (!isValid || state !== "CHALLENGE_SUCCEEDED") return reply.code(401).send();
    return { userId };
  });
  return app;
}
