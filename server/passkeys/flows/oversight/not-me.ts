/**
 * "This wasn't me": the link of a notice ends all sessions, removes the passkey or takes back the change of address that it
 * tells of. Nothing
 * happens by opening the link, because programs that scan mails open it too.
 */
import type { Request } from "express";
import {
  type NotMeRequest,
  type NotMeResponse,
  NotMeRequest as NotMeSchema,
  type Passkey,
  type User,
} from "../../../../shared/contract.ts";
import { describeError } from "../../../http/describe-error.ts";
import { AppError } from "../../../http/errors.ts";
import { sha256 } from "../../../http/hash.ts";
import { type Operation, operation } from "../../../http/operation.ts";
import { unlessOut } from "../../../http/outages.ts";
import { beyondRequest } from "../../../http/request-deadline.ts";
import type { NotMeLink } from "../../ports/notices.ts";
import type { PasskeysContext } from "../../ports/options.ts";
import { isOfAccount, restoreAddress, restoreAgain } from "../account/former-address.ts";
import { seeAuthenticators } from "../authenticators.ts";
import { nameAll } from "../passkey-list.ts";
import { removePasskey } from "./remove-passkey.ts";
import { tellOfRemovedPasskey } from "./tell.ts";

export function reportNotMe(context: PasskeysContext): Operation {
  return operation({
    body: NotMeSchema,
    async handle({ req, body }) {
      return { status: 200, body: await confirmNotMe(context, req, body) };
    },
  });
}

/**
 * @throws AppError not_found for a link that is forged, too old, used, or of an address that the account has lost,
 * upstream_unavailable with the link as good as before
 */
export async function confirmNotMe(
  context: PasskeysContext,
  req: Request,
  { token, removePasskey: removes }: NotMeRequest,
): Promise<NotMeResponse> {
  const { notices, users, storage } = context;
  const link = notices.readLink(token);
  const user = link === null ? null : await users.findById(link.userId);
  if (link === null || user === null || !(await isOfAccount(context, user, link)))
    throw new AppError("not_found");
  // Asked before the link is used up: in an outage of Authsignal the person can try again.
  const passkey = removes ? await passkeyOf(context, req, link) : null;
  const identity = sha256(`not-me ${link.id}`);
  if (!(await storage.flows.consumeToken(identity, link.expiresAt))) throw new AppError("not_found");

  // Not done, or not wholly: the person can try again, and what is done already does no harm twice.
  return undo(context, { req, user, link, passkey }).catch(async (error: unknown) => {
    await unlessOut(
      beyondRequest(() => storage.flows.releaseToken(identity)),
      undefined,
    );
    throw error;
  });
}

interface Undone {
  readonly req: Request;
  readonly user: User;
  readonly link: NotMeLink;
  readonly passkey: Passkey | null;
}

async function undo(context: PasskeysContext, { req, user, link, passkey }: Undone): Promise<NotMeResponse> {
  const { sessions, storage, onEvent } = context;
  const common = { requestId: req.id, userId: user.id };
  const former = await restoreAddress(context, { req, user, link });
  // First at Authsignal, which may not answer: then no session has ended, and the page says the truth.
  if (passkey !== null) {
    await removePasskey(context, { userId: user.id, passkeyId: passkey.id });
    onEvent({ event: "passkey.deleted", ...common, passkeyId: passkey.id });
    await tellOfRemovedPasskey(context, { req, user, passkey });
  }
  const endAll = async () => (await sessions.sessionList?.endAll(user.id)) ?? null;
  await storage.flows.dropGrants(user.id);
  if (link.kind === "recovery_began" && (await context.recoveries?.cancelRecovery(user.id)) === true)
    onEvent({ event: "recovery_cancelled", ...common, by: "user" });
  let sessionsEnded = await endAll();
  if (former !== null && (await restoreAgain(context, former)))
    sessionsEnded = addTo(sessionsEnded, await endAll());
  onEvent({ event: "not_me.confirmed", ...common, kind: link.kind, sessions: sessionsEnded ?? 0 });
  await callHook(context, link);
  return { sessionsEnded, passkeyRemoved: passkey !== null, emailRestored: former !== null };
}

async function passkeyOf(context: PasskeysContext, req: Request, link: NotMeLink) {
  if (link.kind !== "passkey_added" || link.passkeyId === null) return null;
  const { passkeys } = await seeAuthenticators(context, req, link.userId);
  const named = await nameAll(context, link.userId, passkeys);
  return named.find(({ id }) => id === link.passkeyId) ?? null;
}

function addTo(before: number | null, more: number | null): number | null {
  return before === null || more === null ? before : before + more;
}

/** What was confirmed is done: a fault of the host's function is told, and does not take it back. */
async function callHook({ notices }: PasskeysContext, link: NotMeLink): Promise<void> {
  await (async () => notices.onNotMe?.(link))().catch((error: unknown) => {
    process.emitWarning(`\`onNotMe\` failed: ${describeError(error).message}`, { type: "PasskeysWarning" });
  });
}
