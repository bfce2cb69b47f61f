/** Begin: a track token for the signed-in user. Finish: the result token proves a new passkey. */
import { randomUUID } from "node:crypto";
import { actions } from "../../shared/actions.ts";
import {
  type EnrolledResponse,
  EnrollTokenRequest,
  type EnrollTokenResponse,
} from "../../shared/contract.ts";
import { AppError } from "../errors.ts";
import { acceptToken } from "./accept-token.ts";
import { type Answer, type Call, type Operation, operation } from "./operation.ts";
import type { PasskeysRouterOptions } from "./options.ts";
import { nameByProvider } from "./passkey-list.ts";
import { requireSignedIn } from "./signed-in.ts";

export function beginEnrollment(options: PasskeysRouterOptions): Operation {
  return operation({
    body: EnrollTokenRequest,
    async handle({ req }) {
      const { user } = await requireSignedIn(options, req);
      // Always with the scope: after the e-mail sign-in the user has an authenticator already.
      const { token } = await options.authsignal.beginAction({
        userId: user.id,
        action: actions.enrollPasskey,
        idempotencyKey: randomUUID(),
        addAuthenticators: true,
        email: user.email,
      });
      options.onEvent?.({ event: "enrollment.begun", requestId: req.id, userId: user.id });
      const answer: EnrollTokenResponse = { token, username: user.email, displayName: user.email };
      return { status: 200, body: answer };
    },
  });
}

export async function finishEnrollment(
  options: PasskeysRouterOptions,
  { req, body }: Call<{ token: string }>,
): Promise<Answer> {
  const { user } = await requireSignedIn(options, req);
  await acceptToken(
    options,
    { token: body.token, action: actions.enrollPasskey, userId: user.id },
    (reason) =>
      options.onEvent?.({ event: "enrollment.refused", requestId: req.id, userId: user.id, reason }),
  );
  // The validated answer does not name the passkey; the one just made is the newest.
  const passkey = nameByProvider(await options.authsignal.listPasskeys(user.id)).at(-1);
  if (passkey === undefined) {
    throw new AppError("upstream_unavailable", {
      detail: "Authsignal confirmed a passkey that it does not list.",
    });
  }
  options.onEvent?.({
    event: "passkey.enrolled",
    requestId: req.id,
    userId: user.id,
    passkeyId: passkey.id,
  });
  const answer: EnrolledResponse = { passkey };
  return { status: 200, body: answer };
}
