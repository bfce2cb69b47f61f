/** Serves the page at track's `url`, to the browser of the app under test: by link, in a pop-up and in a frame. */
import { prebuiltSession, removeOwnAuthenticator } from "../api/prebuilt/prebuilt-session.ts";
import { whyApiIsForbidden } from "../control/caller.ts";
import type { Core } from "../control/core.ts";
import { prebuiltPath } from "../domain/prebuilt-ui.ts";
import { prebuiltHeaders, prebuiltHtml, prebuiltScript } from "../page/prebuilt-assets.ts";
import { authenticateToken, bearerToken } from "../tenant/tenants.ts";
import { requiredText } from "../wire/input.ts";
import { onlyKnown } from "../wire/shape.ts";
import type { Json } from "../wire/wire.ts";
import { MethodNotAllowed, WireError } from "../wire/wire-error.ts";
import { readJsonBody } from "./body.ts";
import type { Handler } from "./exchange.ts";
import { respondJson } from "./respond.ts";
import { methodOf } from "./serve-control.ts";

const operations: readonly string[] = [`${prebuiltPath}/session`, `${prebuiltPath}/remove`];

export function isPrebuilt(path: string): boolean {
  return path === prebuiltPath || path === `${prebuiltPath}.js` || path.startsWith(`${prebuiltPath}/`);
}

export function createPrebuiltHandler(core: Core, allowedHosts: readonly string[]): Handler {
  return async ({ request, response, method, path }) => {
    const forbidden = whyApiIsForbidden(request, allowedHosts);
    if (forbidden !== undefined) throw new WireError("forbidden", forbidden);
    const asset = { [prebuiltPath]: prebuiltHtml, [`${prebuiltPath}.js`]: prebuiltScript }[path];
    if (asset !== undefined) {
      if (methodOf(method) !== "GET") throw new MethodNotAllowed(method, path, ["GET"]);
      const contentType = path.endsWith(".js") ? "text/javascript" : "text/html";
      response
        .writeHead(200, { ...prebuiltHeaders, "content-type": `${contentType}; charset=utf-8` })
        .end(asset);
      return;
    }
    if (!operations.includes(path)) throw new WireError("not_found", `There is nothing at ${path}.`);
    if (method !== "POST") throw new MethodNotAllowed(method, path, ["POST"]);
    const { authorization } = request.headers;
    const { tenant, token } = authenticateToken(core.tenants, authorization);
    const body = await readJsonBody(request);
    const answer = (): Json => {
      if (path === `${prebuiltPath}/session`) {
        onlyKnown(body, []);
        return prebuiltSession(tenant, token, bearerToken(authorization) ?? "");
      }
      onlyKnown(body, ["userAuthenticatorId"]);
      return removeOwnAuthenticator(tenant, token, requiredText(body, "userAuthenticatorId"));
    };
    const entry = {
      tenantId: tenant.tenantId,
      userId: token.userId,
      method,
      path,
      operation: "prebuilt-page",
    };
    try {
      respondJson(response, 200, answer());
      core.journal.write({ ...entry, status: 200, notes: [] });
    } catch (error) {
      if (error instanceof WireError)
        core.journal.write({
          ...entry,
          ...{ status: error.status, errorCode: error.code, reason: error.reason, notes: [] },
        });
      throw error;
    }
  };
}
