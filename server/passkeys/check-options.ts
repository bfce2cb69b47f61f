/** Fills in defaults and refuses, at creation, options that cannot work: with what to write instead. */
import { actions } from "../../shared/actions.ts";
import { defaultIpv6Prefix, isIpv6Prefix } from "../http/network-address.ts";
import { type Names, refuseUnknown } from "../http/options/known-options.ts";
import { defaultRequestMs } from "../http/request-deadline.ts";
import { adviceForApiBase, adviceForOrigin, adviceForRpId } from "../relying-party/addresses.ts";
import { checkAssurance } from "./check-assurance.ts";
import { checkEmailChanges } from "./check-email-changes.ts";
import {
  checkCodePorts,
  checkSessions,
  checkUsers,
  isMethodName,
  methodNames,
} from "./ports/checked-ports.ts";
import { surviveListener, withOccasion } from "./ports/events.ts";
import { noKnownBrowsers } from "./ports/known-browsers.ts";
import { noNotices } from "./ports/notices.ts";
import type { PasskeysContext, PasskeysOptions, PasskeysOptionsWithoutCodes } from "./ports/options.ts";
import { codeLimits, defaultLimits, knownInLimit } from "./ports/send-limits.ts";

/** @throws TypeError that names the option and what to write */
export function readOptions(options: PasskeysOptions | PasskeysOptionsWithoutCodes): PasskeysContext {
  if (typeof options !== "object" || options === null)
    throw new TypeError(
      "createPasskeysRouter: pass { authsignal, users, sessions, storage, browser, origins }.",
    );
  refuseUnknownOptions(options);
  if (options.emailCodes !== undefined && typeof options.emailCodes !== "boolean")
    throw fault("emailCodes", "true or false");
  for (const [port, [methods, instead]] of Object.entries(
    options.emailCodes === false ? portsWithoutCodes : ports,
  )) {
    if (!hasMethods(Reflect.get(options, port), methods)) throw fault(port, instead);
  }
  const { deleteUser }: { deleteUser?: unknown } = options.users;
  if (deleteUser !== undefined && typeof deleteUser !== "function")
    throw fault("users.deleteUser", "left out, or a function of the user's id");
  const { idleSeconds, sessionList } = options.sessions;
  if (idleSeconds !== undefined && !(Number.isInteger(idleSeconds) && idleSeconds > 0))
    throw fault("sessions.idleSeconds", "left out, or a whole number of seconds");
  if (sessionList !== undefined && !hasMethods(sessionList, ["list", "end", "endAll"]))
    throw fault("sessions.sessionList", "left out, or an object with list, end and endAll");
  if (options.notices !== undefined && !hasMethods(options.notices, ["tell", "forget", "readLink"]))
    throw fault("notices", "left out, or createNotices({ storage, notify })");
  if ((options.activity ?? null) !== null && !hasMethods(options.activity, ["ofUser"]))
    throw fault("activity", "left out, or `storage.events` of a storage with its audit table");
  if (!hasMethods(options.storage.flows, ["consumeToken", "takeBegun", "takeGrant", "claimPasskey"]))
    throw fault("storage", ports.storage[1]);
  if (!Array.isArray(options.origins) || options.origins.length === 0)
    throw fault("origins", 'a list such as ["https://app.example.com"]');
  for (const origin of options.origins) refuse("origins", adviceForOrigin(origin));
  if (options.crossSiteOrigins !== undefined && !Array.isArray(options.crossSiteOrigins))
    throw fault("crossSiteOrigins", 'a list such as ["https://partner.example"]');
  for (const origin of options.crossSiteOrigins ?? []) refuse("crossSiteOrigins", adviceForOrigin(origin));
  const { tenantId, baseUrl, rpId } = options.browser ?? {};
  if (![tenantId, baseUrl, rpId].every((text) => typeof text === "string" && text !== ""))
    throw fault("browser", "{ tenantId, baseUrl, rpId }, all strings");
  refuse("browser.baseUrl", adviceForApiBase(options.browser.baseUrl));
  refuse("browser.rpId", adviceForRpId(options.browser.rpId, options.origins));
  if (options.emailCodes === false) refuseCodeOptions(options);
  for (const name of ["onEvent", "onReport", "now"] as const) {
    if ((options[name] ?? undefined) !== undefined && typeof options[name] !== "function")
      throw fault(name, "a function");
  }
  const own: readonly string[] = Object.values(actions);
  for (const action of options.stepUpActions ?? []) {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(action))
      throw fault("stepUpActions", "codes of 1 to 64 letters, digits, - and _");
    if (own.includes(action))
      throw fault("stepUpActions", `another code than "${action}", which the router uses itself`);
  }
  const { reauthenticationMethods } = options;
  if (reauthenticationMethods !== undefined && reauthenticationMethods !== null) {
    if (!Array.isArray(reauthenticationMethods))
      throw fault("reauthenticationMethods", 'a list of your own methods such as ["password"]');
    for (const method of reauthenticationMethods) {
      if (!isMethodName(method))
        throw fault("reauthenticationMethods", `a list of ${methodNames}, such as ["password"]`);
      if (method === "passkey" || (method === "email-otp" && options.emailCodes !== false))
        throw fault(
          "reauthenticationMethods",
          `a list without "${method}": a passkey always counts, and \`emailStepUp\` governs e-mail codes`,
        );
    }
  }
  for (const name of ["freshSeconds", "grantSeconds", "maxPasskeys", "requestTimeoutMs"] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      throw fault(name, "a whole number above 0");
  }
  if (!["required", "preferred", undefined].includes(options.userVerification))
    throw fault("userVerification", '"required" or "preferred"');
  if (options.ipv6Prefix !== undefined && !isIpv6Prefix(options.ipv6Prefix))
    throw fault("ipv6Prefix", "a whole number from 32 to 128");
  const { users, sessions, emailCodes, ...policies } = options;
  return {
    stepUpActions: [],
    freshSeconds: 600,
    grantSeconds: 120,
    emailStepUp: true,
    reauthenticationMethods: null,
    userVerification: "required",
    afterCode: "full",
    recoveryWaitingTime: 24 * 60 * 60,
    maxPasskeys: 10,
    offerAgainAfterDays: [14, 60],
    crossSiteOrigins: [],
    knownBrowsers: noKnownBrowsers,
    notices: noNotices,
    activity: null,
    onReport: null,
    ipv6Prefix: defaultIpv6Prefix,
    requestTimeoutMs: defaultRequestMs,
    now: () => new Date(),
    ...given<Partial<PasskeysOptions>>(policies),
    authsignal: options.authsignal,
    storage: options.storage,
    browser: options.browser,
    origins: options.origins,
    users: checkUsers(users),
    sessions: checkSessions(sessions),
    recoveries: checkAssurance(options),
    emailChanges: checkEmailChanges(options),
    codes: options.emailCodes === false ? null : checkCodePorts(options.users, options.sessions),
    onEvent: withOccasion(surviveListener(options.onEvent ?? (() => {}))),
    limits: { ...defaultLimits, ...given(options.limits ?? {}) },
  };
}

const known: Names<PasskeysOptions | PasskeysOptionsWithoutCodes> = {
  authsignal: true,
  users: true,
  sessions: true,
  storage: true,
  browser: true,
  origins: true,
  crossSiteOrigins: true,
  emailCodes: true,
  knownBrowsers: true,
  notices: true,
  activity: true,
  onReport: true,
  onEvent: true,
  now: true,
  stepUpActions: true,
  freshSeconds: true,
  grantSeconds: true,
  emailStepUp: true,
  afterCode: true,
  recoveryWaitingTime: true,
  reauthenticationMethods: true,
  userVerification: true,
  maxPasskeys: true,
  offerAgainAfterDays: true,
  limits: true,
  ipv6Prefix: true,
  requestTimeoutMs: true,
};
const knownInBrowser: Names<PasskeysOptions["browser"]> = { tenantId: true, baseUrl: true, rpId: true };

/** The ports are objects of the host's, which may have members of their own. */
function refuseUnknownOptions(options: PasskeysOptions | PasskeysOptionsWithoutCodes): void {
  const caller = "createPasskeysRouter";
  refuseUnknown(caller, options, known);
  if (options.browser !== undefined) refuseUnknown(caller, options.browser, knownInBrowser, "browser");
  if (options.limits === undefined) return;
  refuseUnknown(caller, options.limits, defaultLimits, "limits");
  for (const [name, limit] of Object.entries(options.limits)) {
    if (limit !== undefined) refuseUnknown(caller, limit, knownInLimit, `limits.${name}`);
  }
}

/** Without members that are there and undefined: they would take the place of a default. */
function given<Members extends object>(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Members;
}

/** What each port must be able to do, and what to write. */
const ports: Readonly<Record<"authsignal" | "users" | "sessions" | "storage", [readonly string[], string]>> =
  {
    authsignal: [
      [
        "sendEmailOtp",
        "checkEmailOtp",
        "beginAction",
        "validate",
        "listAuthenticators",
        "removePasskey",
        "removeUser",
      ],
      "createSdkGateway({ apiSecretKey, apiUrl })",
    ],
    users: [["findById", "findOrCreateByEmail"], "an object with findById and findOrCreateByEmail"],
    sessions: [
      ["current", "start", "renew", "end", "pendingOtp", "keepPendingOtp"],
      "createCookieSessions(…), createBearerSessions(…) or your own SessionPort",
    ],
    storage: [
      ["limiter"],
      "what `await openStorage({ file })` resolves with (did you forget the `await`?), or `openStorageLazily({ file })`",
    ],
  };

const portsWithoutCodes: typeof ports = {
  ...ports,
  users: [["findById"], "an object with findById"],
  sessions: [["current", "start", "renew", "end"], ports.sessions[1]],
};

/** Options that govern codes would have no effect, and their author may believe that they have one. */
function refuseCodeOptions(options: object): void {
  if (Reflect.get(options, "emailStepUp") === true)
    throw fault("emailStepUp", "left out with `emailCodes: false`: there are no codes");
  const limits: unknown = Reflect.get(options, "limits");
  for (const name of codeLimits) {
    if (typeof limits === "object" && limits !== null && Reflect.get(limits, name) !== undefined)
      throw fault(`limits.${name}`, "left out with `emailCodes: false`: there are no codes");
  }
}

function hasMethods(value: unknown, methods: readonly string[]): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    methods.every((method) => typeof Reflect.get(value, method) === "function")
  );
}

function refuse(option: string, instead: string | null): void {
  if (instead !== null) throw fault(option, instead);
}

function fault(option: string, instead: string): TypeError {
  return new TypeError(`createPasskeysRouter: \`${option}\` must be ${instead}.`);
}
