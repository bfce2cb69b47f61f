/** Serves the control plane below `/emulator` and the page at `/`, to programs and to the emulator's own page only. */
import { whyControlIsForbidden } from "../control/caller.ts";
import type { ControlOperation } from "../control/control.ts";
import { assetHeaders, assets } from "../page/assets.ts";
import { readJsonBody, stateBodyLimits } from "./body.ts";
import type { Handler } from "./exchange.ts";
import { respondJson } from "./respond.ts";
import { createRoutes } from "./routes.ts";

export function createControlHandler(
  operations: readonly ControlOperation[],
  allowedHosts: readonly string[],
): Handler {
  const routes = createRoutes(operations);

  return async ({ request, response, method, path, query }) => {
    const asset = Object.hasOwn(assets, path) ? assets[path] : undefined;
    const forbidden = whyControlIsForbidden(request, allowedHosts, asset !== undefined);
    if (forbidden !== undefined) return respondJson(response, 403, { message: forbidden });

    if (path.startsWith("/emulator/")) {
      const operationPath = path.slice("/emulator".length);
      const match = routes.find(method, operationPath);
      if (match === undefined)
        return respondJson(response, 404, { message: "The control plane has no such operation." });
      const body = await readJsonBody(request, operationPath === "/state" ? stateBodyLimits : undefined);
      return respondJson(response, 200, await match.route.handle({ params: match.params, query, body }));
    }
    if (asset === undefined || method !== "GET") return respondJson(response, 404, { message: "Not Found" });
    response.writeHead(200, { ...assetHeaders, "content-type": asset.contentType }).end(asset.body);
  };
}
