/** The signed-in user's passkeys: list, rename, delete. Always the owner's own; another's id and no id look alike. */
import type { Request } from "express";
import {
  type Passkey,
  type PasskeysResponse,
  RenamePasskeyRequest,
  type User,
} from "../../../shared/contract.ts";
import { AppError } from "../../http/errors.ts";
import { type Operation, operation } from "../../http/operation.ts";
import { unlessOut } from "../../http/outages.ts";
import type { EnrolledPasskey } from "../ports/authsignal.ts";
import type { PasskeysContext } from "../ports/options.ts";
import { seeAuthenticators } from "./authenticators.ts";
import { requireFresh } from "./freshness.ts";
import { createUserLimit } from "./rate-limits.ts";
import { requireSignedIn } from "./signed-in.ts";

export function listPasskeys(context: PasskeysContext): Operation {
  const spendCall = createUserLimit(context, "callsPerUser");
  return {
    async handle({ req }) {
      const { user } = await requireSignedIn(context, req);
      await spendCall(user.id);
      const { passkeys } = await seeAuthenticators(context, req, user.id);
      const answer: PasskeysResponse = await nameAll(context, user.id, passkeys);
      return { status: 200, body: answer };
    },
  };
}

export function renamePasskey(context: PasskeysContext): Operation {
  const spendCall = createUserLimit(context, "callsPerUser");
  return operation({
    body: RenamePasskeyRequest,
    async handle({ req, body }) {
      const { user } = await requireSignedIn(context, req);
      await spendCall(user.id);
      const passkey = await ownPasskey(context, user, req);
      await context.storage.flows.keepPasskeyName(user.id, passkey.id, body.name);
      context.onEvent({
        event: "passkey.renamed",
        requestId: req.id,
        userId: user.id,
        passkeyId: passkey.id,
      });
      const answer: Passkey = { ...passkey, name: body.name };
      return { status: 200, body: answer };
    },
  });
}

export function deletePasskey(context: PasskeysContext): Operation {
  const spendCall = createUserLimit(context, "callsPerUser");
  return {
    async handle({ req }) {
      const { session, user } = await requireSignedIn(context, req);
      await spendCall(user.id);
      await requireFresh(context, req, session);
      const passkey = await ownPasskey(context, user, req);
      // Before, so that none outlives the passkey. Which passkey gave which grant is not known, so all go.
      await context.storage.flows.dropGrants(user.id);
      await context.authsignal.removePasskey({ userId: user.id, passkeyId: passkey.id });
      await unlessOut(context.storage.flows.dropGrants(user.id), undefined);
      // It is deleted. What stays behind of it belongs to no passkey.
      await unlessOut(context.storage.flows.keepPasskeyName(user.id, passkey.id, null), undefined);
      await unlessOut(context.storage.flows.forgetPasskey(user.id, passkey.id), undefined);
      context.onEvent({
        event: "passkey.deleted",
        requestId: req.id,
        userId: user.id,
        passkeyId: passkey.id,
      });
      return { status: 204 };
    },
  };
}

/** As their owner named them, or after their provider. */
export async function nameAll(
  { storage }: PasskeysContext,
  userId: string,
  passkeys: readonly EnrolledPasskey[],
): Promise<Passkey[]> {
  const names = passkeys.length === 0 ? new Map<string, string>() : await storage.flows.passkeyNames(userId);
  return nameByProvider(passkeys).map((passkey) => ({
    ...passkey,
    name: names.get(passkey.id) ?? passkey.name,
  }));
}

/** Names passkeys after their provider, and numbers those that would look alike: "iCloud Keychain 2". */
function nameByProvider(passkeys: readonly EnrolledPasskey[]): Passkey[] {
  const seen = new Map<string, number>();
  return passkeys.map(({ createdAt, lastUsedAt, ...passkey }) => {
    const base = passkey.provider ?? "Passkey";
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    return {
      ...passkey,
      name: count === 1 ? base : `${base} ${count}`,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    };
  });
}

/** @throws AppError passkey_not_found for an id that is not one of this user's passkeys */
async function ownPasskey(context: PasskeysContext, user: User, req: Request): Promise<Passkey> {
  const { passkeys } = await seeAuthenticators(context, req, user.id);
  const passkey = (await nameAll(context, user.id, passkeys)).find(({ id }) => id === req.params.id);
  if (passkey === undefined) throw new AppError("passkey_not_found");
  return passkey;
}
