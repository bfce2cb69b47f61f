/** What may be wrong with an authenticator's answer, whichever ceremony it is: what, how, and why it is refused. */
import type { CeremonyFault } from "../../kit/ceremony-fault.ts";

export type Refused = readonly [what: string, fault: CeremonyFault, reason: RegExp];

/** What is wrong in either ceremony. */
export const refusedInBoth: readonly Refused[] = [
  ["a ceremony of the other type", { clientData: { type: "payment.get" } }, /type is not webauthn/],
  [
    "another WebAuthn challenge",
    { clientData: { challenge: "AAAAAAAAAAAAAAAAAAAAAA" } },
    /another challenge/,
  ],
  [
    "a phishing origin",
    { clientData: { origin: "https://evil.example" } },
    /not among the tenant's expected origins/,
  ],
  ["another port of the same host", { clientData: { origin: "http://localhost:3001" } }, /expected origins/],
  ["another scheme", { clientData: { origin: "https://localhost:3000" } }, /expected origins/],
  ["a cross-origin frame", { clientData: { crossOrigin: true } }, /cross-origin frame/],
  [
    "the page around a frame, also where the frame does not call itself cross-origin",
    { clientData: { crossOrigin: false, topOrigin: "https://evil.example" } },
    /names a top origin/,
  ],
  ["another RP ID", { rpId: "evil.example" }, /another RP ID/],
  ["an absent user", { flags: { userPresent: false } }, /not present/],
  [
    "impossible backup flags",
    { flags: { backupEligible: false, backupState: true } },
    /claims to be backed up/,
  ],
];
