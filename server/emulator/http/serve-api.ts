/** Serves Authsignal's API below `/v1`: host check, CORS, injected faults, then the operation. */
import { whyApiIsForbidden } from "../control/caller.ts";
import type { Core } from "../control/core.ts";
import type { Fault } from "../control/faults.ts";
import { presentedTenant } from "../tenant/tenants.ts";
import { loadVerifier } from "../webauthn/verifier.ts";
import { WireError } from "../wire/wire-error.ts";
import { allowCrossOrigin, answerPreflight } from "./cors.ts";
import { createDispatcher, routes } from "./dispatch.ts";
import type { Exchange, Handler } from "./exchange.ts";
import { injectFault } from "./inject-fault.ts";
import { respondBroken, respondJson } from "./respond.ts";

export function createApiHandler(core: Core, allowedHosts: readonly string[]): Handler {
  const dispatcher = createDispatcher(core);

  return async (exchange) => {
    const { request, response, method, query } = exchange;
    const forbidden = whyApiIsForbidden(request, allowedHosts);
    if (forbidden !== undefined) {
      core.journal.write({ method, path: exchange.path, notes: [], status: 403, reason: forbidden });
      return respondJson(response, 403, { ...new WireError("forbidden", forbidden).body });
    }
    const path = withClientPart(exchange.path.slice("/v1".length));
    if (path.startsWith("/client/")) {
      if (method === "OPTIONS") return answerPreflight(request, response, routes.methods(path));
      allowCrossOrigin(request, response);
    }
    core.sweep();
    const fault = takeFault(core, exchange);
    if (fault !== undefined && (await injectFault(fault, response, core.closing))) return;

    const { status, body, headers } = await dispatcher.dispatch(request, path, query);
    if (fault?.drop === "after") return void response.destroy();
    if (fault?.malformed) return respondBroken(response, status, body);
    respondJson(response, status, body, { ...headers, ...(status === 413 ? { connection: "close" } : {}) });
    // While the caller goes on, so that its first ceremony finds it.
    await loadVerifier();
  };
}

/** Browser SDKs before 1.0 have no `/client` in their paths, because their default host had none. */
function withClientPart(path: string): string {
  const inClientApi = `/client${path}`;
  const isOnlyThere = routes.methods(path).length === 0 && routes.methods(inClientApi).length > 0;
  return isOnlyThere ? inClientApi : path;
}

/** The fault that this request meets, with a line in the journal. */
function takeFault({ faults, journal, tenants }: Core, exchange: Exchange): Fault | undefined {
  const { method, path, request } = exchange;
  // Asked only for a fault of one tenant.
  const tenantId = () => presentedTenant(tenants, request.headers.authorization);
  const fault = faults.take(method, path, tenantId);
  if (fault !== undefined) {
    journal.write({
      tenantId: fault.tenantId,
      method,
      path,
      status: fault.status ?? 0,
      notes: ["a fault was injected"],
      operation: "fault",
    });
  }
  return fault;
}
