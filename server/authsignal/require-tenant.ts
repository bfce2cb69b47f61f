/** Refuses options that lead to no tenant, or to an emulator that the host did not ask for. */
import { adviceForApiBase, adviceForApiSecretKey } from "../relying-party/addresses.ts";

interface TenantOptions {
  readonly apiSecretKey?: unknown;
  readonly apiUrl?: unknown;
  readonly allowEmulator?: unknown;
}

type Rule = (value: unknown, isEmulated: boolean) => string | null;

/** @param caller the function whose options these are, as the error names it. @throws TypeError without the secret */
export function requireSecretKey(caller: string, options: TenantOptions | undefined): void {
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
