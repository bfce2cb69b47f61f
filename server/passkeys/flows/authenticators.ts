/** What a user has enrolled at Authsignal, and the record of what has appeared there (requirement S45). */
import type { Request } from "express";
import type { Authenticators } from "../ports/authsignal.ts";
import type { PasskeysContext } from "../ports/options.ts";
import { tellOfAppeared } from "./oversight/tell.ts";

/** All reading of the list goes through here, so that new authenticators are recorded. */
export async function seeAuthenticators(
  context: PasskeysContext,
  req: Request,
  userId: string,
): Promise<Authenticators> {
  const authenticators = await context.authsignal.listAuthenticators(userId);
  await recordAppeared(context, { req, userId, authenticators });
  return authenticators;
}

/**
 * Emits one event for each new authenticator that no enrollment of this API has claimed: it was added outside this API,
 * or its enrollment is not finished yet.
 */
export async function recordAppeared(
  context: PasskeysContext,
  seen: { readonly req: Request; readonly userId: string; readonly authenticators: Authenticators },
): Promise<void> {
  const { storage, onEvent } = context;
  const { req, userId, authenticators } = seen;
  const { passkeys, others } = authenticators;
  const ids = [...passkeys, ...others].map(({ id }) => id);
  if (ids.length === 0) return;
  const appeared = await storage.flows.noteAuthenticators(userId, ids);
  const common = { requestId: req.id, userId };
  const newPasskeys = passkeys.filter((one) => appeared.has(one.id));
  for (const { id, createdAt } of newPasskeys)
    onEvent({ event: "passkey.appeared", ...common, passkeyId: id, createdAt: createdAt.toISOString() });
  await tellOfAppeared(context, userId, newPasskeys);
  for (const { id, method } of others.filter((one) => appeared.has(one.id)))
    onEvent({ event: "authenticator.appeared", ...common, authenticatorId: id, method });
}
