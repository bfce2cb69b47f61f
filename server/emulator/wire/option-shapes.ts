/** The shapes of options: checked wherever they come from, JavaScript, a configuration file or the control plane. */
import type {
  ActionRule,
  ActionSettings,
  AppClientOptions,
  EmulatorOptions,
  NumberCondition,
  RuleConditions,
  TenantOptions,
  WebhookOptions,
} from "./emulator-options.ts";
import { isJsonObject, parseUrl } from "./input.ts";
import { ipPattern } from "./ip-pattern.ts";
import {
  anything,
  choice,
  flag,
  list,
  type Members,
  map,
  matching,
  number,
  type ObjectShape,
  object,
  type Shape,
  scalar,
  text,
} from "./shape.ts";
import {
  actionCodePattern,
  actionOutcomes,
  userVerifications,
  verificationMethods,
  webhookTypes,
} from "./wire.ts";
import { invalidRequest } from "./wire-error.ts";

const methods = list(choice(...verificationMethods));
const minutes = number({ least: 0.01, most: 525_600 });

const httpUrl = {
  schema: { type: "string", format: "uri" },
  check(value: unknown, where: string) {
    if (typeof value !== "string" || parseUrl(value) === null || !/^https?:/.test(value))
      throw invalidRequest(`${where} must be a URL such as http://localhost:3000/webhook.`);
  },
};

const userVerification = choice(...userVerifications);

const limit = number({ least: -Number.MAX_VALUE, most: Number.MAX_VALUE });
const numberMembers: Members<NumberCondition> = { above: limit, below: limit };
const numberCondition = object(numberMembers);
const customCondition: Shape = {
  schema: { anyOf: [scalar.schema, { ...numberCondition.schema, minProperties: 1 }] },
  check(value, where) {
    if (!isJsonObject(value)) return scalar.check(value, where);
    numberCondition.check(value, where);
    if (Object.keys(value).length === 0) throw invalidRequest(`${where} needs above, below or both.`);
  },
};

const conditionMembers: Members<RuleConditions> = {
  custom: map(customCondition),
  deviceId: text(),
  ipAddress: ipPattern,
  userAgent: text(),
  isNewDevice: flag,
  isRememberedDevice: flag,
};

const ruleMembers: Members<ActionRule> = {
  ruleId: text({ longest: 64 }),
  name: text(),
  when: object(conditionMembers),
  outcome: choice(...actionOutcomes),
};

const ruleList = list(object(ruleMembers, ["ruleId", "name", "when", "outcome"]));
/** get-action tells rules apart by their ids. */
const rules: Shape = {
  ...ruleList,
  check(value, where) {
    ruleList.check(value, where);
    const ids = (value as readonly ActionRule[]).map(({ ruleId }) => ruleId);
    const twice = ids.find((id, at) => ids.indexOf(id) !== at);
    if (twice !== undefined)
      throw invalidRequest(`${where} must have different ruleIds; ${JSON.stringify(twice)} is there twice.`);
  },
};

export const actionCode = matching(
  actionCodePattern,
  "an action code: 1 to 64 letters, digits, underscores or hyphens",
);

const actionMembers: Members<ActionSettings> = {
  outcome: choice(...actionOutcomes),
  verificationMethods: methods,
  defaultVerificationMethod: choice(...verificationMethods),
  userVerification,
  rules,
  verifyWebhook: httpUrl,
};

/** The settings of an action, with these members besides. */
export function actionShape(more: Readonly<Record<string, Shape>> = {}): ObjectShape {
  const members = object({ ...more, ...actionMembers }, Object.keys(more));
  return {
    ...members,
    check(value, where) {
      members.check(value, where);
      const { verificationMethods: permitted, defaultVerificationMethod: first } = value as ActionSettings;
      if (permitted != null && first != null && !permitted.includes(first))
        throw invalidRequest(`${where}.defaultVerificationMethod must be one of its verificationMethods.`);
    },
  };
}

const appClientMembers: Members<AppClientOptions> = {
  clientId: text({ longest: 256 }),
  accessTokenDurationInMinutes: minutes,
  refreshTokenDurationInMinutes: minutes,
};

const webhookMembers: Members<WebhookOptions> = {
  url: httpUrl,
  urls: object(
    Object.fromEntries(
      webhookTypes.filter((type) => type !== "action.verify").map((type) => [type, httpUrl]),
    ),
  ),
  includeCredentialPublicKey: flag,
  retryAfter: number(),
};

const limitWindow = object(
  { times: number({ least: 1, whole: true }), withinMinutes: number({ least: 0.01 }) },
  ["times", "withinMinutes"],
);
const limitOptions = object({ sends: limitWindow, tries: limitWindow });
const limits: Shape = {
  schema: { oneOf: [{ enum: ["documented", "off"] }, limitOptions.schema] },
  check(value, where) {
    if (value === "documented" || value === "off") return;
    if (typeof value === "string") throw invalidRequest(`${where} must be documented, off, or an object.`);
    limitOptions.check(value, where);
  },
};

const tenantMembers: Members<TenantOptions> = {
  tenantId: text({ longest: 256 }),
  secrets: list(text({ longest: 1_024, mayBeEmpty: true })),
  rpId: text({ longest: 253 }),
  rpName: text({ longest: 256 }),
  expectedOrigins: list(text()),
  anyLocalhostPort: flag,
  defaultOutcome: choice(...actionOutcomes),
  actions: map(actionShape(), actionCode),
  verificationMethods: methods,
  tokenDurationInMinutes: minutes,
  userVerification,
  counterRegression: choice("log", "refuse"),
  limits,
  codeLength: number({ least: 2, most: 10, whole: true }),
  authenticatorAttachment: choice("platform", "cross-platform", "all-supported"),
  passkeyRegistrationHints: list(choice("security-key", "client-device", "hybrid")),
  allowMultipleAuthenticators: flag,
  removedCredential: choice("unknown_credential", "invalid_credential"),
  errorCodes: choice("documented", "distinct"),
  reviewCompletion: choice("keep", "succeed"),
  attemptsExceeded: choice("keep", "fail"),
  claimEnrollment: choice("enroll-first", "never"),
  enrollmentMethods: choice("action", "any"),
  validateRefusal: choice("invalid", "unauthorized"),
  unknownMembers: choice("note", "refuse"),
  anonymousActionCode: actionCode,
  appClients: list(object(appClientMembers, ["clientId"])),
  webhook: object(webhookMembers, ["url"]),
};

export const tenantShape = object(tenantMembers, ["tenantId", "secrets", "rpId", "expectedOrigins"]);

const callback: Shape = {
  schema: { description: "a function" },
  check(value, where) {
    if (typeof value !== "function") throw invalidRequest(`${where} must be a function.`);
  },
};

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
      if (typeof value !== "string" || parseUrl(value) === null || !/^smtps?:\/\/./.test(value))
        throw invalidRequest(`${where} must be a URL such as smtp://localhost:1025.`);
    },
  };
}
