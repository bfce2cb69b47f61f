/** The one place that a track token comes from, and where it is judged before a browser gets it (requirement S45). */
import { randomUUID } from "node:crypto";
import type { Request } from "express";
import type { ActionCode } from "../../../shared/actions.ts";
import { AppError } from "../../http/errors.ts";
import type { Authenticators, BeginAction, BegunAction } from "../ports/authsignal.ts";
import type { PasskeysContext } from "../ports/options.ts";
import type { SignedIn } from "../ports/sessions.ts";
import { seeAuthenticators } from "./authenticators.ts";

/** How long a begun action may take: longer than any track token lives. */
export const begunSeconds = 30 * 60;

export interface Beginning {
  readonly req: Request;
  readonly session: SignedIn;
  readonly action: ActionCode;
  /** Fingerprint of what exactly is confirmed; empty for the bare action. */
  readonly operation: string;
  /** Throws when a user who has these may not begin the action. */
  readonly check: (authenticators: Authenticators) => void;
  readonly attributes: Pick<BeginAction, "addAuthenticators" | "email" | "custom">;
  /** Told of the methods that stand in the way, before the error is thrown. */
  readonly onWithheld: (methods: readonly string[]) => void;
}

/**
 * Tracks an action for the session's user and remembers it as begun. What the user has is asked for at the same time: the
 * token is withheld until both answers have been judged.
 * @returns a token whose challenge a passkey meets, and nothing else
 * @throws AppError tenant_misconfigured when something else could meet it
 */
export async function beginTracked(context: PasskeysContext, beginning: Beginning): Promise<string> {
  const { req, session, action, operation, check, attributes, onWithheld } = beginning;
  const { userId } = session;
  const idempotencyKey = randomUUID();
  const [authenticators, begun] = await Promise.all([
    seeAuthenticators(context, req, userId),
    context.authsignal.beginAction({ userId, action, idempotencyKey, ...attributes }),
  ]);
  check(authenticators);
  const methods = methodsBesidePasskey(begun, authenticators);
  if (methods.length > 0) {
    onWithheld(methods);
    throw misconfigured(action, methods);
  }
  const passkeyIds = authenticators.passkeys.map(({ id }) => id);
  await context.storage.flows.keepBegun(
    { idempotencyKey, sessionId: session.id, action, operation, passkeyIds },
    new Date(context.now().getTime() + begunSeconds * 1000),
  );
  return begun.token;
}

/**
 * A track token is as good as the weakest method that meets its challenge, and its result token may add and remove
 * authenticators. Every method that the user has and the action permits counts, unknown names too. If track does not list
 * the permitted methods, all are.
 */
function methodsBesidePasskey(
  { permittedMethods, enrolledMethods }: BegunAction,
  { others }: Authenticators,
): readonly string[] {
  // A method counts as enrolled if either source lists it.
  const enrolled = new Set([...others.map(({ method }) => method), ...(enrolledMethods ?? [])]);
  enrolled.delete("PASSKEY");
  const permitted = permittedMethods && new Set(permittedMethods.map(wayOf));
  return [...enrolled].filter((method) => permitted === null || permitted.has(wayOf(method))).toSorted();
}

/** Methods that reach the same mailbox, number or device: whether one that is enrolled also serves the other is not documented. */
const ways: ReadonlyMap<string, string> = new Map([
  ["EMAIL_MAGIC_LINK", "EMAIL_OTP"],
  ["WHATSAPP", "SMS"],
  ["DEVICE", "PUSH"],
]);

function wayOf(method: string): string {
  return ways.get(method) ?? method;
}

function misconfigured(action: ActionCode, methods: readonly string[]): AppError {
  return new AppError("tenant_misconfigured", {
    detail: `This user could meet the challenge of "${action}" by ${methods.join(", ")} as well. In the Authsignal portal, under Actions, ${action}, permit passkey and no other authenticator.`,
  });
}
