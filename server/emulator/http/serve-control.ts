/** Serves the control plane below `/emulator` and the page at `/`, to programs and to the emulator's own page only. */
import { whyControlIsForbidden } from "../control/caller.ts";
import type { ControlOperation } from "../control/control.ts";
import { operationTexts } from "../control/control-openapi.ts";
import type { Journal } from "../control/journal.ts";
import { type Asset, assetHeaders, assets } from "../page/assets.ts";
import { operationsHtml, type ShownOperation } from "../page/operations-page.ts";
import type { Input } from "../wire/input.ts";
import { type ObjectShape, object, type Shape } from "../wire/shape.ts";
import { invalidRequest, MethodNotAllowed, WireError } from "../wire/wire-error.ts";
import { readJsonBody, stateBodyLimits } from "./body.ts";
import { isApiPath } from "./dispatch.ts";
import type { Handler } from "./exchange.ts";
import { respondJson } from "./respond.ts";
import { createRoutes } from "./routes.ts";

const nothing = object({});

export interface ControlHandlerOptions {
  readonly operations: readonly ControlOperation[];
  readonly allowedHosts: readonly string[];
  readonly journal: Journal;
}

export function createControlHandler({ operations, allowedHosts, journal }: ControlHandlerOptions): Handler {
  const routes = createRoutes(operations);
  const operationsPage: Asset = {
    contentType: "text/html; charset=utf-8",
    body: operationsHtml(operations.map(shownOperation)),
  };

  return async ({ request, response, method, path, query }) => {
    const file = Object.hasOwn(assets, path) ? assets[path] : undefined;
    const asset = path === "/emulator" || path === "/emulator/" ? operationsPage : file;
    // Before the callers are checked: a page of the app must see why its SDK finds nothing.
    if (asset === undefined && isApiPath(path)) throw outsideApi(path, method, journal);
    const forbidden = whyControlIsForbidden(request, allowedHosts, asset !== undefined);
    if (forbidden !== undefined) throw new WireError("forbidden", forbidden);

    if (asset === undefined && path.startsWith("/emulator/")) {
      const operationPath = path.slice("/emulator".length);
      const match = routes.find(methodOf(method), operationPath);
      if (match === undefined) throw unknownOperation(method, path, routes.methods(operationPath));
      const { route, params } = match;
      const body = await readJsonBody(request, route.isLarge === true ? stateBodyLimits : undefined);
      const asked = readQuery(query, route.query ?? nothing);
      (route.body ?? nothing).check(body, "");
      const answer = await route.handle({ params, query: asked, body });
      return respondJson(response, route.status?.(answer) ?? 200, answer);
    }
    if (asset === undefined)
      throw new WireError("not_found", `There is nothing at ${path}. The page is at /, the API below /v1.`);
    if (methodOf(method) !== "GET") throw new MethodNotAllowed(method, path, ["GET"]);
    response.writeHead(200, { ...assetHeaders, "content-type": asset.contentType }).end(asset.body);
  };
}

function shownOperation({ method, path, query, body }: ControlOperation): ShownOperation {
  const { does = "", example } = operationTexts[`${method} ${path}`] ?? {};
  const members = Object.keys({ ...query?.members, ...body?.members });
  return { method, path: `/emulator${path}`, does, members, example };
}

/** The base URL of an SDK lacks `/v1`. The SDK shows little of this answer, so the journal has it too. */
function outsideApi(path: string, method: string, journal: Journal): WireError {
  const sentence = `${path} is an operation of the API, which is below /v1: add it to the base URL of the SDK.`;
  journal.write({ method, path, notes: [], status: 404, errorCode: "not_found", reason: sentence });
  return new WireError("not_found", sentence);
}

/** HEAD asks what GET would answer, without the body, which Node leaves out: tools wait for a server with it. */
export function methodOf(method: string): string {
  return method === "HEAD" ? "GET" : method;
}

function unknownOperation(method: string, path: string, methods: readonly string[]): WireError {
  if (methods.length > 0) return new MethodNotAllowed(method, path, methods);
  return new WireError(
    "not_found",
    `The control plane has no operation ${path}. See /emulator/openapi.json.`,
  );
}

/** Texts of a query become the numbers and booleans that the shape asks for. */
function readQuery(query: URLSearchParams, shape: ObjectShape): Input {
  const asked: Record<string, unknown> = {};
  for (const [name, value] of query) {
    if (Object.hasOwn(asked, name)) throw invalidRequest(`${name} is given twice.`);
    const member = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
    Object.defineProperty(asked, name, { value: typedAs(member, value), enumerable: true });
  }
  shape.check(asked, "");
  return asked;
}

function typedAs(member: Shape | undefined, text: string): unknown {
  const { type } = member?.schema ?? {};
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  if ((type === "number" || type === "integer") && text.trim() !== "") return Number(text);
  return text;
}
