/** The options of an emulator and of its tenants, with their defaults. */
import type { ActionOutcome, VerificationMethod, WebhookType } from "./wire.ts";

/** The tenant without options. Its secret starts with "emulator-", so that a production entry can refuse it. */
export const defaultTenant: { readonly tenantId: string; readonly secret: string } = {
  tenantId: "00000000-0000-4000-8000-000000000001",
  secret: "emulator-secret-of-the-default-tenant",
};

export interface EmulatorOptions {
  /** Default 0: the system chooses a free port. */
  readonly port?: number;
  /** Interface to listen on. Default: both loopback addresses, IPv4 and IPv6. On any other, everybody who reaches it can read every code. */
  readonly host?: string;
  /**
   * Host names that requests may use, besides loopback names and that of `publicUrl`. The page and the control plane
   * refuse every other name; the API refuses other names that contain a dot.
   */
  readonly allowedHosts?: readonly string[];
  /** SQLite file that keeps the state. Default ":memory:": the state ends with the process. */
  readonly data?: string;
  readonly tenants?: readonly TenantOptions[];
  /** Called for each message that the service would have sent, for instance to print the code. */
  readonly onMessage?: (message: OutboundMessage) => void;
  /** Called for each request that was answered with an error, for instance to print why. */
  readonly onRefusal?: (refusal: RefusedRequest) => void;
  /** Also delivers e-mail to this server, for instance "smtp://localhost:1025", a mail catcher. */
  readonly smtp?: string;
  /** Makes ids, codes and probabilistic faults repeatable. */
  readonly seed?: string;
  /** Where browsers and servers reach the emulator. Default `http://localhost:PORT`; differs in a container. */
  readonly publicUrl?: string;
  /** Milliseconds since the epoch; the control plane's clock works on top of it. Default: the system's clock. */
  readonly now?: () => number;
}

export interface TenantOptions {
  readonly tenantId: string;
  /** Active API secret keys, one or two. The first signs tokens, each is accepted, webhooks are signed with all. */
  readonly secrets: readonly string[];
  readonly rpId: string;
  readonly rpName?: string;
  /** Exact origins: scheme, host and port, or `android:apk-key-hash:…`. */
  readonly expectedOrigins: readonly string[];
  /** With RP ID `localhost`, also accept `http://localhost` on any port: for test servers on ephemeral ports. */
  readonly anyLocalhostPort?: boolean;
  /** Outcome of actions without settings. Default `CHALLENGE`: challenges enrolled users. The service's is said to be ALLOW. */
  readonly defaultOutcome?: ActionOutcome;
  /** Configurations by action code, for example `{ "enroll-passkey": { verificationMethods: ["PASSKEY"] } }`. */
  readonly actions?: Readonly<Record<string, ActionSettings>>;
  /** The methods that the tenant has switched on. Default: all that the emulator knows. */
  readonly verificationMethods?: readonly VerificationMethod[];
  /** Lifetime of tokens and challenges. Default 10. */
  readonly tokenDurationInMinutes?: number;
  /** Answered in registration and authentication options; `required` is enforced. Default `preferred`. */
  readonly userVerification?: UserVerification;
  /** What a signature counter that decreased does to a sign-in. Default `log`: it proves nothing (WebAuthn L3 6.1.1). */
  readonly counterRegression?: "log" | "refuse";
  /** Limits of sent and tried codes. Default `documented`. */
  readonly limits?: "documented" | "off" | LimitOptions;
  /** Digits of a code, 2 to 10. Default 6. */
  readonly codeLength?: number;
  /** Answered in registration options if the request names none. Default `all-supported`: any. */
  readonly authenticatorAttachment?: "platform" | "cross-platform" | "all-supported";
  /** Answered as `hints` in registration options of passkeys. Default: none. */
  readonly passkeyRegistrationHints?: readonly ("security-key" | "client-device" | "hybrid")[];
  /** Whether a user may have several authenticators of one method. Default true. */
  readonly allowMultipleAuthenticators?: boolean;
  /** Error code of a sign-in with a passkey that is not enrolled any more. Default `unknown_credential`. */
  readonly removedCredential?: "unknown_credential" | "invalid_credential";
  /** Codes of the Server API's errors. Default `documented`: the five documented ones. `distinct` adds `not_found` and others. */
  readonly errorCodes?: "documented" | "distinct";
  /** What a finished challenge does to an action in review. Default `keep`: its state stays REVIEW_REQUIRED. */
  readonly reviewCompletion?: "keep" | "succeed";
  /** What too many wrong codes do to the action of a browser's challenge. Default `keep`; `fail`: CHALLENGE_FAILED. */
  readonly attemptsExceeded?: "keep" | "fail";
  /** What claiming a verified code does to a user without authenticators. Default `enroll-first`. */
  readonly claimEnrollment?: "enroll-first" | "never";
  /** What an action's token may enroll: the methods that the action permits, or any. Default `action`. */
  readonly enrollmentMethods?: "action" | "any";
  /** What `POST /validate` says to an expired or forged token. Default `invalid`: 200 with `isValid: false`. */
  readonly validateRefusal?: "invalid" | "unauthorized";
  /** What unknown members of a request do. Default `note`, as the service ignores them: they are named in the journal. */
  readonly unknownMembers?: "note" | "refuse";
  /** Action code of a passkey sign-in without one. Default `passkeySignIn`. */
  readonly anonymousActionCode?: string;
  /** App clients that sessions may be created for. Default: any client id. */
  readonly appClients?: readonly AppClientOptions[];
  readonly webhook?: WebhookOptions;
}

/** Limits of codes to one address. What is absent is as documented. */
export interface LimitOptions {
  readonly sends?: LimitWindow;
  readonly tries?: LimitWindow;
}

export interface LimitWindow {
  readonly times: number;
  readonly withinMinutes: number;
}

/** One limit or both; a number at a limit is outside. */
export type NumberCondition = { readonly above?: number; readonly below?: number };

/** What track must send for a rule to apply: every condition that is given. */
export interface RuleConditions {
  /** Members of `custom` with exactly these values, or with numbers in these limits: `{ amount: { above: 1000 } }`. */
  readonly custom?: Readonly<Record<string, string | number | boolean | NumberCondition>>;
  readonly deviceId?: string;
  /** The address, its beginning with `*` such as `10.0.*`, or a network such as `10.0.0.0/8`. */
  readonly ipAddress?: string;
  /** A part of the user agent. */
  readonly userAgent?: string;
  /** Whether the user has no valid record of the tracked device. */
  readonly isNewDevice?: boolean;
  /** Whether update-device has set that the tracked device is remembered now. */
  readonly isRememberedDevice?: boolean;
}

export interface ActionRule {
  readonly ruleId: string;
  readonly name: string;
  readonly when: RuleConditions;
  readonly outcome: ActionOutcome;
}

/** Whether the authenticator must verify the person, by a PIN or biometrics. */
export type UserVerification = "required" | "preferred" | "discouraged";

/** What the Management API calls an action configuration, as far as the emulator acts on it. */
export interface ActionSettings {
  /** Default: the tenant's `defaultOutcome`. */
  readonly outcome?: ActionOutcome | undefined;
  /** The methods that the action permits. Default: all that the tenant has switched on. */
  readonly verificationMethods?: readonly VerificationMethod[] | undefined;
  /** The method that is offered first to a user who has it. Default: the user's own. */
  readonly defaultVerificationMethod?: VerificationMethod | undefined;
  /** As the tenant's, for this action. Default: the tenant's. */
  readonly userVerification?: UserVerification | undefined;
  /** The first rule that applies decides the outcome. */
  readonly rules?: readonly ActionRule[] | undefined;
  /** Receives `action.verify` before a challenge succeeds, and blocks it by any status but 2xx. */
  readonly verifyWebhook?: string | undefined;
}

export interface AppClientOptions {
  readonly clientId: string;
  readonly accessTokenDurationInMinutes?: number;
  readonly refreshTokenDurationInMinutes?: number;
}

export interface WebhookOptions {
  readonly url: string;
  /** Receivers of single kinds of event. Default: `url`. An action's `verifyWebhook` receives `action.verify`. */
  readonly urls?: Readonly<Partial<Record<Exclude<WebhookType, "action.verify">, string>>>;
  /** Whether `authenticator.created` carries a passkey's public key. Default false, as documented. */
  readonly includeCredentialPublicKey?: boolean;
  /** Milliseconds between tries of an asynchronous event. Default 30 seconds, as documented. */
  readonly retryAfter?: number;
}

/** A request that was answered with an error. Holds no secret, token or code. */
export interface RefusedRequest {
  readonly tenantId?: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly operation?: string | undefined;
  readonly status: number;
  readonly errorCode?: string | undefined;
  /** The exact reason, which the answer does not show. */
  readonly reason?: string | undefined;
  readonly notes: readonly string[];
}

/** A message as a person would receive it. */
export interface OutboundMessage {
  readonly tenantId: string;
  readonly to: string;
  readonly channel: "EMAIL_OTP" | "SMS" | "WHATSAPP" | "EMAIL_MAGIC_LINK";
  readonly code?: string | undefined;
  readonly link?: string | undefined;
  /** ISO 8601. */
  readonly sentAt: string;
}
