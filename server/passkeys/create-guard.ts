/** `requireStepUp` and `requirePasskey` for a host's own routes. */
import { readOptions } from "./check-options.ts";
import { passkeyGuard, type RequirePasskey } from "./flows/assurance/passkey-guard.ts";
import { createGuard, type RequireStepUp } from "./flows/step-up-guard.ts";
import type { PasskeysOptions, PasskeysOptionsWithoutCodes } from "./ports/options.ts";

/**
 * @param options the same as the router's
 * @returns `requireStepUp("transfer-funds", req => ({ amount: req.body.amount }))`, a middleware that throws
 * `step_up_required` (or `passkey_required` for a user who has none) unless the session holds a grant for it, and uses the grant up
 */
export function createStepUpGuard(options: PasskeysOptions | PasskeysOptionsWithoutCodes): RequireStepUp {
  return createGuard(readOptions(options));
}

/**
 * @param options the same as the router's, with `afterCode: "limited"`
 * @returns `requirePasskey()`, a middleware that throws `limited_session` in a session that an e-mail code has begun where the
 * account has a passkey, until a passkey or the end of a recovery makes it full. Users without a passkey pass
 * @throws TypeError without `afterCode: "limited"`
 */
export function createPasskeyGuard(options: PasskeysOptions): RequirePasskey {
  return passkeyGuard(readOptions(options));
}
