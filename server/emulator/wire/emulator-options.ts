/** The options of an emulator and of its tenants, with their defaults. */
import type { ActionOutcome, VerificationMethod } from "./wire.ts";

/**
 * The tenant that exists when none is named. Its secret announces itself: a production entry can refuse anything that
 * starts with "emulator-".
 */
export const defaultTenant: { readonly tenantId: string; readonly secret: string } = {
  tenantId: "00000000-0000-4000-8000-000000000001",
  secret: "emulator-secret-of-the-default-tenant",
};

export interface EmulatorOptions {
  /** 0, the default, lets the system choose. */
  readonly port?: number;
  /** Interface to listen on. Default: loopback. Anything else lets others read every code. */
  readonly host?: string;
  /**
   * Host names by which the emulator may be addressed, besides loopback ones and that of `publicUrl`: the page and the
   * control plane under any other name, the API under a name with a dot in it.
   */
  readonly allowedHosts?: readonly string[];
  /** SQLite file that keeps the state, or ":memory:" (default), which leaves nothing behind. */
  readonly data?: string;
  readonly tenants?: readonly TenantOptions[];
  /** Called for each message that the real service would have sent, for instance to print the code. */
  readonly onMessage?: (message: OutboundMessage) => void;
  /** "smtp://localhost:1025": e-mail is also really delivered there, for instance to a mail catcher. */
  readonly smtp?: string;
  /** Makes ids, codes and probabilistic faults repeatable. */
  readonly seed?: string;
  /** Where browsers and servers reach the emulator, when that is not `http://localhost:PORT` (a container). */
  readonly publicUrl?: string;
  /** Milliseconds since the epoch; the control plane's clock works on top of it. Default: the system's clock. */
  readonly now?: () => number;
}

export interface TenantOptions {
  readonly tenantId: string;
  /** One or two active API secret keys; the first signs tokens, each is accepted, webhooks are signed with every one. */
  readonly secrets: readonly string[];
  readonly rpId: string;
  readonly rpName?: string;
  /** Exact origins: scheme, host and port, or `android:apk-key-hash:…`. */
  readonly expectedOrigins: readonly string[];
  /** With RP ID `localhost`, also accept `http://localhost` on any port: for test servers on ephemeral ports. */
  readonly anyLocalhostPort?: boolean;
  /** Outcome of actions that nobody configured. `CHALLENGE` (default) challenges enrolled users; the real default is ALLOW. */
  readonly defaultOutcome?: ActionOutcome;
  /** Configurations by action code, for example `{ "enroll-passkey": { verificationMethods: ["PASSKEY"] } }`. */
  readonly actions?: Readonly<Record<string, ActionSettings>>;
  /** The methods that the tenant has switched on. Default: all that the emulator knows. */
  readonly verificationMethods?: readonly VerificationMethod[];
  /** Life of tokens and challenges. Default 10. */
  readonly tokenDurationInMinutes?: number;
  /** Answered in registration and authentication options; `required` is enforced. Default `preferred`. */
  readonly userVerification?: "required" | "preferred" | "discouraged";
  /** What a signature counter that went back does to a sign-in. Default `log`: it is a hint, not proof (WebAuthn L3 6.1.1). */
  readonly counterRegression?: "log" | "refuse";
  /** Send and verify limits as documented, or none at all. Default `documented`. */
  readonly limits?: "documented" | "off";
  /** What claiming a verified code does to a user without authenticators. Default `enroll-first`. */
  readonly claimEnrollment?: "enroll-first" | "never";
  /** What an action's token may enroll: the methods that the action permits, or any. Default `action`. */
  readonly enrollmentMethods?: "action" | "any";
  /** What `POST /validate` says to an expired or forged token. Default `invalid`: 200 with `isValid: false`. */
  readonly validateRefusal?: "invalid" | "unauthorized";
  /** Action code of a passkey sign-in that names none. */
  readonly anonymousActionCode?: string;
  /** App clients that sessions may be created for; any client id is accepted when none is named. */
  readonly appClients?: readonly AppClientOptions[];
  readonly webhook?: WebhookOptions;
}

/** What the Management API calls an action configuration, as far as the emulator acts on it. */
export interface ActionSettings {
  /** Default: the tenant's `defaultOutcome`. */
  readonly outcome?: ActionOutcome | undefined;
  /** The methods that the action permits. Default: all that the tenant has switched on. */
  readonly verificationMethods?: readonly VerificationMethod[] | undefined;
  /** The method that is offered first to a user who has it. Default: the user's own. */
  readonly defaultVerificationMethod?: VerificationMethod | undefined;
}

export interface AppClientOptions {
  readonly clientId: string;
  readonly accessTokenDurationInMinutes?: number;
  readonly refreshTokenDurationInMinutes?: number;
}

export interface WebhookOptions {
  readonly url: string;
  /** Milliseconds between tries of an asynchronous event. Default 30 seconds, as documented. */
  readonly retryAfter?: number;
}

/** What a real person would find in their inbox or on their phone. */
export interface OutboundMessage {
  readonly tenantId: string;
  readonly to: string;
  readonly channel: "EMAIL_OTP" | "SMS" | "WHATSAPP" | "EMAIL_MAGIC_LINK";
  readonly code?: string | undefined;
  readonly link?: string | undefined;
  /** ISO 8601. */
  readonly sentAt: string;
}

export type TenantSettings = Required<Omit<TenantOptions, "webhook">> & { readonly webhook?: WebhookOptions };

export function tenantSettings(options: TenantOptions): TenantSettings {
  if (options.tenantId === "") throw new Error("An emulated tenant needs a tenantId.");
  if (options.secrets.length === 0)
    throw new Error(`Tenant ${options.tenantId} needs at least one API secret key.`);
  // It travels as a Basic user name, which ends at the first colon.
  if (options.secrets.some((secret) => secret === "" || secret.includes(":")))
    throw new Error(`An API secret key of tenant ${options.tenantId} is empty or has a colon in it.`);
  for (const origin of options.expectedOrigins) assertOrigin(origin);
  return {
    rpName: options.rpId,
    anyLocalhostPort: false,
    defaultOutcome: "CHALLENGE",
    actions: {},
    verificationMethods: [
      "AUTHENTICATOR_APP",
      "EMAIL_MAGIC_LINK",
      "EMAIL_OTP",
      "PASSKEY",
      "SECURITY_KEY",
      "SMS",
      "WHATSAPP",
    ],
    tokenDurationInMinutes: 10,
    userVerification: "preferred",
    counterRegression: "log",
    limits: "documented",
    claimEnrollment: "enroll-first",
    enrollmentMethods: "action",
    validateRefusal: "invalid",
    anonymousActionCode: "passkeySignIn",
    appClients: [],
    ...options,
  };
}

/** A list that could never match ("http://localhost:3000/") would fail every ceremony with no hint why. */
function assertOrigin(origin: string): void {
  if (/^(android|ios):/.test(origin)) return;
  if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
    throw new Error(
      `Expected origin ${JSON.stringify(origin)} is not an origin: scheme, host and port, nothing after.`,
    );
  }
}
