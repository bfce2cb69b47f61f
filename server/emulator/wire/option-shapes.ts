/** The shapes of options: checked wherever they come from, JavaScript, a configuration file or the control plane. */
import type {
  ActionSettings,
  AppClientOptions,
  EmulatorOptions,
  TenantOptions,
  WebhookOptions,
} from "./emulator-options.ts";
import { anything, choice, flag, list, type Members, map, number, object, text } from "./shape.ts";
import { actionOutcomes, verificationMethods } from "./wire.ts";
import { invalidRequest } from "./wire-error.ts";

const methods = list(choice(...verificationMethods));
const minutes = number({ least: 0.01, most: 525_600 });

export const actionMembers: Members<ActionSettings> = {
  outcome: choice(...actionOutcomes),
  verificationMethods: methods,
  defaultVerificationMethod: choice(...verificationMethods),
};

const appClientMembers: Members<AppClientOptions> = {
  clientId: text({ longest: 256 }),
  accessTokenDurationInMinutes: minutes,
  refreshTokenDurationInMinutes: minutes,
};

const httpUrl = {
  schema: { type: "string", format: "uri" },
  check(value: unknown, where: string) {
    if (typeof value !== "string" || !URL.canParse(value) || !/^https?:/.test(value))
      throw invalidRequest(`${where} must be a URL such as http://localhost:3000/webhook.`);
  },
};

const webhookMembers: Members<WebhookOptions> = { url: httpUrl, retryAfter: number() };

const tenantMembers: Members<TenantOptions> = {
  tenantId: text({ longest: 256 }),
  secrets: list(text({ longest: 1_024, mayBeEmpty: true })),
  rpId: text({ longest: 253 }),
  rpName: text({ longest: 256 }),
  expectedOrigins: list(text()),
  anyLocalhostPort: flag,
  defaultOutcome: choice(...actionOutcomes),
  actions: map(object(actionMembers)),
  verificationMethods: methods,
  tokenDurationInMinutes: minutes,
  userVerification: choice("required", "preferred", "discouraged"),
  counterRegression: choice("log", "refuse"),
  limits: choice("documented", "off"),
  claimEnrollment: choice("enroll-first", "never"),
  enrollmentMethods: choice("action", "any"),
  validateRefusal: choice("invalid", "unauthorized"),
  unknownMembers: choice("note", "refuse"),
  anonymousActionCode: text({ longest: 64 }),
  appClients: list(object(appClientMembers, ["clientId"])),
  webhook: object(webhookMembers, ["url"]),
};

export const tenantShape = object(tenantMembers, ["tenantId", "secrets", "rpId", "expectedOrigins"]);

const callback = anything({ description: "a function" });

const emulatorMembers: Members<EmulatorOptions> = {
  port: number({ most: 65_535, whole: true }),
  host: text({ longest: 253 }),
  allowedHosts: list(text({ longest: 253 })),
  data: text(),
  // Each tenant is checked where it is created, also when it is added later.
  tenants: list(anything(tenantShape.schema), { least: 1 }),
  onMessage: callback,
  onRefusal: callback,
  smtp: smtpUrl(),
  seed: text(),
  publicUrl: text(),
  now: callback,
};

export const emulatorShape = object(emulatorMembers);

function smtpUrl() {
  return {
    schema: { type: "string", format: "uri" },
    check(value: unknown, where: string) {
      if (typeof value !== "string" || !URL.canParse(value) || !/^smtps?:\/\/./.test(value))
        throw invalidRequest(`${where} must be a URL such as smtp://localhost:1025.`);
    },
  };
}
