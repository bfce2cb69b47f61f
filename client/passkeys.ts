/**
 * needs:    ceremony.ts, autofill.ts, rp-id.ts, signals.ts.
 * does:     is the part of the app that runs passkeys, loaded beside the first paint together with the SDK.
 * must not: be imported statically by a view: the email path has to work before and without it.
 */
import type { ConfigResponse } from "../shared/contract.ts";
import { type Autofill, createAutofill } from "./autofill.ts";
import { type Ceremonies, createCeremonies, defaultFreshFor } from "./ceremony.ts";
import type { CeremonyOutcome } from "./ceremony-outcome.ts";
import { reportMisconfiguration } from "./rp-id.ts";
import { signalUnknownCredential } from "./signals.ts";

export interface Passkeys {
  readonly ceremonies: Ceremonies;
  readonly autofill: Autofill;
  /** Milliseconds between renewals of what was prepared. */
  readonly renewEvery: number;
  /** For every outcome, before it gets its words: tells the developer and the password manager what concerns them. */
  heed(outcome: CeremonyOutcome): void;
}

export interface PasskeysDeps {
  config(): Promise<ConfigResponse>;
  onAutofillOutcome(outcome: CeremonyOutcome): void;
}

export function createPasskeys({ config, onAutofillOutcome }: PasskeysDeps): Passkeys {
  const ceremonies = createCeremonies({ config });

  function heed(outcome: CeremonyOutcome): void {
    if (outcome.kind === "misconfigured") void config().then(reportMisconfiguration, () => {});
    if (outcome.kind !== "unknownCredential" || outcome.refusedCredentialId === undefined) return;
    const credentialId = outcome.refusedCredentialId;
    void config().then(
      ({ rpId }) => signalUnknownCredential(rpId, credentialId),
      () => {},
    );
  }

  const autofill = createAutofill({
    ceremonies,
    every: defaultFreshFor,
    onOutcome(outcome) {
      heed(outcome);
      onAutofillOutcome(outcome);
    },
  });
  return { ceremonies, autofill, renewEvery: defaultFreshFor, heed };
}
