/** The control plane over HTTP: each operation calls the method of the same meaning in process. */
import { checkActionCode } from "../domain/tracked-actions.ts";
import { toIso } from "../tenant/clock.ts";
import type { TenantOptions } from "../wire/emulator-options.ts";
import {
  type Input,
  isJsonObject,
  optionalChoice,
  optionalFlag,
  optionalObject,
  optionalText,
  optionalTexts,
  requiredText,
} from "../wire/input.ts";
import type { Json } from "../wire/wire.ts";
import { invalidRequest, WireError } from "../wire/wire-error.ts";
import type { ControlOperation } from "./control.ts";
import type { ControlPlane, EmulatorState } from "./control-plane.ts";
import type { Core } from "./core.ts";
import type { FaultRule } from "./faults.ts";
import { inspectTenant } from "./inspect.ts";
import { readActionSettings } from "./seed.ts";
import type { Seed } from "./seed-shape.ts";

export function controlOperations(core: Core, plane: ControlPlane): readonly ControlOperation[] {
  return [
    { method: "GET", path: "/health", handle: () => ({ isReady: true, name: "authsignal-emulator" }) },
    {
      method: "GET",
      path: "/messages",
      async handle({ query }) {
        const wanted = messageQuery(query);
        const wait = numberIn(Object.fromEntries(query), "wait");
        if (wait !== undefined) await plane.waitForMessage(wanted, wait);
        return asJson(plane.messages(wanted));
      },
    },
    {
      method: "GET",
      path: "/messages/latest",
      async handle({ query }) {
        const wait = numberIn(Object.fromEntries(query), "wait") ?? 0;
        const message = await plane.waitForMessage(messageQuery(query), wait);
        if (message === undefined) throw new WireError("not_found", "No message matches.");
        return asJson(message);
      },
    },
    {
      method: "DELETE",
      path: "/messages",
      handle: ({ query }) => done(() => plane.clearMessages(messageQuery(query))),
    },
    {
      method: "PUT",
      path: "/fixed-codes",
      handle: ({ body }) =>
        done(() =>
          plane.fixCode({
            to: optionalText(body, "to") ?? "",
            code: optionalText(body, "code") ?? "",
            validUntil: optionalText(body, "validUntil"),
            tenantId: optionalText(body, "tenantId"),
          }),
        ),
    },
    {
      method: "POST",
      path: "/reset",
      handle: ({ body }) =>
        done(() =>
          plane.reset({ tenantId: optionalText(body, "tenantId"), userId: optionalText(body, "userId") }),
        ),
    },
    {
      method: "POST",
      path: "/seed",
      // applySeed checks every member.
      handle: ({ body }) => asJson(plane.seed(body as Seed, optionalText(body, "tenantId"))),
    },
    { method: "GET", path: "/state", handle: () => asJson(plane.exportState()) },
    {
      method: "PUT",
      path: "/state",
      handle: ({ body }) => done(() => plane.importState(body as Input & EmulatorState)),
    },
    { method: "GET", path: "/clock", handle: () => clockView(plane) },
    { method: "PUT", path: "/clock", handle: ({ body }) => setClock(plane, body) },
    { method: "GET", path: "/faults", handle: () => asJson(plane.faults()) },
    { method: "POST", path: "/faults", handle: ({ body }) => asJson(plane.addFault(faultRule(body))) },
    { method: "DELETE", path: "/faults", handle: () => done(() => plane.clearFaults()) },
    {
      method: "DELETE",
      path: "/faults/{faultId}",
      handle({ params }) {
        if (!plane.removeFault(params.faultId ?? ""))
          throw new WireError("not_found", "The fault does not exist.");
        return { done: true };
      },
    },
    {
      method: "GET",
      path: "/journal",
      handle: ({ query }) =>
        asJson(
          plane.journal({
            userId: query.get("userId") ?? undefined,
            operation: query.get("operation") ?? undefined,
            refused: query.get("refused") === "true",
            unmatched: query.get("unmatched") === "true",
          }),
        ),
    },
    { method: "DELETE", path: "/journal", handle: () => done(() => plane.clearJournal()) },
    { method: "GET", path: "/tenants", handle: () => core.tenants.all().map(inspectTenant) },
    { method: "POST", path: "/tenants", handle: ({ body }) => addTenant(plane, body) },
  ];
}

/** Takes the options that a test worker needs; all others are options of startEmulator. */
function addTenant(plane: ControlPlane, body: Input): Json {
  const rpName = optionalText(body, "rpName");
  const limits = optionalChoice(body, "limits", ["documented", "off"] as const);
  const actions = optionalObject(body, "actions");
  const tenant: TenantOptions = {
    tenantId: requiredText(body, "tenantId", 256),
    secrets: optionalTexts(body, "secrets") ?? [],
    rpId: requiredText(body, "rpId", 253),
    expectedOrigins: optionalTexts(body, "expectedOrigins") ?? [],
    anyLocalhostPort: optionalFlag(body, "anyLocalhostPort") ?? false,
    ...(rpName === undefined ? {} : { rpName }),
    ...(limits === undefined ? {} : { limits }),
    ...(actions === undefined ? {} : { actions: mapActions(actions) }),
  };
  try {
    plane.addTenant(tenant);
  } catch (error) {
    throw error instanceof Error ? invalidRequest(error.message) : error;
  }
  return { tenantId: tenant.tenantId };
}

function mapActions(actions: Input): NonNullable<TenantOptions["actions"]> {
  return Object.fromEntries(
    Object.entries(actions).map(([actionCode, settings]) => {
      if (!isJsonObject(settings)) throw invalidRequest(`The settings of ${actionCode} must be an object.`);
      return [checkActionCode(actionCode), readActionSettings(settings)];
    }),
  );
}

function done(act: () => void): Json {
  act();
  return { done: true };
}

/** Converts an interface without an index signature, and drops undefined members. */
function asJson(value: object): Json {
  return JSON.parse(JSON.stringify(value));
}

function messageQuery(query: URLSearchParams) {
  return {
    // An unencoded plus sign arrives as a space, which no address contains.
    to: query.get("to")?.replaceAll(" ", "+"),
    after: query.get("after") ?? undefined,
    tenantId: query.get("tenantId") ?? undefined,
  };
}

function clockView({ clock }: ControlPlane): Json {
  return { now: toIso(clock.now()), isFrozen: clock.frozen };
}

/** One of `freeze` (true, or a time), `set` (a time), `advance` (milliseconds), `resume` (true). */
function setClock(plane: ControlPlane, body: Input): Json {
  const { clock } = plane;
  const advance = numberIn(body, "advance");
  if (body.resume === true) clock.resume();
  if (typeof body.set === "string") clock.set(timeIn(body.set));
  if (body.freeze === true) clock.freeze();
  if (typeof body.freeze === "string") clock.freeze(timeIn(body.freeze));
  if (advance !== undefined) clock.advance(advance);
  return clockView(plane);
}

function timeIn(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw invalidRequest("A time must be an ISO 8601 date.");
  return time;
}

function faultRule(body: Input): FaultRule {
  return {
    method: optionalText(body, "method", 16),
    path: optionalText(body, "path", 1_024),
    count: numberIn(body, "count"),
    probability: numberIn(body, "probability"),
    latency: numberIn(body, "latency"),
    status: numberIn(body, "status"),
    errorCode: optionalText(body, "errorCode", 64),
    retryAfter: numberIn(body, "retryAfter"),
    drop: optionalChoice(body, "drop", ["before", "after"] as const),
    malformed: optionalFlag(body, "malformed"),
  };
}

function numberIn(input: Input, name: string): number | undefined {
  const value = Object.hasOwn(input, name) ? input[name] : undefined;
  if (value === undefined || value === null) return undefined;
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number) || number < 0 || number > 1e12) {
    throw invalidRequest(`${name} must be a number from 0 up.`);
  }
  return number;
}
