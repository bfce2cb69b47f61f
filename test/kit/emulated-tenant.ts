/**
 * What every stack begins with: an emulator with one tenant that fits an origin, a clock that can be moved, and the
 * flows of the people in front of it. Knows no app.
 */
import {
  defaultTenant,
  type Emulator,
  startEmulator,
  type TenantOptions,
} from "../../server/emulator/index.ts";
import { parseUrl } from "../../server/emulator/wire/input.ts";
import { invalidRequest } from "../../server/emulator/wire/wire-error.ts";
import { emulatedTenantShape } from "./check-options.ts";
import { type ClientApi, createClientApi } from "./client-api.ts";
import { createFlows, type Flows } from "./flows.ts";
import type { SoftAuthenticator } from "./soft-authenticator.ts";

export interface EmulatedTenantOptions {
  /** Where people open the app. */
  readonly origin: string;
  /** Where the app mounts the router. Default `/api`. */
  readonly prefix?: string;
  /** Settings of the tenant, on top of an RP ID and origin that fit. */
  readonly tenant?: Partial<TenantOptions>;
  /** Told of every token, code and address of the flows. Default: nobody. */
  readonly keepSecret?: (...secrets: readonly string[]) => void;
}

/** What an app reads from its environment. */
export interface AuthsignalSettings {
  readonly tenantId: string;
  readonly apiSecretKey: string;
  /** Ends in `/v1`. */
  readonly apiUrl: string;
  readonly allowEmulator: true;
}

export interface EmulatedTenant {
  readonly emulator: Emulator;
  /** What an app reads from its environment, and that it may be an emulator's. */
  readonly authsignal: AuthsignalSettings;
  /** What the browser SDK is configured with. */
  readonly browser: { readonly tenantId: string; readonly baseUrl: string; readonly rpId: string };
  readonly flows: Flows;
  /** The one clock of emulator and app. */
  now(): Date;
  /** Moves that clock forward. */
  advance(milliseconds: number): void;
  clientApi(authenticator: SoftAuthenticator): ClientApi;
}

export async function startEmulatedTenant(options: EmulatedTenantOptions): Promise<EmulatedTenant> {
  emulatedTenantShape.check(options, "");
  const { origin, tenant = {}, prefix, keepSecret } = options;
  const { tenantId, secret } = defaultTenant;
  const rpId = tenant.rpId ?? hostOf(origin);
  const emulator = await startEmulator({
    tenants: [{ tenantId, secrets: [secret], rpId, expectedOrigins: [origin], ...tenant }],
  });
  // Also after `emulator.clock.advance` and `freeze`.
  const now = () => new Date(emulator.clock.now());
  const browser = { tenantId, baseUrl: emulator.apiUrl, rpId };
  const clientApi = (authenticator: SoftAuthenticator) =>
    createClientApi({ ...browser, origin, authenticator });
  return {
    emulator,
    authsignal: { tenantId, apiSecretKey: secret, apiUrl: emulator.apiUrl, allowEmulator: true },
    browser,
    flows: createFlows({
      emulatorUrl: emulator.url,
      clientApi,
      ...(prefix !== undefined && { prefix }),
      ...(keepSecret !== undefined && { keepSecret }),
    }),
    now,
    advance: (milliseconds) => emulator.clock.advance(milliseconds),
    clientApi,
  };
}

function hostOf(origin: string): string {
  const host = parseUrl(origin)?.hostname ?? "";
  if (host !== "") return host;
  throw invalidRequest(
    `origin ${JSON.stringify(origin)} has no host, which is the RP ID. Write scheme, host and port, such as http://localhost:3000.`,
  );
}
