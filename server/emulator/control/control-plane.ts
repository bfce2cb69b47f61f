/** What a test may do to the emulator. */
import { type CompletedChallenge, completeChallenge } from "../api/prebuilt/complete-challenge.ts";
import type { ControlledClock } from "../tenant/clock.ts";
import type { StateDump } from "../tenant/state.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { authenticateToken, requireTenant } from "../tenant/tenants.ts";
import type { TenantOptions } from "../wire/emulator-options.ts";
import { isJsonObject } from "../wire/input.ts";
import { tenantSettings } from "../wire/tenant-settings.ts";
import { invalidRequest } from "../wire/wire-error.ts";
import { type Ceremonies, createCeremonies } from "./ceremonies/ceremonies.ts";
import { signInShape, signUpShape } from "./ceremonies/ceremony-shapes.ts";
import type { Core } from "./core.ts";
import type { Fault } from "./faults.ts";
import type { JournalEntry } from "./journal.ts";
import { nextMessage, type SentMessage, sentMessage } from "./messages.ts";
import {
  completionShape,
  faultShape,
  fixedCodeShape,
  journalShape,
  messageQueryShape,
  resetShape,
  stateShape,
} from "./request-shapes.ts";
import type {
  CompletionRequest,
  FaultRule,
  FixedCodeRequest,
  JournalFilter,
  MessageQuery,
  ResetScope,
} from "./requests.ts";
import { resetTenant } from "./reset-tenant.ts";
import { applySeed, fixCode } from "./seed.ts";
import { type Seed, type Seeded, seedShape } from "./seed-shape.ts";
import { heldPasskey } from "./virtual-passkey.ts";

/** The state of an emulator as JSON values, for `importState` of the same or another one. */
export interface EmulatorState {
  readonly version: 1;
  readonly tenants: Readonly<Record<string, StateDump>>;
}

/** In process; over HTTP the same operations are under `/emulator`. */
export interface ControlPlane extends Ceremonies {
  /** Adds a tenant until the emulator stops, for instance one for each test worker. */
  addTenant(tenant: TenantOptions): void;
  /** Adds a tenant, or puts it in the place of the one with its id, which loses everything that it remembers. */
  putTenant(tenant: TenantOptions): void;
  /** `false` if there is no such tenant. */
  removeTenant(tenantId: string): boolean;
  /** The messages that the service would have sent, newest first. */
  messages(query?: MessageQuery): SentMessage[];
  /** The newest matching message; waits for one up to `timeout` milliseconds (default 5000), else `undefined`. */
  waitForMessage(query: MessageQuery, timeout?: number): Promise<SentMessage | undefined>;
  clearMessages(query?: MessageQuery): void;
  /** Does what a person does on the page at track's `url`, and answers the result token and where the page returns to. */
  completeChallenge(request: CompletionRequest): Promise<CompletedChallenge>;
  fixCode(request: FixedCodeRequest): void;
  reset(scope?: ResetScope): void;
  /** Idempotent; returns virtual passkeys with their private keys. */
  seed(seed: Seed, tenantId?: string): Seeded;
  /** The same, and again after each reset of the tenant. */
  seedOnReset(seed: Seed, tenantId?: string): Seeded;
  exportState(): EmulatorState;
  importState(state: EmulatorState): void;
  /** The clock below those of the tenants. */
  readonly clock: Core["clock"];
  /** The clock of one tenant, which moves that tenant alone. */
  clockOf(tenantId: string): ControlledClock;
  addFault(rule: FaultRule): Fault;
  faults(): Fault[];
  removeFault(faultId: string): boolean;
  /** Removes the faults of this tenant, or all. */
  clearFaults(tenantId?: string): void;
  /** Requests, with the exact reason of each error, newest first. */
  journal(filter?: JournalFilter): JournalEntry[];
  /** Forgets the entries of this tenant, or all. */
  clearJournal(tenantId?: string): void;
  /** Resolves when no webhook is being sent. */
  webhooksSettled(): Promise<void>;
}

export function createControlPlane(core: Core): ControlPlane {
  const { tenants } = core;
  /** Every tenant, if the call names none. */
  const named = (tenantId: string | undefined): readonly Tenant[] =>
    tenantId === undefined ? tenants.all() : [requireTenant(tenants, tenantId)];

  const messages = (query: MessageQuery = {}): SentMessage[] => {
    messageQueryShape.check(query, "");
    const { to, after, tenantId } = query;
    const all = named(tenantId)
      .flatMap((tenant) => tenant.outbox.list({ to }).map((message) => sentMessage(tenant, message)))
      .sort((left, right) => Date.parse(right.sentAt) - Date.parse(left.sentAt));
    const seen = after === undefined ? -1 : all.findIndex((message) => message.messageId === after);
    return seen === -1 ? all : all.slice(0, seen);
  };

  const oneTenant = (tenantId: string | undefined): Tenant => {
    const [first] = named(tenantId);
    if (first === undefined) throw invalidRequest("The emulator has no tenant.");
    return first;
  };
  const keptSeeds = new Map<string, Seed>();
  const ceremonies = createCeremonies(core, oneTenant);

  return {
    addTenant: core.addTenant,
    putTenant(tenant) {
      // Checked first, so that an invalid tenant does not cost the valid one.
      tenantSettings(tenant);
      core.removeTenant(tenant.tenantId);
      core.addTenant(tenant);
    },
    removeTenant: core.removeTenant,
    messages,

    waitForMessage(query, timeout = 5_000) {
      if (typeof timeout !== "number") throw invalidRequest("timeout must be a number of milliseconds.");
      const [present] = messages(query);
      if (present !== undefined || timeout <= 0) return Promise.resolve(present);
      return nextMessage(() => messages(query)[0], {
        tenants: named(query.tenantId),
        timeout: Math.min(timeout, 60_000),
        closing: core.closing,
      });
    },

    clearMessages(query = {}) {
      messageQueryShape.check(query, "");
      const { to, tenantId } = query;
      for (const { outbox, state } of named(tenantId)) {
        outbox.clear(to);
        state.commit();
      }
    },

    async completeChallenge(request) {
      completionShape.check(request, "");
      const { token, url, ...wishes } = request;
      const text = token ?? new URL(url ?? "", "http://localhost").searchParams.get("token") ?? "";
      if (text === "") throw invalidRequest("token is required: track's token, or its url.");
      const caller = authenticateToken(core.tenants, `Bearer ${text}`);
      const completed = await completeChallenge(caller.tenant, caller.token, wishes);
      caller.tenant.state.commit();
      return completed;
    },

    fixCode(fixed) {
      fixedCodeShape.check(fixed, "");
      const { tenantId, ...request } = fixed;
      for (const tenant of named(tenantId)) {
        fixCode(tenant, request);
        tenant.state.commit();
      }
    },

    reset(scope = {}) {
      resetShape.check(scope, "");
      const { tenantId, userId } = scope;
      for (const tenant of named(tenantId)) resetTenant(core, tenant, userId);
      if (tenantId === undefined && userId === undefined) {
        core.journal.clear();
        core.faults.clear();
        core.clock.resume();
      }
      for (const tenant of named(tenantId)) {
        const kept = keptSeeds.get(tenant.tenantId);
        if (kept !== undefined) applySeed(tenant, { ...kept });
      }
    },

    seed(seed, tenantId) {
      seedShape.check(seed, "");
      const tenant = oneTenant(tenantId);
      const seeded = applySeed(tenant, { ...seed });
      for (const { userId, credential } of seeded.passkeys)
        core.keychain.keep(tenant.tenantId, userId, heldPasskey(credential));
      return seeded;
    },
    seedOnReset(seed, tenantId) {
      const seeded = this.seed(seed, tenantId);
      keptSeeds.set(oneTenant(tenantId).tenantId, seed);
      return seeded;
    },
    async signUp(request) {
      signUpShape.check(request, "");
      return ceremonies.signUp(request);
    },
    async signIn(request) {
      signInShape.check(request, "");
      return ceremonies.signIn(request);
    },

    exportState() {
      const dumps = core.tenants.all().map(({ tenantId, state }) => [tenantId, state.dump()] as const);
      // Through JSON, so that the value equals the answer over HTTP.
      return JSON.parse(JSON.stringify({ version: 1, tenants: Object.fromEntries(dumps) }));
    },

    importState(state) {
      stateShape.check(state, "");
      if (state.version !== 1 || !isJsonObject(state.tenants))
        throw invalidRequest("This is not an exported state.");
      // Checks everything before it restores anything, so that an invalid state changes nothing.
      const restores = Object.entries(state.tenants).map(([tenantId, dump]) => {
        const tenant = requireTenant(tenants, tenantId);
        if (!tenant.state.isDump(dump))
          throw invalidRequest(`This is not an exported state: see tenant ${tenantId}.`);
        return () => tenant.state.restore(dump);
      });
      for (const restore of restores) restore();
      core.random.dependOn(JSON.stringify(state));
    },

    clock: core.clock,
    clockOf: (tenantId) => requireTenant(tenants, tenantId).clock,
    addFault(rule) {
      faultShape.check(rule, "");
      named(rule.tenantId);
      return core.faults.add(rule);
    },
    faults: core.faults.list,
    removeFault: core.faults.remove,
    clearFaults(tenantId) {
      named(tenantId);
      core.faults.clear(tenantId);
    },
    journal(filter = {}) {
      journalShape.check(filter, "");
      named(filter.tenantId);
      return core.journal.list(filter);
    },
    clearJournal(tenantId) {
      named(tenantId);
      core.journal.clear(tenantId);
    },
    async webhooksSettled() {
      await Promise.all(core.tenants.all().map(({ webhooks }) => webhooks.settled()));
    },
  };
}
