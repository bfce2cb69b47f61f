/** Adding and deleting a passkey need a proof from the last minutes, by a method that the policy permits (S9, S27). */
import type { Request } from "express";
import { actions } from "../../../shared/actions.ts";
import type { StepUpMethod } from "../../../shared/problem.ts";
import { AppError } from "../../http/errors.ts";
import type { Authenticators } from "../ports/authsignal.ts";
import type { PasskeysContext } from "../ports/options.ts";
import type { AuthenticationMethod, SignedIn } from "../ports/sessions.ts";
import { requireFull, type Standing } from "./assurance/standing.ts";
import { seeAuthenticators } from "./authenticators.ts";

/** `without-passkey`: fresh if the user has no passkey. */
export type Freshness = "fresh" | "without-passkey" | "stale";

export interface FreshnessNeeded {
  /** False: where the account has a passkey, a code counts only after a recovery, whatever `emailStepUp` says. Default true. */
  readonly codesCount?: boolean | undefined;
}

export function freshnessOf(
  context: PasskeysContext,
  session: SignedIn,
  standing: Standing,
  { codesCount }: FreshnessNeeded = {},
): Freshness {
  const ageSeconds = (context.now().getTime() - session.authenticatedAt.getTime()) / 1000;
  if (ageSeconds >= context.freshSeconds) return "stale";
  return counts(context, { session, standing, hasPasskey: true, codesCount }) ? "fresh" : "without-passkey";
}

/**
 * @returns what the user has, if Authsignal had to be asked for it
 * @throws AppError step_up_required, with the methods that would make the session fresh; limited_session
 */
export async function requireFresh(
  context: PasskeysContext,
  req: Request,
  session: SignedIn,
  { codesCount }: FreshnessNeeded = {},
): Promise<Authenticators | null> {
  const standing = await requireFull(context, req, session);
  const freshness = freshnessOf(context, session, standing, { codesCount });
  if (freshness === "fresh") return null;
  const authenticators = await seeAuthenticators(context, req, session.userId);
  const hasPasskey = authenticators.passkeys.length > 0;
  const needed = { session, standing, action: actions.managePasskeys, hasPasskey, codesCount };
  if (freshness === "without-passkey" && counts(context, needed)) return authenticators;
  throw stepUpProblem(context, needed);
}

/** Whether a recent proof by this method may add and delete passkeys. */
function counts(context: PasskeysContext, given: Omit<NeededProof, "action">): boolean {
  const { method } = given.session;
  if (method === "passkey" || !given.hasPasskey) return true;
  if (isCode(context, method)) return doCodesCount(context, given);
  return context.reauthenticationMethods?.includes(method) ?? true;
}

/** For an account with a passkey. */
function doCodesCount(
  { recoveries, emailStepUp }: PasskeysContext,
  { standing, codesCount = true }: Pick<NeededProof, "standing" | "codesCount">,
) {
  return recoveries === null && codesCount ? emailStepUp : standing?.isRecovered === true;
}

/** With `emailCodes: false` a session of this method is of the host's own making. */
function isCode({ codes }: PasskeysContext, method: AuthenticationMethod): boolean {
  return method === "email-otp" && codes !== null;
}

export async function stepUpRequired(
  context: PasskeysContext,
  req: Request,
  { session, action }: { readonly session: SignedIn; readonly action: string },
): Promise<AppError> {
  const { passkeys } = await seeAuthenticators(context, req, session.userId);
  return stepUpProblem(context, { session, action, hasPasskey: passkeys.length > 0 });
}

export interface NeededProof extends FreshnessNeeded {
  readonly session: SignedIn;
  /** Needed for `managePasskeys` where the user has a passkey. */
  readonly standing?: Standing;
  readonly action: string;
  readonly hasPasskey: boolean;
}

export function stepUpProblem(context: PasskeysContext, needed: NeededProof): AppError {
  // No method confirms a host's own action for a user without a passkey: the person has to create one first.
  if (!needed.hasPasskey && needed.action !== actions.managePasskeys) return new AppError("passkey_required");
  const stepUp = { action: needed.action, methods: methodsFor(context, needed) };
  return new AppError("step_up_required", { extras: { stepUp } });
}

/** What the person can do now. A host's own action is confirmed by a passkey and nothing else. */
function methodsFor(context: PasskeysContext, needed: NeededProof): StepUpMethod[] {
  const { session, action, hasPasskey } = needed;
  const methods: StepUpMethod[] = hasPasskey ? ["passkey"] : [];
  if (action !== actions.managePasskeys) return methods;
  if (context.codes !== null && (!hasPasskey || doCodesCount(context, needed))) methods.push("email-otp");
  const isByHost = session.method !== "passkey" && !isCode(context, session.method);
  const canReauthenticate = !hasPasskey || context.reauthenticationMethods?.length !== 0;
  // Without codes and without a passkey the host's own sign-in is the only way, whatever began this session.
  if ((isByHost || methods.length === 0) && canReauthenticate) methods.push("reauthenticate");
  return methods;
}
