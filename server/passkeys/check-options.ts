/** Fills in defaults and refuses, at creation, options that cannot work: with what to write instead. */
import { actions } from "../../shared/actions.ts";
import { noBrowserMemory } from "./browser-memory.ts";
import type { PasskeysContext, PasskeysOptions } from "./options.ts";
import { defaultLimits } from "./rate-limits.ts";

/** @throws TypeError that names the option and what to write */
export function checkOptions(options: PasskeysOptions): PasskeysContext {
  requireMethods(
    options,
    "authsignal",
    ["sendEmailOtp", "validate"],
    "createSdkGateway({ apiSecretKey, apiUrl })",
  );
  requireMethods(
    options,
    "users",
    ["findById", "findOrCreateByEmail"],
    "an object with findById and findOrCreateByEmail",
  );
  requireMethods(
    options,
    "sessions",
    ["current", "start", "end"],
    "createCookieSessions(…) or your own SessionPort",
  );
  if (typeof options.storage?.limiter !== "function" || options.storage.flows === undefined) {
    throw fault("storage", "`await openStorage({ file })`");
  }
  const { tenantId, baseUrl, rpId } = options.browser ?? {};
  if (![tenantId, baseUrl, rpId].every((text) => typeof text === "string" && text !== "")) {
    throw fault("browser", "{ tenantId, baseUrl, rpId }, all strings");
  }
  if (!Array.isArray(options.origins) || options.origins.length === 0) {
    throw fault("origins", 'a list such as ["https://app.example.com"]');
  }
  for (const origin of options.origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw fault("origins", `scheme, host and port only, not "${String(origin)}"`);
    }
  }
  const own: readonly string[] = Object.values(actions);
  for (const action of options.stepUpActions ?? []) {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(action))
      throw fault("stepUpActions", "codes of 1 to 64 letters, digits, - and _");
    if (own.includes(action))
      throw fault("stepUpActions", `another code than "${action}", which the router uses itself`);
  }
  for (const name of ["freshSeconds", "grantSeconds", "maxPasskeys"] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      throw fault(name, "a whole number above 0");
  }
  return {
    stepUpActions: [],
    freshSeconds: 600,
    grantSeconds: 120,
    emailStepUp: true,
    maxPasskeys: 10,
    offerAgainAfterDays: [14, 60],
    browserMemory: noBrowserMemory,
    onEvent: () => {},
    now: () => new Date(),
    ...options,
    limits: { ...defaultLimits, ...options.limits },
  };
}

function requireMethods(
  options: PasskeysOptions,
  port: "authsignal" | "users" | "sessions",
  methods: readonly string[],
  instead: string,
): void {
  const value: unknown = options[port];
  const complete =
    typeof value === "object" &&
    value !== null &&
    methods.every((method) => typeof Reflect.get(value, method) === "function");
  if (!complete) throw fault(port, instead);
}

function fault(option: string, instead: string): TypeError {
  return new TypeError(`createPasskeysRouter: \`${option}\` must be ${instead}.`);
}
