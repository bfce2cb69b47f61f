/** The state of the page that outlives a view and is lost on a reload. */
import type { User } from "../../shared/contract.ts";
import type { Sentence } from "../words/sentence.ts";

export interface Visit {
  user: User | null;
  /** Seconds without a request after which the session ends; undefined if that is not known. */
  idleSeconds?: number | undefined;
  typedEmail: string;
  /** Shown once, by the next sign-in view. */
  signInNotice: Sentence | null;
  /** Shown once, by the next account view. */
  accountNotice: Sentence | null;
  /** A passkey was tried on this page and did not sign in: after a code, one may be offered. */
  passkeyFailed: boolean;
  /** A code has opened this session on this page: the account may ask whether a device with a passkey is lost. */
  cameByCode: boolean;
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
    cameByCode: false,
    isOfferOver: false,
  };
}
