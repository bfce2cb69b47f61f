/**
 * What Authsignal's webhooks tell of: authenticators that were added or removed past this API. A webhook may come late,
 * twice, and in any order, so it is only a reason to look: what is true is asked of Authsignal.
 */
import type { Request } from "express";
import type { User } from "../../../../shared/contract.ts";
import { sha256 } from "../../../http/hash.ts";
import type { AuthenticatorChange, WebhookEvent } from "../../ports/authsignal.ts";
import type { PasskeysContext } from "../../ports/options.ts";
import { seeAuthenticators } from "../authenticators.ts";
import { takeRemoval } from "./remove-passkey.ts";
import { tellOfAuthenticator, tellOfRemovedPasskey } from "./tell.ts";

/** How long an event is remembered: longer than Authsignal tries. */
const rememberMs = 7 * 24 * 60 * 60 * 1000;

/** @throws AppError upstream_unavailable, before the event is remembered: Authsignal sends it again */
export async function receiveWebhook(
  context: PasskeysContext,
  req: Request,
  event: WebhookEvent,
): Promise<void> {
  if (event.kind === "other") return;
  // A tenant may serve other apps, whose users are none here.
  const user = await context.users.findById(event.userId);
  if (user === null) return;
  const { passkeys, others } = await context.authsignal.listAuthenticators(user.id);
  const isThere = [...passkeys, ...others].some(({ id }) => id === event.authenticatorId);
  const identity = sha256(JSON.stringify({ webhook: event.id }));
  const expiresAt = new Date(context.now().getTime() + rememberMs);
  if (!(await context.storage.flows.consumeToken(identity, expiresAt))) return;
  if (event.kind === "authenticator.created" && isThere) await onAdded(context, { req, user, event });
  if (event.kind === "authenticator.deleted" && !isThere) await onRemoved(context, { req, user, event });
}

interface Change {
  readonly req: Request;
  readonly user: User;
  readonly event: AuthenticatorChange;
}

async function onAdded(context: PasskeysContext, { req, user, event }: Change): Promise<void> {
  // Records what has appeared, and tells of passkeys.
  await seeAuthenticators(context, req, user.id);
  if (event.method !== "PASSKEY") await tellOfAuthenticator(context, { user, event });
}

async function onRemoved(context: PasskeysContext, { req, user, event }: Change): Promise<void> {
  const { authenticatorId: id, method } = event;
  const { flows } = context.storage;
  // False: it was removed here.
  if (!(await takeRemoval(context, { userId: user.id, passkeyId: id }))) return;
  const common = { requestId: req.id, userId: user.id };
  if (method !== "PASSKEY") {
    context.onEvent({ event: "authenticator.vanished", ...common, authenticatorId: id, method });
    return;
  }
  await flows.dropGrants(user.id);
  const sessions = await endPasskeySessions(context, user.id);
  const name = (await flows.passkeyNames(user.id)).get(id) ?? null;
  await flows.keepPasskeyName(user.id, id, null);
  await flows.forgetPasskey(user.id, id);
  context.onEvent({ event: "passkey.vanished", ...common, passkeyId: id, sessions });
  await tellOfRemovedPasskey(context, { req: null, user, passkey: { id, name }, by: "elsewhere" });
}

/** Which passkey has signed in is not known, so all sessions end that a passkey has begun or confirmed. */
async function endPasskeySessions({ sessions }: PasskeysContext, userId: string): Promise<number> {
  const { sessionList } = sessions;
  if (sessionList === undefined) return 0;
  let ended = 0;
  for (const { id, method } of await sessionList.list(userId))
    if (method === "passkey" && (await sessionList.end(userId, id))) ended += 1;
  return ended;
}
