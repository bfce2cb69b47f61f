/** Refuses options that lead to no tenant, or to an emulator that the host did not ask for. */
import { type Names, refuseUnknown } from "../http/options/known-options.ts";
import { adviceForApiBase, adviceForApiSecretKey } from "../relying-party/addresses.ts";
import type { AuthsignalCall } from "./sdk-call.ts";

export interface SdkGatewayOptions {
  /** Server-only secret of the tenant. */
  readonly apiSecretKey: string;
  /** The tenant's region, ending in `/v1`. */
  readonly apiUrl: string;
  /** How long one call may take, in milliseconds, before it counts as an outage. Default 5000. */
  readonly deadlineMs?: number;
  /**
   * Lets the gateway use an emulator: a secret that begins with `emulator-`, plain http, an address of this machine. An
   * emulator shows its codes to everybody, so pass true outside production only. Default false: each is refused.
   */
  readonly allowEmulator?: boolean;
  /** Told of every call when it is over: `metrics.countCall`. It must not throw. Default: none is. */
  readonly onCall?: (call: AuthsignalCall) => void;
  /** Not read: the browser names the tenant. Here so that a tenant's settings can be passed as they are. */
  readonly tenantId?: string;
}

const knownInGateway: Names<SdkGatewayOptions> = {
  apiSecretKey: true,
  apiUrl: true,
  deadlineMs: true,
  allowEmulator: true,
  onCall: true,
  tenantId: true,
};

/** @throws TypeError that names the option which cannot work, and what to write instead */
export function checkGatewayOptions(options: SdkGatewayOptions): void {
  const caller = "createSdkGateway";
  requireSecretKey(caller, options);
  requireApiUrl(caller, options);
  refuseUnknown(caller, options, knownInGateway);
}

interface TenantOptions {
  readonly apiSecretKey?: unknown;
  readonly apiUrl?: unknown;
  readonly allowEmulator?: unknown;
}

type Rule = (value: unknown, isEmulated: boolean) => string | null;

/** @param caller the function whose options these are, as the error names it. @throws TypeError without the secret */
function requireSecretKey(caller: string, options: TenantOptions | undefined): void {
  requireOption(caller, options, "apiSecretKey", adviceForApiSecretKey);
}

/** @param caller the function whose options these are, as the error names it. @throws TypeError without the URL */
export function requireApiUrl(caller: string, options: TenantOptions | undefined): void {
  requireOption(caller, options, "apiUrl", adviceForApiBase);
}

function requireOption(
  caller: string,
  options: TenantOptions | undefined,
  name: "apiSecretKey" | "apiUrl",
  adviceFor: Rule,
): void {
  const value = options?.[name];
  const allowEmulator = options?.allowEmulator ?? false;
  if (typeof allowEmulator !== "boolean")
    throw new TypeError(`${caller}: \`allowEmulator\` must be true or false; leave it out in production.`);
  const advice = adviceFor(value, allowEmulator);
  if (advice === null) return;
  const isEmulators = adviceFor(value, true) === null;
  const optIn = isEmulators ? " For an emulator pass `allowEmulator: true`, outside production only." : "";
  throw new TypeError(`${caller}: \`${name}\` must be ${advice}.${optIn}`);
}
