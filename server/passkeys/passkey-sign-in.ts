/** Finish only: button and autofill sign-ins begin in the browser, with Authsignal. */
import { actions } from "../../shared/actions.ts";
import type { SignedInResponse } from "../../shared/contract.ts";
import { acceptToken, refuse } from "./accept-token.ts";
import type { TokenRefusal } from "./events.ts";
import type { Answer, Call } from "./operation.ts";
import type { PasskeysContext } from "./options.ts";
import { shouldOffer } from "./passkey-offer.ts";

export async function finishPasskeySignIn(
  context: PasskeysContext,
  { req, res, body }: Call<{ token: string; crossDevice?: boolean | undefined }>,
): Promise<Answer> {
  const { sessions, users, onEvent, browserMemory } = context;
  const onRefusal = (reason: TokenRefusal) =>
    onEvent({ event: "sign_in.refused", requestId: req.id, reason });

  // With a session the token must be that user's: nobody is signed in as somebody else on top of a session.
  const session = await sessions.current(req);
  const accepted = await acceptToken(
    context,
    { token: body.token, action: actions.signInWithPasskey, userId: session?.userId ?? null },
    onRefusal,
  );
  // A code is not a passkey, whatever action it was given for.
  if (accepted.verificationMethod !== "PASSKEY") throw refuse("refused", onRefusal);
  const user = await users.findById(accepted.userId);
  if (user === null) throw refuse("no-such-user", onRefusal);

  await sessions.start(req, res, { userId: user.id, method: "passkey" });
  onEvent({ event: "sign_in.succeeded", requestId: req.id, userId: user.id, method: "passkey" });
  const crossDevice = body.crossDevice === true;
  const offerPasskey = crossDevice && (await shouldOffer(context, req, user.id, { crossDevice }));
  if (!crossDevice) await browserMemory.remember(req, res, user.id);
  const answer: SignedInResponse = { user, offerPasskey };
  return { status: 200, body: answer };
}
