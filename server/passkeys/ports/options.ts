/** What a host gives to the router. Nothing is read from the environment. */

import type { CeremonyReport, ConfigResponse } from "../../../shared/contract.ts";
import type { EmailChangeStore } from "./account/email-changes.ts";
import type { AuthsignalGateway } from "./authsignal.ts";
import type { EventReader, SecurityEvent } from "./events.ts";
import type { FlowStore } from "./flow-store.ts";
import type { KnownBrowsers } from "./known-browsers.ts";
import type { Limiter, LimitRule } from "./limiter.ts";
import type { Notices } from "./notices.ts";
import type { RecoveryStore } from "./recoveries.ts";
import type { CodeLimit, SendLimits } from "./send-limits.ts";
import type { SessionPort, SessionPortWithoutCodes } from "./sessions.ts";
import type { UserDirectory, UserLookup } from "./users.ts";

export interface PasskeysOptions extends PasskeysPolicies {
  /** The way to Authsignal: `createSdkGateway({ apiSecretKey, apiUrl })`. */
  readonly authsignal: AuthsignalGateway;
  /** Your users. */
  readonly users: UserDirectory;
  /** Your sessions. */
  readonly sessions: SessionPort;
  /** What the flows remember, and the counters: `await openStorage({ file })`, shared by all instances of the app. */
  readonly storage: {
    readonly flows: FlowStore;
    readonly limiter: (rule: LimitRule) => Limiter;
    /** Takes the user out of security events that are kept here. Default: `forgetUser` leaves events to the host. */
    readonly anonymiseEvents?: (userId: string) => Promise<void>;
  };
  /** What the browser SDK needs; served at `GET /config`. Public. */
  readonly browser: Readonly<Omit<ConfigResponse, "features">>;
  /**
   * The origins your own pages are served from, on the API's own site: its origin, and siblings such as
   * `https://app.example.com` for an API on `https://api.example.com`. Unsafe requests from others are refused.
   */
  readonly origins: readonly string[];
  /**
   * Origins of other sites whose pages may send unsafe requests too. Every script on such a page can act in the name of
   * the person whose session cookie the browser sends: list only what you trust as your own page. Default none.
   */
  readonly crossSiteOrigins?: readonly string[];

  /**
   * Whether people may sign in by e-mail code. With false the routes of codes are absent and nothing is mailed: for a
   * host with a sign-in of its own. See `PasskeysOptionsWithoutCodes`. Default true.
   */
  readonly emailCodes?: true;

  /** Recognises browsers that have made or used a passkey, so that they are not offered one. Default: none is. */
  readonly knownBrowsers?: KnownBrowsers;
  /**
   * Tells people what was done with their account: `createNotices({ storage, notify, link })`. Default: nothing is told,
   * and nothing is kept.
   */
  readonly notices?: Notices;
  /**
   * Reads the events that `onEvent` has recorded, for `GET /activity`: `storage.events` beside `createAuditTrail`. Default:
   * the route is absent.
   */
  readonly activity?: Pick<EventReader, "ofUser"> | null;
  /**
   * Counts what pages report of ceremonies and offers, as `metrics.countReport`: nothing in a report says whose it is.
   * Default: the route `POST /ceremony-report` is absent.
   */
  readonly onReport?: ((report: CeremonyReport) => void) | null;
  /** Called with every security event. What it throws, or rejects with, becomes a warning of the process. Default: none. */
  readonly onEvent?: (event: SecurityEvent) => void;
  /** Default: the system clock. */
  readonly now?: () => Date;
}

/** What a host may set otherwise. */
export interface PasskeysPolicies {
  /** Codes of your own step-up actions, for `requireStepUp`. Default none. */
  readonly stepUpActions?: readonly string[];
  /** How long a proof counts as fresh for adding or deleting a passkey, in seconds. Default 600. */
  readonly freshSeconds?: number;
  /** How long a step-up's grant may wait to be used, in seconds. Default 120. */
  readonly grantSeconds?: number;
  /** Whether a recent e-mail code is a fresh proof for a user who has a passkey. Default true. */
  readonly emailStepUp?: boolean;
  /**
   * What an e-mail code opens where the account has a passkey. `limited`: a session that may see what is going on and begin
   * recovery; it becomes full by a passkey, or when the recovery's waiting time is over. Codes then prove nothing else for
   * such an account, and `emailStepUp` is left out. Needs a `sessions` port with `carriesAssurance`. Default `full`.
   */
  readonly afterCode?: "full" | "limited";
  /** With `afterCode: "limited"`: how long a recovery waits, in seconds. Default 86400, a day. */
  readonly recoveryWaitingTime?: number;
  /**
   * The host's own sign-in methods, such as `["password", "sso"]`, whose recent proof is fresh for a user who has a
   * passkey; `[]` for none. Default: every method that the router does not perform itself. For a user's first passkey
   * any recent proof is enough.
   */
  readonly reauthenticationMethods?: readonly string[] | null;
  /**
   * Whether the authenticator must verify the person, by a PIN or biometrics, for an enrollment and a step-up. The browser
   * is told; that it happened is Authsignal's to check: set the same in its portal (authsignal/README.md). Default
   * `required`.
   */
  readonly userVerification?: "required" | "preferred";
  /** Passkeys per account. Default 10. */
  readonly maxPasskeys?: number;
  /** Days until a declined offer is made again, per "not now"; after the last, never. Default [14, 60]. */
  readonly offerAgainAfterDays?: readonly number[];
  /** How many codes may be asked for and tried. */
  readonly limits?: Partial<SendLimits>;
  /** How many bits of an IPv6 address name one subscriber, for limits: 32 to 128. Default 56. */
  readonly ipv6Prefix?: number;
  /**
   * How long a request may take, in milliseconds, before it is a 503: all its calls to Authsignal and queries together.
   * Choose less than your clients and proxies wait. Default 10 000.
   */
  readonly requestTimeoutMs?: number;
}

type CodePolicies = "emailStepUp" | "limits" | "users" | "sessions" | "emailCodes";

/** For a host that has a sign-in of its own and wants no codes: fewer methods are needed of its ports. */
export type PasskeysOptionsWithoutCodes = Omit<PasskeysOptions, CodePolicies> & {
  readonly emailCodes: false;
  readonly users: UserLookup;
  readonly sessions: SessionPortWithoutCodes;
  readonly limits?: Partial<Omit<SendLimits, CodeLimit>>;
};

/** What the flow of the codes needs of the host. */
export type CodePorts = Pick<SessionPort, "pendingOtp" | "keepPendingOtp"> &
  Pick<UserDirectory, "findOrCreateByEmail">;

/** What a change of address needs of the host. */
export interface EmailChanges {
  readonly store: EmailChangeStore;
  readonly changeEmail: NonNullable<UserDirectory["changeEmail"]>;
  readonly updateEmail: NonNullable<AuthsignalGateway["updateEmail"]>;
}

/** Options with every default filled in. */
export type PasskeysContext = Required<Omit<PasskeysOptions, Exclude<CodePolicies, "emailStepUp">>> & {
  readonly limits: SendLimits;
  readonly users: UserLookup;
  readonly sessions: SessionPortWithoutCodes;
  /** Null: there are no codes. */
  readonly codes: CodePorts | null;
  /** Null: addresses do not change here. */
  readonly emailChanges: EmailChanges | null;
  /** Null: no session is limited. */
  readonly recoveries: RecoveryStore | null;
};
