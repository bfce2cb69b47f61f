import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { whyApiIsForbidden, whyControlIsForbidden } from "../control/caller.ts";
import type { ControlOperation } from "../control/control.ts";
import type { Core } from "../control/core.ts";
import { assetHeaders, assets } from "../page/assets.ts";
import { WireError } from "../wire/wire-error.ts";
import { answerBadRequest } from "./bad-request.ts";
import { readJsonBody, stateBodyLimits } from "./body.ts";
import { allowCrossOrigin, answerPreflight } from "./cors.ts";
import { routes as apiRoutes, createDispatcher } from "./dispatch.ts";
import { injectFault } from "./inject-fault.ts";
import { respondBroken, respondJson } from "./respond.ts";
import { createRoutes } from "./routes.ts";

export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly control: readonly ControlOperation[];
}

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves three things on one port: Authsignal's API under `/v1`, the control plane under `/emulator`, the page at `/`. */
export async function listen(
  core: Core,
  { port, host, allowedHosts, control }: ListenOptions,
): Promise<Listener> {
  const controlRoutes = createRoutes(control);
  const dispatcher = createDispatcher(core);

  /** What was refused before any operation saw it. */
  const journalUnmatched = ({ method = "", url = "" }: IncomingMessage, status: number, reason: string) =>
    core.journal.write({ method, path: splitOnce(url, "?")[0], notes: [], status, reason });

  const answerApi = async (
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: string,
  ) => {
    const foreign = whyApiIsForbidden(request, allowedHosts);
    if (foreign !== undefined) {
      journalUnmatched(request, 403, foreign);
      return respondJson(response, 403, { ...new WireError("forbidden", foreign).body });
    }
    const isClientApi = path.startsWith("/client/");
    if (isClientApi && request.method === "OPTIONS") {
      return answerPreflight(request, response, apiRoutes.methods(path));
    }
    if (isClientApi) allowCrossOrigin(request, response);
    core.sweep();
    const fault = core.faults.take(request.method ?? "", `/v1${path}`);
    if (fault !== undefined) {
      core.journal.write({
        method: request.method ?? "",
        path: `/v1${path}`,
        status: fault.status ?? 0,
        notes: ["a fault struck"],
        operation: "fault",
      });
      if (await injectFault(fault, response, core.closing)) return;
    }

    const { status, body } = await dispatcher.dispatch(request, path, new URLSearchParams(query));
    if (fault?.drop === "after") return void response.destroy();
    if (fault?.malformed) return respondBroken(response, status, body);
    respondJson(response, status, body, status === 413 ? { connection: "close" } : {});
  };

  const answerControl = async (
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: string,
  ) => {
    const match = controlRoutes.find(request.method ?? "", path);
    if (match === undefined)
      return respondJson(response, 404, { message: "The control plane has no such operation." });
    const body = await readJsonBody(request, path === "/state" ? stateBodyLimits : undefined);
    const { route, params } = match;
    respondJson(response, 200, await route.handle({ params, query: new URLSearchParams(query), body }));
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // The raw path: a URL parser would fold "..", and with it the difference between two users.
    const [path = "", query = ""] = splitOnce(request.url ?? "", "?");
    if (path.startsWith("/v1/")) return answerApi(request, response, path.slice("/v1".length), query);

    const isPage = Object.hasOwn(assets, path);
    const refusal = whyControlIsForbidden(request, allowedHosts, isPage);
    if (refusal !== undefined) return respondJson(response, 403, { message: refusal });
    if (path.startsWith("/emulator/"))
      return answerControl(request, response, path.slice("/emulator".length), query);

    const asset = isPage ? assets[path] : undefined;
    if (asset === undefined || request.method !== "GET")
      return respondJson(response, 404, { message: "Not Found" });
    response.writeHead(200, { ...assetHeaders, "content-type": asset.contentType }).end(asset.body);
  };

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch((error: unknown) => {
      if (error instanceof WireError && !response.headersSent)
        return respondJson(response, error.status, { ...error.body });
      // The caller hung up: nobody is left to answer.
      if (request.destroyed && !request.complete) return response.destroy();
      const defect = error instanceof Error ? error : new Error(String(error));
      process.emitWarning(defect);
      journalUnmatched(request, 500, defect.message);
      if (!response.headersSent) respondJson(response, 500, internalError);
      else response.destroy();
    });
  };
  // A missing Host is refused here like a foreign one, in our own words.
  const server = createServer({ requireHostHeader: false }, serve);
  // Otherwise Node answers an Expect header that it does not know without asking anybody.
  server.on("checkExpectation", serve);
  server.on("clientError", (error, socket) => answerBadRequest(error, socket, core.journal));
  await started(server, port, host);
  const { port: actualPort } = server.address() as AddressInfo;
  return {
    port: actualPort,
    close: () => stopped(server),
  };
}

const internalError = {
  error: "internal_error",
  errorCode: "internal_error",
  errorDescription: "The emulator failed. This is a defect of the emulator: please report it.",
};

function started(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(listenError(error, port)));
    server.listen(port, host, () => {
      server.removeAllListeners("error");
      // Such as a connection that cannot be accepted because there are too many.
      server.on("error", (error) => process.emitWarning(error));
      resolve();
    });
  });
}

/** In a sentence, because whoever starts the emulator from a terminal sees only this. */
function listenError(error: Error, port: number): Error {
  if (!("code" in error) || error.code !== "EADDRINUSE") return error;
  return new Error(`Port ${port} is in use by another program. Choose another one.`, { cause: error });
}

/** Keep-alive connections would otherwise hold the process until they time out. */
function stopped(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
