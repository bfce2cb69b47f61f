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
import type { Authenticators, EnrolledPasskey } from "../ports/authsignal.ts";
import type { PasskeysContext } from "../ports/options.ts";
import { requireFull } from "./assurance/standing.ts";
import { seeAuthenticators } from "./authenticators.ts";
import { requireFresh } from "./freshness.ts";
import { removePasskey } from "./oversight/remove-passkey.ts";
import { tellOfRemovedPasskey } from "./oversight/tell.ts";
import { createUserLimit } from "./rate-limits.ts";
import { requireSignedIn } from "./signed-in.ts";

export function listPasskeys(context: PasskeysContext): Operation {
  const spendCall = createUserLimit(context, "callsPerUser");
  return {
    async handle({ req }) {
      const { session, user } = await requireSignedIn(context, req);
      await spendCall(session);
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
      const { session, user } = await requireSignedIn(context, req);
      await spendCall(session);
      await requireFull(context, req, session);
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
      await spendCall(session);
      const known = await requireFresh(context, req, session);
      const passkey = await ownPasskey(context, user, req, known);
      await removePasskey(context, { userId: user.id, passkeyId: passkey.id });
      context.onEvent({
        event: "passkey.deleted",
        requestId: req.id,
        userId: user.id,
        passkeyId: passkey.id,
      });
      await tellOfRemovedPasskey(context, { req, user, passkey });
      return { status: 204 };
    },
  };
}

/**
 * As their owner named them, or after their provider or device: "iCloud Keychain 2" where there are several. A numbered name is
 * kept, so that it stays the same when another passkey is deleted.
 */
export async function nameAll(
  { storage }: PasskeysContext,
  userId: string,
  passkeys: readonly EnrolledPasskey[],
): Promise<Passkey[]> {
  const kept = passkeys.length === 0 ? new Map<string, string>() : await storage.flows.passkeyNames(userId);
  const names = new Map(passkeys.flatMap(({ id }) => entryOf(id, kept.get(id))));
  for (const passkey of passkeys) {
    if (names.has(passkey.id)) continue;
    const alike = passkeys.filter((one) => baseName(one) === baseName(passkey));
    const name = nextName(baseName(passkey), [...names.values()]);
    names.set(passkey.id, name);
    if (alike.length > 1) await unlessOut(storage.flows.keepPasskeyName(userId, passkey.id, name), undefined);
  }
  return passkeys.map(({ createdAt, lastUsedAt, device, ...passkey }) => ({
    ...passkey,
    name: names.get(passkey.id) ?? baseName({ ...passkey, device }),
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }));
}

function entryOf(id: string, name: string | undefined): [string, string][] {
  return name === undefined ? [] : [[id, name]];
}

function baseName({ provider, device }: Pick<EnrolledPasskey, "provider" | "device">): string {
  return provider ?? device ?? "Passkey";
}

/** One above the highest number that a passkey of this account has. */
function nextName(base: string, taken: readonly string[]): string {
  const numbers = taken.map((name) => {
    if (name === base) return 1;
    const number = name.startsWith(`${base} `) ? Number(name.slice(base.length + 1)) : 0;
    return Number.isInteger(number) ? number : 0;
  });
  const next = Math.max(0, ...numbers) + 1;
  return next === 1 ? base : `${base} ${next}`;
}

/**
 * @param known what the user has, if this request has asked for it already
 * @throws AppError passkey_not_found for an id that is not one of this user's passkeys
 */
async function ownPasskey(
  context: PasskeysContext,
  user: User,
  req: Request,
  known: Authenticators | null = null,
): Promise<Passkey> {
  const { passkeys } = known ?? (await seeAuthenticators(context, req, user.id));
  const passkey = (await nameAll(context, user.id, passkeys)).find(({ id }) => id === req.params.id);
  if (passkey === undefined) throw new AppError("passkey_not_found");
  return passkey;
}
