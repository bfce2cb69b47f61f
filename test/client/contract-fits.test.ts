// @vitest-environment node
/** The passkey folder names the contract itself, so that it can be copied alone: what it names is the contract's. */
import { expect, expectTypeOf, test } from "vitest";
import type { AccountApi } from "../../client/http/account-api.ts";
import { signInAction } from "../../client/passkeys/authsignal-api.ts";
import type { SdkConfig } from "../../client/passkeys/ceremony.ts";
import type { EnrollmentApi } from "../../client/passkeys/enrollment.ts";
import type { AcceptedPasskeys } from "../../client/passkeys/signals.ts";
import type { ConfirmedOperation, StepUpApi } from "../../client/passkeys/step-up.ts";
import { actions } from "../../shared/actions.ts";
import type { ConfigResponse, Passkey, StepUpTokenRequest, User } from "../../shared/contract.ts";

test("the passkey folder signs in under the action of the contract", () => {
  expect(signInAction).toBe(actions.signInWithPasskey);
});

test("the calls that the passkey folder needs are calls of our API", () => {
  expectTypeOf<AccountApi>().toExtend<EnrollmentApi>();
  expectTypeOf<AccountApi>().toExtend<StepUpApi>();
  expectTypeOf<ConfigResponse>().toExtend<SdkConfig>();
  expectTypeOf<User>().toExtend<AcceptedPasskeys["user"]>();
  expectTypeOf<readonly Passkey[]>().toExtend<AcceptedPasskeys["passkeys"]>();
  expectTypeOf<ConfirmedOperation>().toExtend<NonNullable<StepUpTokenRequest["operation"]>>();
});
