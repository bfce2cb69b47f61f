/** The control plane over HTTP: each operation calls the method of the same meaning in process. */
import { type ControlledClock, toIso } from "../tenant/clock.ts";
import type { TenantOptions } from "../wire/emulator-options.ts";
import { type Input, isJsonObject, optionalText } from "../wire/input.ts";
import { tenantShape } from "../wire/option-shapes.ts";
import { flag, number, object, text } from "../wire/shape.ts";
import type { Json } from "../wire/wire.ts";
import { invalidRequest, WireError } from "../wire/wire-error.ts";
import type { SignInRequest, SignUpRequest } from "./ceremonies/ceremonies.ts";
import { signInShape, signUpShape } from "./ceremonies/ceremony-shapes.ts";
import type { ControlOperation } from "./control.ts";
import { openApi } from "./control-openapi.ts";
import type { ControlPlane, EmulatorState } from "./control-plane.ts";
import type { Core } from "./core.ts";
import { inspectTenant } from "./inspect.ts";
import {
  clockShape,
  completionShape,
  faultShape,
  fixedCodeShape,
  journalShape,
  messageQueryMembers,
  messageQueryShape,
  resetShape,
  stateShape,
  tenantQueryShape,
} from "./request-shapes.ts";
import type {
  CompletionRequest,
  FaultRule,
  FixedCodeRequest,
  JournalFilter,
  MessageQuery,
  ResetScope,
} from "./requests.ts";
import { ofEditors, type Seed, seedMembers } from "./seed-shape.ts";

const waitShape = object({ ...messageQueryMembers, wait: number({ most: 60_000 }) });

export function controlOperations(core: Core, plane: ControlPlane): readonly ControlOperation[] {
  return [
    {
      method: "GET",
      path: "/health",
      status: (health) => (isJsonObject(health) && health.isReady === true ? 200 : 503),
      handle() {
        const problem = core.whyUnwritable();
        return { isReady: problem === undefined, name: "authsignal-emulator", problem };
      },
    },
    {
      method: "GET",
      path: "/messages",
      query: waitShape,
      async handle({ query }) {
        if (typeof query.wait === "number") await plane.waitForMessage(messageQuery(query), query.wait);
        return asJson(plane.messages(messageQuery(query)));
      },
    },
    {
      method: "GET",
      path: "/messages/latest",
      query: waitShape,
      async handle({ query }) {
        const wait = typeof query.wait === "number" ? query.wait : 0;
        const message = await plane.waitForMessage(messageQuery(query), wait);
        if (message === undefined) throw new WireError("not_found", "No message matches.");
        return asJson(message);
      },
    },
    {
      method: "DELETE",
      path: "/messages",
      query: messageQueryShape,
      handle: ({ query }) => done(() => plane.clearMessages(messageQuery(query))),
    },
    {
      method: "PUT",
      path: "/fixed-codes",
      body: fixedCodeShape,
      handle: ({ body }) => done(() => plane.fixCode(given<FixedCodeRequest>(body))),
    },
    {
      method: "POST",
      path: "/passkeys/sign-up",
      body: signUpShape,
      handle: async ({ body }) => asJson(await plane.signUp(given<SignUpRequest>(body))),
    },
    {
      method: "POST",
      path: "/passkeys/sign-in",
      body: signInShape,
      handle: async ({ body }) => asJson(await plane.signIn(given<SignInRequest>(body))),
    },
    {
      method: "POST",
      path: "/challenges/complete",
      body: completionShape,
      handle: async ({ body }) => asJson(await plane.completeChallenge(given<CompletionRequest>(body))),
    },
    {
      method: "POST",
      path: "/reset",
      body: resetShape,
      handle: ({ body }) => done(() => plane.reset(given<ResetScope>(body))),
    },
    {
      method: "POST",
      path: "/seed",
      body: object({ ...seedMembers, tenantId: text({ longest: 256 }), restoreOnReset: flag, ...ofEditors }),
      isLarge: true,
      handle({ body }) {
        const { tenantId: _tenant, restoreOnReset, ...seed } = body;
        const put = restoreOnReset === true ? plane.seedOnReset : plane.seed;
        return asJson(put.call(plane, given<Seed>(seed), optionalText(body, "tenantId")));
      },
    },
    { method: "GET", path: "/state", handle: () => asJson(plane.exportState()) },
    {
      method: "PUT",
      path: "/state",
      body: stateShape,
      isLarge: true,
      handle: ({ body }) => done(() => plane.importState(given<EmulatorState>(body))),
    },
    {
      method: "GET",
      path: "/clock",
      query: tenantQueryShape,
      handle: ({ query }) => clockView(clockFor(plane, query)),
    },
    {
      method: "PUT",
      path: "/clock",
      body: clockShape,
      handle: ({ body }) => setClock(clockFor(plane, body), body),
    },
    { method: "GET", path: "/faults", handle: () => asJson(plane.faults()) },
    {
      method: "POST",
      path: "/faults",
      body: faultShape,
      handle: ({ body }) => asJson(plane.addFault(given<FaultRule>(body))),
    },
    {
      method: "DELETE",
      path: "/faults",
      query: tenantQueryShape,
      handle: ({ query }) => done(() => plane.clearFaults(optionalText(query, "tenantId"))),
    },
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
      query: journalShape,
      handle: ({ query }) => asJson(plane.journal(given<JournalFilter>(query))),
    },
    {
      method: "DELETE",
      path: "/journal",
      query: tenantQueryShape,
      handle: ({ query }) => done(() => plane.clearJournal(optionalText(query, "tenantId"))),
    },
    { method: "GET", path: "/tenants", handle: () => core.tenants.all().map(inspectTenant) },
    {
      method: "POST",
      path: "/tenants",
      body: tenantShape,
      handle: ({ body }) => withTenant(plane.addTenant, body),
    },
    {
      method: "PUT",
      path: "/tenants/{tenantId}",
      body: object(tenantShape.members),
      handle: ({ params, body }) => withTenant(plane.putTenant, body, params.tenantId),
    },
    {
      method: "DELETE",
      path: "/tenants/{tenantId}",
      handle({ params }) {
        if (!plane.removeTenant(params.tenantId ?? ""))
          throw new WireError("not_found", "The tenant does not exist.");
        return { done: true };
      },
    },
    { method: "GET", path: "/openapi.json", handle: () => openApi(controlOperations(core, plane)) },
  ];
}

function withTenant(put: (tenant: TenantOptions) => void, body: Input, inPath?: string): Json {
  if (inPath !== undefined && (body.tenantId ?? inPath) !== inPath)
    throw invalidRequest(`tenantId is ${JSON.stringify(inPath)} in the path. Leave it out of the body.`);
  const tenant = given<TenantOptions>({ tenantId: inPath, ...body });
  try {
    put(tenant);
  } catch (error) {
    throw error instanceof Error ? invalidRequest(error.message) : error;
  }
  return { tenantId: tenant.tenantId };
}

/** What a shape has checked. `null` counts as absent. */
function given<T>(input: Input): T {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null)) as T;
}

function done(act: () => void): Json {
  act();
  return { done: true };
}

/** Converts an interface without an index signature, and drops undefined members. */
function asJson(value: object): Json {
  return JSON.parse(JSON.stringify(value));
}

function messageQuery({ wait: _wait, to, ...query }: Input): MessageQuery {
  // An unencoded plus sign arrives as a space, which no address contains.
  return given({ ...query, ...(typeof to === "string" ? { to: to.replaceAll(" ", "+") } : {}) });
}

function clockFor(plane: ControlPlane, input: Input): ControlledClock {
  const tenantId = optionalText(input, "tenantId");
  return tenantId === undefined ? plane.clock : plane.clockOf(tenantId);
}

function clockView(clock: ControlledClock): Json {
  return { now: toIso(clock.now()), isFrozen: clock.frozen };
}

/** The shape has checked that there is exactly one of these. */
function setClock(clock: ControlledClock, body: Input): Json {
  if (body.resume === true) clock.resume();
  if (typeof body.set === "string") clock.set(Date.parse(body.set));
  if (body.freeze === true) clock.freeze();
  if (typeof body.freeze === "string") clock.freeze(Date.parse(body.freeze));
  if (typeof body.advance === "number") clock.advance(body.advance);
  return clockView(clock);
}
