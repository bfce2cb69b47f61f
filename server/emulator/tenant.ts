import type { Clock } from "./clock.ts";
import { createLimits, type Limits } from "./limits.ts";
import type { OutboundMessage, TenantOptions, TenantSettings } from "./options.ts";
import { tenantSettings } from "./options.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import type { Random } from "./random.ts";
import { createState, type State } from "./state.ts";
import type { Storage } from "./storage.ts";
import { createTokens, type Tokens } from "./tokens.ts";

/** One customer of the service, with everything an operation needs. Tenants share nothing but the clock and chance. */
export interface Tenant {
  readonly tenantId: string;
  readonly settings: TenantSettings;
  readonly state: State;
  readonly tokens: Tokens;
  readonly outbox: Outbox;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly random: Random;
  /** When a token, code or ceremony that begins now ends. */
  expiry(): number;
}

export interface Surroundings {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly onMessage?: ((message: OutboundMessage) => void) | undefined;
}

export function createTenant(
  options: TenantOptions,
  { storage, clock, random, onMessage }: Surroundings,
): Tenant {
  const settings = tenantSettings(options);
  const state = createState(settings.tenantId, storage);
  return {
    tenantId: settings.tenantId,
    settings,
    state,
    tokens: createTokens(settings, clock),
    outbox: createOutbox({ tenantId: settings.tenantId, state, random, clock, onMessage }),
    limits: createLimits(settings, clock),
    clock,
    random,
    expiry: () => clock.now() + settings.tokenDurationInMinutes * 60_000,
  };
}
