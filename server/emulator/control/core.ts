/** The emulator without its HTTP listener: tenants, clock, random numbers, journal and faults. */
import { announceAuthenticators } from "../domain/announce-authenticators.ts";
import { type ControlledClock, createClock } from "../tenant/clock.ts";
import { openStorage, UnwritableFileError } from "../tenant/data-file.ts";
import { createMail } from "../tenant/mail.ts";
import { createRandom, type Random } from "../tenant/random.ts";
import { createTenant, type Surroundings } from "../tenant/tenant.ts";
import { createTenants, type Tenants } from "../tenant/tenants.ts";
import { defaultTenant, type EmulatorOptions, type TenantOptions } from "../wire/emulator-options.ts";
import { createKeychain, type Keychain } from "./ceremonies/keychain.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createJournal, type Journal } from "./journal.ts";

export interface Core {
  readonly tenants: Tenants;
  readonly clock: ControlledClock;
  readonly random: Random;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly keychain: Keychain;
  /** Aborts when the emulator closes, to end every wait. */
  readonly closing: AbortSignal;
  /** Adds a tenant while the emulator runs. */
  addTenant(tenant: TenantOptions): void;
  /** Removes a tenant with everything that it remembers; `false` if there is none. */
  removeTenant(tenantId: string): boolean;
  /** Why the data file takes no rows, or `undefined`: tries those that wait, and one of its own. */
  whyUnwritable(): string | undefined;
  /** Drops what has expired, at most once per sweep interval. */
  sweep(): void;
  /** Ends long polls, delays and webhooks, so that connections can close. */
  stopWaiting(): void;
  close(): void;
}

const sweepInterval = 1_000;

const defaultTenants: readonly TenantOptions[] = [
  {
    tenantId: defaultTenant.tenantId,
    secrets: [defaultTenant.secret],
    rpId: "localhost",
    expectedOrigins: ["http://localhost:3000"],
    anyLocalhostPort: true,
  },
];

/** Closes the storage if a tenant is invalid, so that the file is not left locked. */
function tenantsIn(
  { tenants: wanted = defaultTenants }: EmulatorOptions,
  surroundings: Surroundings,
): Tenants {
  const tenants = createTenants();
  try {
    for (const tenant of wanted) tenants.add(createTenant(tenant, surroundings));
    return tenants;
  } catch (error) {
    surroundings.storage.close();
    throw error;
  }
}

export async function createCore(options: EmulatorOptions, apiUrl: () => string): Promise<Core> {
  const clock = createClock(options.now);
  const random = createRandom(options.seed);
  const mail = options.smtp === undefined ? undefined : await createMail(options.smtp);
  const storage = await openStorage(options.data ?? ":memory:");
  const surroundings = {
    storage,
    clock,
    random,
    mail,
    onMessage: options.onMessage,
    apiUrl,
    announceAuthenticators,
  };
  const tenants = tenantsIn(options, surroundings);
  if (options.seed !== undefined)
    random.dependOn(JSON.stringify(tenants.all().map(({ state }) => state.dump())));
  const journal = createJournal(clock, options.onRefusal);
  const closing = new AbortController();
  const sweptAt = new Map<string, number>();

  return {
    tenants,
    clock,
    random,
    journal,
    faults: createFaults(random),
    keychain: createKeychain(),
    closing: closing.signal,
    addTenant: (tenant) => tenants.add(createTenant(tenant, surroundings)),
    removeTenant(tenantId) {
      const tenant = tenants.byId(tenantId);
      if (tenant === undefined) return false;
      // First: a commit that fails leaves the tenant, so that the deletion can be repeated.
      tenant.state.clear();
      tenant.state.commit();
      tenant.webhooks.close();
      tenants.remove(tenantId);
      return true;
    },
    whyUnwritable() {
      try {
        for (const { state } of tenants.all()) state.commit();
        storage.probe();
        return undefined;
      } catch (error) {
        if (error instanceof UnwritableFileError) return error.message;
        throw error;
      }
    },
    sweep() {
      for (const { tenantId, state, limits, clock: own } of tenants.all()) {
        const now = own.now();
        if (Math.abs(now - (sweptAt.get(tenantId) ?? 0)) < sweepInterval) continue;
        sweptAt.set(tenantId, now);
        state.dropExpired(now);
        limits.dropExpired(now);
        state.commit();
      }
    },
    stopWaiting() {
      closing.abort();
      for (const { webhooks } of tenants.all()) webhooks.close();
    },
    close() {
      mail?.close();
      storage.close();
    },
  };
}
