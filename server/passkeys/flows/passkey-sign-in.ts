/** Finish only: button and autofill sign-ins begin in the browser, with Authsignal. */
import type { Request } from "express";
import { actions } from "../../../shared/actions.ts";
import type { SignedInResponse, User } from "../../../shared/contract.ts";
import type { Answer, Call } from "../../http/operation.ts";
import { unlessOut } from "../../http/outages.ts";
import type { TokenRefusal } from "../ports/events.ts";
import type { PasskeysContext } from "../ports/options.ts";
import { acceptToken, refuse } from "./accept-token.ts";
import type { BegunHere } from "./assurance/begun-here.ts";
import { tellOfNewBrowser } from "./oversight/tell.ts";
import { shouldOffer } from "./passkey-offer.ts";
import type { TokenLimit } from "./rate-limits.ts";
import { findSignedIn } from "./signed-in.ts";

type Finish = (call: Call<{ token: string; crossDevice?: boolean | undefined }>) => Promise<Answer>;

export function passkeySignIn(context: PasskeysContext, limit: TokenLimit, begunHere: BegunHere): Finish {
  const { sessions, users, onEvent, knownBrowsers } = context;

  return async ({ req, res, body }) => {
    // With a session the token must belong to its user: a sign-in never replaces the user of a session.
    const session = (await findSignedIn(context, req))?.session ?? null;
    const userId = session?.userId ?? null;
    const user = await limit(req, session, () => provePasskey(req, body.token, userId));

    await sessions.start(req, res, { userId: user.id, method: "passkey" });
    onEvent({ event: "sign_in.succeeded", requestId: req.id, userId: user.id, method: "passkey" });
    await tellOfNewBrowser(context, { req, res, user });
    const crossDevice = body.crossDevice === true;
    const offerPasskey = crossDevice && (await shouldOffer(context, req, user.id, { crossDevice }));
    if (!crossDevice) await unlessOut(knownBrowsers.remember(req, res, user.id), undefined);
    const answer: SignedInResponse = { user, offerPasskey };
    return { status: 200, body: answer };
  };

  /** From a result token to the passkey's owner, or a problem. */
  async function provePasskey(req: Request, token: string, userId: string | null): Promise<User> {
    const onRefusal = (reason: TokenRefusal) =>
      onEvent({ event: "sign_in.refused", requestId: req.id, reason });
    // With a session the token has to be of its user: it signs in no other person.
    if (userId === null && !begunHere.holdsFor(req)) throw refuse("not-begun", onRefusal);
    const expected = { token, action: actions.signInWithPasskey, userId };
    const accepted = await acceptToken(context, expected, onRefusal);
    // A code is not a passkey, whatever action it was given for.
    if (accepted.verificationMethod !== "PASSKEY") throw refuse("refused", onRefusal);
    const user = await users.findById(accepted.userId);
    if (user === null) throw refuse("no-such-user", onRefusal);
    return user;
  }
}
