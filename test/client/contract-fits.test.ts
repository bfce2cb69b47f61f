// @vitest-environment node
/**
 * What is copied without our server names the contract itself: the bodies in client/http/bodies.ts, and the calls that
 * the passkey folder needs. Both are the contract's.
 */
import { expect, expectTypeOf, test } from "vitest";
import type { AccountApi } from "../../client/http/account-api.ts";
import type * as bodies from "../../client/http/bodies.ts";
import { signInAction } from "../../client/passkeys/authsignal-api.ts";
import type { SdkConfig } from "../../client/passkeys/ceremony.ts";
import type { EnrollmentApi } from "../../client/passkeys/enrollment.ts";
import type { AcceptedPasskeys } from "../../client/passkeys/signals.ts";
import type { ConfirmedOperation, StepUpApi } from "../../client/passkeys/step-up.ts";
import { actions } from "../../shared/actions.ts";
import type * as contract from "../../shared/contract.ts";

test("the bodies that copied code names are those of the contract", () => {
  expectTypeOf<bodies.Passkey>().toEqualTypeOf<contract.Passkey>();
  expectTypeOf<bodies.PasskeysResponse>().toEqualTypeOf<contract.PasskeysResponse>();
  expectTypeOf<bodies.ConfigResponse>().toEqualTypeOf<contract.ConfigResponse>();
  expectTypeOf<bodies.SessionResponse>().toEqualTypeOf<contract.SessionResponse>();
  expectTypeOf<bodies.RecoveryResponse>().toEqualTypeOf<contract.RecoveryResponse>();
  expectTypeOf<bodies.SessionsResponse>().toEqualTypeOf<contract.SessionsResponse>();
  expectTypeOf<bodies.ChallengeOtpRequest>().toEqualTypeOf<contract.ChallengeOtpRequest>();
  expectTypeOf<bodies.ChallengeOtpResponse>().toEqualTypeOf<contract.ChallengeOtpResponse>();
  expectTypeOf<bodies.VerifyOtpRequest>().toEqualTypeOf<contract.VerifyOtpRequest>();
  expectTypeOf<bodies.EmailChangeRequest>().toEqualTypeOf<contract.EmailChangeRequest>();
  expectTypeOf<bodies.VerifyEmailChangeRequest>().toEqualTypeOf<contract.VerifyEmailChangeRequest>();
  expectTypeOf<bodies.EmailChangedResponse>().toEqualTypeOf<contract.EmailChangedResponse>();
  expectTypeOf<bodies.SignedInResponse>().toEqualTypeOf<contract.SignedInResponse>();
  expectTypeOf<bodies.EnrollTokenResponse>().toEqualTypeOf<contract.EnrollTokenResponse>();
  expectTypeOf<bodies.EnrolledResponse>().toEqualTypeOf<contract.EnrolledResponse>();
  expectTypeOf<bodies.StepUpTokenRequest>().toEqualTypeOf<contract.StepUpTokenRequest>();
  expectTypeOf<bodies.StepUpTokenResponse>().toEqualTypeOf<contract.StepUpTokenResponse>();
  expectTypeOf<bodies.SteppedUpResponse>().toEqualTypeOf<contract.SteppedUpResponse>();
  expectTypeOf<bodies.RenamePasskeyRequest>().toEqualTypeOf<contract.RenamePasskeyRequest>();
  expectTypeOf<bodies.ActivityResponse>().toEqualTypeOf<contract.ActivityResponse>();
  expectTypeOf<bodies.CeremonyReport>().toEqualTypeOf<contract.CeremonyReport>();
  expectTypeOf<bodies.PasskeyOfferRequest>().toEqualTypeOf<contract.PasskeyOfferRequest>();
});

test("the passkey folder signs in under the action of the contract", () => {
  expect(signInAction).toBe(actions.signInWithPasskey);
});

test("the calls that the passkey folder needs are calls of our API", () => {
  expectTypeOf<AccountApi>().toExtend<EnrollmentApi>();
  expectTypeOf<AccountApi>().toExtend<StepUpApi>();
  expectTypeOf<contract.ConfigResponse>().toExtend<SdkConfig>();
  expectTypeOf<contract.User>().toExtend<AcceptedPasskeys["user"]>();
  expectTypeOf<readonly contract.Passkey[]>().toExtend<AcceptedPasskeys["passkeys"]>();
  expectTypeOf<ConfirmedOperation>().toExtend<NonNullable<contract.StepUpTokenRequest["operation"]>>();
});
