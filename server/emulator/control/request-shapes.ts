/** The shapes of what the control plane takes, in process and over HTTP. */
import { canMeetOperation, operations } from "../api/operations.ts";
import { anyAddress, emailAddress, phoneNumber } from "../wire/person-addresses.ts";
import {
  anything,
  choice,
  flag,
  isoTime,
  type Members,
  number,
  type ObjectShape,
  object,
  type Shape,
  text,
} from "../wire/shape.ts";
import { verificationMethods } from "../wire/wire.ts";
import { invalidRequest } from "../wire/wire-error.ts";
import type {
  CompletionRequest,
  FaultRule,
  FixedCodeRequest,
  JournalFilter,
  MessageQuery,
  ResetScope,
} from "./requests.ts";

const id = text({ longest: 256 });
const address = text({ longest: 320 });

export const messageQueryMembers: Members<MessageQuery> = { to: address, after: id, tenantId: id };
export const messageQueryShape = object(messageQueryMembers);

const resetMembers: Members<ResetScope> = { tenantId: id, userId: id };
export const resetShape = object(resetMembers);

export const stateShape = object({ version: anything({ const: 1 }), tenants: anything({ type: "object" }) });

const fixedCodeMembers: Members<FixedCodeRequest> = {
  to: anyAddress,
  code: text({ longest: 16 }),
  validUntil: isoTime,
  tenantId: id,
};
export const fixedCodeShape = object(fixedCodeMembers, ["to", "code"]);

const completionMembers: Members<CompletionRequest> = {
  token: text({ longest: 8_192 }),
  url: text({ longest: 16_384 }),
  verificationMethod: choice(...verificationMethods),
  email: emailAddress,
  phoneNumber,
};
const completionMembersShape = object(completionMembers);
export const completionShape: ObjectShape = {
  ...completionMembersShape,
  check(value, where) {
    completionMembersShape.check(value, where);
    const { token, url } = value as CompletionRequest;
    if (token == null && url == null) throw invalidRequest("token is required: track's token, or its url.");
    if (token != null && url != null) throw invalidRequest("Write either track's token, or its url.");
  },
};

/** The API's operations, and what the journal writes of the emulator's own. */
const operationNames = [
  ...operations.map(({ name }) => name),
  ...["sign-up", "sign-in", "prebuilt-page", "open-socket", "fault"],
];

const journalMembers: Members<JournalFilter> = {
  tenantId: id,
  userId: id,
  operation: choice(...operationNames),
  refused: flag,
  unmatched: flag,
};
export const journalShape = object(journalMembers);

const faultMembers: Members<FaultRule> = {
  tenantId: id,
  method: choice("GET", "POST", "PATCH", "DELETE", "OPTIONS"),
  path: text({ longest: 1_024 }),
  count: number({ least: 1, most: Number.MAX_SAFE_INTEGER, whole: true }),
  probability: number({ most: 1 }),
  latency: number({ most: 10 * 60_000 }),
  status: number({ least: 400, most: 599, whole: true }),
  errorCode: text({ longest: 64 }),
  retryAfter: number({ most: 1e9, whole: true }),
  drop: choice("before", "after"),
  malformed: flag,
};
const faultMembersShape = object(faultMembers);

/** A rule that can never apply, or changes nothing, would leave a test waiting, or passing without it. */
export const faultShape: ObjectShape = {
  ...faultMembersShape,
  check(value, where) {
    faultMembersShape.check(value, where);
    const rule = value as FaultRule;
    if (rule.path !== undefined && !/^(\/v1\/|\*)/.test(rule.path))
      throw invalidRequest("path must begin with /v1/ or with *, for example /v1/validate.");
    if (!canMeetOperation(rule.path ?? "*", rule.method ?? undefined))
      throw invalidRequest(
        `No operation has ${rule.method == null ? "" : `the method ${rule.method} and `}the path ${rule.path ?? "*"}.`,
      );
    const effects = [
      ...(rule.status == null ? [] : ["status"]),
      ...(rule.drop == null ? [] : ["drop"]),
      ...(rule.malformed === true ? ["malformed"] : []),
    ];
    if (effects.length === 0 && rule.latency == null)
      throw invalidRequest("A fault needs an effect: latency, status, drop or malformed.");
    if (effects.length > 1)
      throw invalidRequest(`A fault has one effect besides latency, not ${effects.join(" and ")}.`);
    for (const name of ["errorCode", "retryAfter"] as const)
      if (rule[name] != null && rule.status == null)
        throw invalidRequest(`${name} is sent with an error status, so it needs status.`);
  },
};

const clockMembers: Readonly<Record<string, Shape>> = {
  freeze: {
    schema: { oneOf: [{ const: true }, isoTime.schema] },
    check(value, where) {
      if (value === true) return;
      if (typeof value !== "string")
        throw invalidRequest(`${where} must be true, for the present time, or an ISO 8601 date.`);
      isoTime.check(value, where);
    },
  },
  set: isoTime,
  advance: number(),
  resume: choice(true),
};
const clockMembersShape = object({ ...clockMembers, tenantId: id });
export const tenantQueryShape = object({ tenantId: id });

/** Exactly one move of the clock: what several would do depends on their order. */
export const clockShape: ObjectShape = {
  ...clockMembersShape,
  check(value, where) {
    clockMembersShape.check(value, where);
    const given = Object.keys(clockMembers).filter(
      (name) => (value as Record<string, unknown>)[name] != null,
    );
    if (given.length !== 1)
      throw invalidRequest(
        `Write one of ${Object.keys(clockMembers).join(", ")}; there are ${given.length}.`,
      );
  },
};
