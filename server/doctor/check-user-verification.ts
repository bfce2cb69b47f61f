/** Checks whether the tenant demands verification of the user, by a registration that says that there was none. */
import { type CheckResult, passed, portal, unknown, warning } from "./check-result.ts";
import { type Expected, registerTrial, withTrialUser } from "./trial-registration.ts";

/** Call it when passkeys made at the first origin are accepted: then only the missing verification can refuse this one. */
export async function checkUserVerification(expected: Expected): Promise<CheckResult> {
  const origin = expected.origins[0] ?? "";
  const remedy = `Set it to required (${portal.userVerification}), unless your router has \`userVerification: "preferred"\`.`;
  const trial = await withTrialUser(expected.tenant, (user) =>
    registerTrial(expected, user, { origin, isUserVerified: false }),
  );
  if (trial.outcome === "refused")
    return passed("The tenant refuses a passkey that did not verify its user by a PIN or biometrics.");
  if (trial.outcome === "unknown")
    return unknown("Whether the tenant demands user verification could not be checked.", remedy);
  return warning(
    "The tenant accepts a passkey that did not verify its user by a PIN or biometrics: only the page asks for that, at enrollments and step-ups.",
    remedy,
  );
}
