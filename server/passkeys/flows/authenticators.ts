/** What a user has enrolled at Authsignal, and the record of what has appeared there (requirement S45). */
import type { Request } from "express";
import type { Authenticators } from "../ports/authsignal.ts";
import type { PasskeysContext } from "../ports/options.ts";

/** Every look at the list goes through here, so that nothing appears in it unrecorded. */
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
 * Tells once of every authenticator that neither an enrollment here has claimed nor an earlier look has seen: it was
 * made past this API, or is on its way to the finish of its enrollment.
 */
export async function recordAppeared(
  { storage, onEvent }: PasskeysContext,
  seen: { readonly req: Request; readonly userId: string; readonly authenticators: Authenticators },
): Promise<void> {
  const { req, userId, authenticators } = seen;
  const { passkeys, others } = authenticators;
  const ids = [...passkeys, ...others].map(({ id }) => id);
  if (ids.length === 0) return;
  const appeared = await storage.flows.noteAuthenticators(userId, ids);
  const common = { requestId: req.id, userId };
  for (const { id, createdAt } of passkeys.filter((one) => appeared.has(one.id)))
    onEvent({ event: "passkey.appeared", ...common, passkeyId: id, createdAt: createdAt.toISOString() });
  for (const { id, method } of others.filter((one) => appeared.has(one.id)))
    onEvent({ event: "authenticator.appeared", ...common, authenticatorId: id, method });
}
