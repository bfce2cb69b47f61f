/** Authenticates an API request, calls its operation, and writes the journal. */
import type { IncomingMessage } from "node:http";
import type { Call, Operation } from "../api/api-operation.ts";
import { operations } from "../api/operations.ts";
import { reportUnknownMembers } from "../api/request-members.ts";
import type { Journal, JournalEntry } from "../control/journal.ts";
import type { Tenant } from "../tenant/tenant.ts";
import {
  authenticateSecret,
  authenticateTenant,
  authenticateToken,
  bearerToken,
  type Tenants,
} from "../tenant/tenants.ts";
import type { ClientToken } from "../tenant/tokens.ts";
import type { Json } from "../wire/wire.ts";
import { documentedError, headersOf, MethodNotAllowed, WireError } from "../wire/wire-error.ts";
import { readJsonBody } from "./body.ts";
import { createRoutes, type Match } from "./routes.ts";

export const routes = createRoutes(operations);

export function isApiPath(path: string): boolean {
  return routes.methods(path).length > 0;
}

export interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly headers?: Record<string, string>;
}

export interface Dispatcher {
  /** Answers one API request; `path` is below `/v1`, still encoded. */
  dispatch(request: IncomingMessage, path: string, query: URLSearchParams): Promise<Answer>;
}

export interface DispatcherOptions {
  readonly tenants: Tenants;
  readonly journal: Journal;
}

/** What is known of a request so far, for the journal: filled step by step, also for a request that fails. */
type Draft = { -readonly [Key in keyof JournalEntry]?: JournalEntry[Key] };

export function createDispatcher({ tenants, journal }: DispatcherOptions): Dispatcher {
  const answer = async (
    request: IncomingMessage,
    path: string,
    query: URLSearchParams,
    draft: Draft,
  ): Promise<Json> => {
    const { authorization } = request.headers;
    const match = routes.find(request.method ?? "", path);
    draft.operation = match?.route.name;
    // Devices and phones authenticate in ways that the emulator does not know.
    if (match?.route.caller === "not checked") return match.route.handle();
    // Before the route: a bad secret on an unknown path is a 401 (protocol 1.2).
    if (!path.startsWith("/client/")) draft.tenantId = authenticateSecret(tenants, authorization).tenantId;

    if (match === undefined) {
      const methods = routes.methods(path);
      if (methods.length > 0) throw new MethodNotAllowed(request.method ?? "", `/v1${path}`, methods);
      throw new UnknownRoute(whyUnknown(path));
    }
    draft.userId = match.params.userId;
    const { tenant, token } = authenticate(tenants, match, authorization);
    draft.tenantId = tenant.tenantId;
    draft.userId ??= token?.userId;

    const body = await readJsonBody(request);
    const notes: string[] = [];
    draft.notes = notes;
    const call: Call = {
      tenant,
      params: match.params,
      query,
      body,
      userAgent: request.headers["user-agent"],
      ipAddress: request.socket.remoteAddress,
      note: (text) => notes.push(text),
      nameUser: (userId) => {
        draft.userId ??= userId;
      },
    };
    reportUnknownMembers(match.route, call);
    try {
      return await perform(match.route, call, token);
    } catch (error) {
      const isDocumented = match.route.api === "server" && tenant.settings.errorCodes === "documented";
      throw isDocumented ? documentedError(error) : error;
    } finally {
      // Also after an error: a used challenge stays used.
      tenant.state.commit();
    }
  };

  return {
    async dispatch(request, path, query) {
      const draft: Draft = { method: request.method ?? "", path: `/v1${path}`, notes: [] };
      const {
        status,
        body,
        headers = {},
        ...failure
      } = await answer(request, path, query, draft).then(
        (answered): ErrorAnswer => ({ status: 200, body: answered }),
        toErrorAnswer,
      );
      journal.write({ method: "", path: "", notes: [], ...draft, ...failure, status });
      return { status, body, headers };
    },
  };
}

/** No operation has this path. API gateways answer without the `error` key (protocol 1.4). */
class UnknownRoute extends Error {}

/** What a person can do about it. */
function whyUnknown(path: string): string {
  if (path.includes("//"))
    return "the path has an empty segment: the base URL of the SDK ends with a slash too many, or an id is empty";
  if (path.startsWith("/v1/"))
    return "the path begins with /v1 twice: the client adds it to a base URL that has it";
  return "no operation has this method and path; a slash in an id must be sent as %2F, which not every SDK does";
}

type ErrorAnswer = Answer & { readonly errorCode?: string; readonly reason?: string };

function toErrorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof UnknownRoute) {
    return { status: 404, body: { message: "Not Found" }, reason: error.message };
  }
  if (error instanceof WireError) {
    return {
      status: error.status,
      body: { ...error.body },
      errorCode: error.code,
      reason: error.reason,
      headers: headersOf(error),
    };
  }
  throw error;
}

function authenticate(
  tenants: Tenants,
  { route, params }: Match<Operation>,
  authorization: string | undefined,
): { tenant: Tenant; token?: ClientToken } {
  switch (route.caller) {
    case "api secret":
      return { tenant: authenticateSecret(tenants, authorization) };
    case "tenant":
      // Native SDKs send the token here if they have one.
      return bearerToken(authorization) === undefined
        ? { tenant: authenticateTenant(tenants, authorization) }
        : authenticateToken(tenants, authorization);
    case "token":
      return authenticateToken(tenants, authorization);
    case "token or tenant":
      return bearerToken(authorization) === undefined
        ? { tenant: authenticateTenant(tenants, authorization) }
        : authenticateToken(tenants, authorization);
    case "not checked":
      throw new WireError("not_implemented", `The emulator does not implement ${route.name}.`);
    case "anyone": {
      const tenant = tenants.byId(params.tenantId ?? "");
      if (tenant === undefined) throw new WireError("not_found", "The tenant does not exist.");
      return { tenant };
    }
  }
}

function perform(operation: Operation, call: Call, token: ClientToken | undefined): Json | Promise<Json> {
  switch (operation.caller) {
    case "not checked":
      return operation.handle();
    case "token":
      if (token === undefined) throw new WireError("token_required", "A token is required.");
      return operation.handle({ ...call, token });
    case "token or tenant":
      return operation.handle({ ...call, token });
    default:
      return operation.handle(call);
  }
}
