/** Listens on one port for Authsignal's API, the control plane and the page. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ControlOperation } from "../control/control.ts";
import type { Core } from "../control/core.ts";
import { headersOf, WireError } from "../wire/wire-error.ts";
import { answerBadRequest } from "./bad-request.ts";
import { type Exchange, readExchange } from "./exchange.ts";
import { respondJson } from "./respond.ts";
import { createApiHandler } from "./serve-api.ts";
import { createControlHandler } from "./serve-control.ts";

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

export async function listen(
  core: Core,
  { port, host, allowedHosts, control }: ListenOptions,
): Promise<Listener> {
  const serveApi = createApiHandler(core, allowedHosts);
  const serveControl = createControlHandler(control, allowedHosts);
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const exchange = readExchange(request, response);
    const serveHttp = exchange.path.startsWith("/v1/") ? serveApi : serveControl;
    const handler = isSocket(request) ? refuseSocket : serveHttp;
    handler(exchange).catch((error: unknown) => answerError(core, exchange, error));
  };
  // Without this, Node answers a missing Host header itself, in another shape.
  const server = createServer({ requireHostHeader: false }, serve);
  // Without this, Node answers an unknown Expect header itself.
  server.on("checkExpectation", serve);
  server.on("clientError", (error, socket) => answerBadRequest(error, socket, core.journal));
  await startListening(server, port, host);
  const { port: actualPort } = server.address() as AddressInfo;
  return {
    port: actualPort,
    close: () => stopListening(server),
  };
}

/** Other upgrades, such as Java's to HTTP/2, are ordinary requests. */
function isSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

/** Only the SDK's QR codes open a socket. */
async function refuseSocket(): Promise<void> {
  throw new WireError("not_implemented", "The emulator does not implement QR code sockets.");
}

function answerError({ journal }: Core, { request, response, method, path }: Exchange, error: unknown) {
  if (error instanceof WireError && !response.headersSent) {
    if (isSocket(request)) {
      const { status, code: errorCode, reason } = error;
      journal.write({ method, path, operation: "open-socket", notes: [], status, errorCode, reason });
    }
    return respondJson(response, error.status, { ...error.body }, headersOf(error));
  }
  // The caller closed the connection in the middle of its request.
  if (request.destroyed && !request.complete) return response.destroy();
  const defect = error instanceof Error ? error : new Error(String(error));
  process.emitWarning(defect);
  journal.write({ method, path, notes: [], status: 500, reason: defect.message });
  if (response.headersSent) return response.destroy();
  return respondJson(response, 500, internalError);
}

const internalError = {
  error: "internal_error",
  errorCode: "internal_error",
  errorDescription: "The emulator failed. This is a defect of the emulator: please report it.",
};

function startListening(server: Server, port: number, host: string): Promise<void> {
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

/** A sentence: it is all that a terminal shows. */
function listenError(error: Error, port: number): Error {
  if (!("code" in error) || error.code !== "EADDRINUSE") return error;
  return new Error(`Port ${port} is in use by another program. Choose another one.`, { cause: error });
}

/** Ends keep-alive connections too, which would hold the process until they time out. */
function stopListening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
