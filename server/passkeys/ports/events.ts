/** Security facts with stable names, for a host's log and audit trail. They carry no token, code or full address. */
import { occasion } from "./occasion.ts";
import type { AuthenticationMethod } from "./sessions.ts";

export type SecurityEvent = {
  readonly requestId?: string;
  /** As `occasion.ts` says. */
  readonly session?: string;
  readonly challenge?: string;
  readonly browser?: string;
  readonly system?: string;
} & (
  | { readonly event: "otp.sent"; readonly to: string }
  | { readonly event: "otp.refused"; readonly reason: OtpRefusal }
  | { readonly event: "sign_in.succeeded"; readonly userId: string; readonly method: AuthenticationMethod }
  | { readonly event: "sign_in.refused"; readonly reason: TokenRefusal | "no-account" }
  | { readonly event: "sign_out"; readonly userId: string }
  /** A host's `forgetUser` has removed all that is kept of a user. Says not whom. */
  | { readonly event: "user.forgotten" }
  /** Sessions were ended from elsewhere: by their user, or by the host. `count` may be 0. */
  | {
      readonly event: "sessions.ended";
      readonly userId: string;
      readonly by: "user" | "host";
      /** Of support people: who, as the host names them. */
      readonly actor?: string;
      readonly count: number;
    }
  /** Support people have looked at what a user has. */
  | {
      readonly event: "account.viewed";
      readonly userId: string;
      readonly what: "passkeys" | "sessions";
      readonly actor?: string;
    }
  /** `method` is the recent proof that permitted it. */
  | { readonly event: "enrollment.begun"; readonly userId: string; readonly method: AuthenticationMethod }
  /** A token was not given away: these other methods could have met its challenge. See the tenant's set-up. */
  | { readonly event: "enrollment.withheld"; readonly userId: string; readonly methods: readonly string[] }
  | {
      readonly event: "step_up.withheld";
      readonly userId: string;
      readonly action: string;
      readonly methods: readonly string[];
    }
  | { readonly event: "enrollment.refused"; readonly userId: string; readonly reason: TokenRefusal }
  | {
      readonly event: "passkey.enrolled" | "passkey.renamed" | "passkey.deleted";
      readonly userId: string;
      readonly passkeyId: string;
      /** `host`: support people did it. Missing: the user. */
      readonly by?: "host";
      readonly actor?: string;
    }
  /**
   * Seen at Authsignal without an enrollment here that made it. Once for each; `passkey.enrolled` follows when its
   * enrollment was only on its way. `createdAt` is Authsignal's: long ago for those from before this router.
   */
  | {
      readonly event: "passkey.appeared";
      readonly userId: string;
      readonly passkeyId: string;
      readonly createdAt: string;
    }
  /** The same for one that is no passkey: nothing here makes such. `method` is Authsignal's word: `EMAIL_OTP`, `SMS`, … */
  | {
      readonly event: "authenticator.appeared";
      readonly userId: string;
      readonly authenticatorId: string;
      readonly method: string;
    }
  /** By a webhook: it was removed past this API. `sessions`: how many were ended, all that a passkey had begun or confirmed. */
  | {
      readonly event: "passkey.vanished";
      readonly userId: string;
      readonly passkeyId: string;
      readonly sessions: number;
    }
  | {
      readonly event: "authenticator.vanished";
      readonly userId: string;
      readonly authenticatorId: string;
      readonly method: string;
    }
  | {
      /** `skipped`: a guard with `ifEnrolled` let a user through who has no passkey. */
      readonly event: "step_up.begun" | "step_up.succeeded" | "step_up.used" | "step_up.skipped";
      readonly userId: string;
      readonly action: string;
    }
  | {
      readonly event: "step_up.refused";
      readonly userId: string;
      readonly action: string;
      readonly reason: TokenRefusal;
    }
  | { readonly event: "otp.withheld"; readonly to: string }
  /** A limited session has begun recovery. The person should be told at once, everywhere they can be reached. */
  | { readonly event: "recovery_began"; readonly userId: string; readonly endsAt: string }
  | { readonly event: "recovery_cancelled"; readonly userId: string; readonly by: "user" | "host" }
  /** The waiting time is over. Told once, when somebody comes back after it. */
  | { readonly event: "recovery_ended"; readonly userId: string }
  /** A code for a change of address was asked for. Addresses are masked, here and below. */
  | { readonly event: "email_change.begun"; readonly userId: string; readonly to: string }
  /** `taken`: the code was right, but another account has the address, or can still take it back. */
  | { readonly event: "email_change.refused"; readonly userId: string; readonly reason: "taken" }
  /** `email.restored`: by the link of a notice. */
  | {
      readonly event: "email.changed" | "email.restored";
      readonly userId: string;
      readonly from: string;
      readonly to: string;
    }
  /** The link of a notice was confirmed: all sessions are ended. `sessions`: how many. */
  | {
      readonly event: "not_me.confirmed";
      readonly userId: string;
      /** Of the notice: `passkey_added`, `new_browser`, … */
      readonly kind: string;
      readonly sessions: number;
    }
  /**
   * What became of a notice. `notice.postponed` is tried again; `notice.failed` is not, and has no `noticeId` where it was
   * not even kept. `reason`: `timeout`, a code such as `ECONNREFUSED`, `limit`, or `too-many-waiting`.
   */
  | {
      readonly event: "notice.sent" | "notice.postponed" | "notice.failed";
      readonly userId: string;
      readonly kind: string;
      readonly noticeId?: string;
      readonly reason?: string;
    }
);

export type OtpRefusal = "incorrect" | "expired" | "attempts-exceeded" | "already-used";

export type TokenRefusal =
  | "refused"
  | "mismatch"
  | "expired"
  | "already-used"
  | "no-such-user"
  /** A sign-in's: the browser has not opened our own page. */
  | "not-begun"
  /** An enrollment's: the account had as many passkeys as it may have by then. */
  | "over-limit";

/**
 * A host's listener that may throw, or be an async function and reject: the answer that was earned is not lost over it,
 * and the process does not end. The fault becomes a warning of the process, with the event's name and nothing else of it.
 */
export function surviveListener(listener: (event: SecurityEvent) => unknown): (event: SecurityEvent) => void {
  return (event) => {
    // In an async function, so that a throw and a rejection are one.
    const told = (async () => listener(event))();
    told.catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : typeof error;
      process.emitWarning(`\`onEvent\` failed at "${event.event}": ${reason}`, { type: "PasskeysWarning" });
    });
  };
}

/** Adds the session, the code and the browser of the request. `user.forgotten` says of no session whose it was. */
export function withOccasion(listener: (event: SecurityEvent) => void): (event: SecurityEvent) => void {
  return (event) => listener(event.event === "user.forgotten" ? event : { ...event, ...occasion() });
}

/** What was recorded of an event. */
export interface RecordedEvent {
  readonly id: string;
  readonly at: Date;
  readonly event: string;
  readonly userId: string | null;
  readonly requestId: string | null;
  /** The other members of the event. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Reads recorded events, newest first: `storage.events`. */
export interface EventReader {
  ofUser(
    userId: string,
    which: { readonly names: readonly string[]; readonly since: Date; readonly most: number },
  ): Promise<readonly RecordedEvent[]>;
  /** Of the request with this id, which people quote from an error. */
  ofRequest(requestId: string): Promise<readonly RecordedEvent[]>;
}
