/** The signed-in user of a request, or `not_authenticated`. */
import type { Request } from "express";
import type { User } from "../../../shared/contract.ts";
import { AppError } from "../../http/errors.ts";
import type { PasskeysContext } from "../ports/options.ts";
import type { SignedIn } from "../ports/sessions.ts";

export async function findSignedIn(
  { sessions, users }: PasskeysContext,
  req: Request,
): Promise<{ session: SignedIn; user: User } | null> {
  const session = await sessions.current(req);
  const user = session === null ? null : await users.findById(session.userId);
  return session === null || user === null ? null : { session, user };
}

/** @throws AppError not_authenticated, also when the account behind the session is gone */
export async function requireSignedIn(
  options: PasskeysContext,
  req: Request,
): Promise<{ session: SignedIn; user: User }> {
  const signedIn = await findSignedIn(options, req);
  if (signedIn === null) throw new AppError("not_authenticated");
  return signedIn;
}
