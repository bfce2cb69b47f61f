/** The state of the page that outlives a view and is lost on a reload. */
import type { User } from "../../shared/contract.ts";
import type { Sentence } from "../words/sentence.ts";

export interface Visit {
  user: User | null;
  typedEmail: string;
  /** Shown once, by the next sign-in view. */
  signInNotice: Sentence | null;
  /** Shown once, by the next account view. */
  accountNotice: Sentence | null;
  /** A passkey was tried on this page and did not sign in: after a code, one may be offered. */
  passkeyFailed: boolean;
  /** The person left the offer: Forward does not show it again in this session. */
  isOfferOver: boolean;
}

export function newVisit(): Visit {
  return {
    user: null,
    typedEmail: "",
    signInNotice: null,
    accountNotice: null,
    passkeyFailed: false,
    isOfferOver: false,
  };
}
