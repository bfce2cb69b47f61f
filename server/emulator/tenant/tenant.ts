/** One customer of the service, with everything that its operations need. */
import type { OutboundMessage, TenantOptions, WebhookOptions } from "../wire/emulator-options.ts";
import { type TenantSettings, tenantSettings } from "../wire/tenant-settings.ts";
import { type Clock, type ControlledClock, createClock } from "./clock.ts";
import type { Storage } from "./data-file.ts";
import { createLimits, type Limits } from "./limits.ts";
import type { Mail } from "./mail.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import type { Random } from "./random.ts";
import { type AuthenticatorListener, createState, type State } from "./state.ts";
import { createTokens, type Tokens } from "./tokens.ts";
import { createWebhooks, type Webhooks } from "./webhooks.ts";

/** Tenants share the random numbers and the clock below their own, nothing else. */
export interface Tenant {
  readonly tenantId: string;
  readonly settings: TenantSettings;
  readonly state: State;
  readonly tokens: Tokens;
  readonly outbox: Outbox;
  readonly webhooks: Webhooks;
  readonly mail: Mail | undefined;
  readonly limits: Limits;
  /** On top of the emulator's clock: moving it moves this tenant alone. */
  readonly clock: ControlledClock;
  readonly random: Random;
  /** Base of the API, for links and issuers. */
  apiUrl(): string;
  /** When a token, code or ceremony that begins now expires. */
  expiry(): number;
}

export interface Surroundings {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly mail: Mail | undefined;
  readonly onMessage?: ((message: OutboundMessage) => void) | undefined;
  apiUrl(): string;
  /** Returns the listener that announces changed authenticators to the tenant's webhooks. */
  announceAuthenticators(
    webhooks: Webhooks,
    clock: Clock,
    options: Partial<WebhookOptions>,
  ): AuthenticatorListener;
}

export function createTenant(options: TenantOptions, surroundings: Surroundings): Tenant {
  const { storage, random, mail, onMessage, apiUrl, announceAuthenticators } = surroundings;
  const settings = tenantSettings(options);
  const clock = createClock(surroundings.clock.now);
  const { tenantId } = settings;
  const webhooks = createWebhooks({ settings, clock, random });
  const onAuthenticator = announceAuthenticators(webhooks, clock, settings.webhook ?? {});
  const state = createState({ tenantId, storage, onAuthenticator });
  return {
    tenantId,
    settings,
    state,
    webhooks,
    mail,
    tokens: createTokens(settings, clock),
    outbox: createOutbox({ tenantId, state, random, clock, onMessage }),
    limits: createLimits(settings, clock),
    clock,
    random,
    apiUrl,
    expiry: () => clock.now() + settings.tokenDurationInMinutes * 60_000,
  };
}
