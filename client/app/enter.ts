/** Shows what follows a sign-in: the account, or first the offer of a passkey on this device. */
import type { SignedInResponse, User } from "../../shared/contract.ts";
import { recall, remember } from "../dom/local-storage.ts";
import { canCreatePasskeyHere } from "../passkeys/capabilities.ts";
import { type Path, paths } from "./paths.ts";
import type { Visit } from "./visit.ts";

export interface EnterDeps {
  readonly visit: Visit;
  go(path: Path, options?: { readonly replace?: boolean; readonly state?: unknown }): Promise<void>;
  /** Call after signing in or out on this page: this page and the other tabs take note of it. */
  sessionChanged(user: User | null): void;
}

export async function enter(
  { visit, go, sessionChanged }: EnterDeps,
  { user, offerPasskey }: SignedInResponse,
  { crossDevice = false } = {},
): Promise<void> {
  sessionChanged(user);
  visit.isOfferOver = false;
  visit.passkeyFailed = false;
  const isOfferDue = offerPasskey && (await canOfferPasskeyHere());
  if (isOfferDue) await go(paths.offer, { replace: true, state: { crossDevice } });
  else await go(paths.account, { replace: true });
}

/** Set after a failed attempt: browsers may report support that is not there. Expires: the device may get a screen lock. */
const cannotSince = "cannotCreatePasskeySince";
const believedFor = 30 * 24 * 60 * 60 * 1000;

async function canOfferPasskeyHere(): Promise<boolean> {
  const isKnownNotTo = Date.now() - Date.parse(recall(cannotSince) ?? "") < believedFor;
  return !isKnownNotTo && canCreatePasskeyHere();
}

/** For 30 days, no passkey is offered on this device. */
export function rememberUnableDevice(): void {
  remember(cannotSince, new Date().toISOString());
}
