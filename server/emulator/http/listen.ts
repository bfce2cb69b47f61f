/** Listens on one port for Authsignal's API, the control plane and the page. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import type { ControlOperation } from "../control/control.ts";
import type { Core } from "../control/core.ts";
import { UnwritableFileError } from "../tenant/data-file.ts";
import { headersOf, WireError } from "../wire/wire-error.ts";
import { answerBadRequest } from "./bad-request.ts";
import { type Exchange, readExchange } from "./exchange.ts";
import { respondJson } from "./respond.ts";
import { createApiHandler } from "./serve-api.ts";
import { createControlHandler } from "./serve-control.ts";
import { createPrebuiltHandler, isPrebuilt } from "./serve-prebuilt.ts";

export interface ListenOptions {
  readonly port: number;
  /** Default: both loopback addresses. */
  readonly host: string | undefined;
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
  const servePrebuilt = createPrebuiltHandler(core, allowedHosts);
  const serveControl = createControlHandler({ operations: control, allowedHosts, journal: core.journal });
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const exchange = readExchange(request, response);
    const serveOther = isPrebuilt(exchange.path) ? servePrebuilt : serveControl;
    const serveHttp = exchange.path.startsWith("/v1/") ? serveApi : serveOther;
    const handler = isSocket(request) ? refuseSocket : serveHttp;
    handler(exchange).catch((error: unknown) => answerError(core, exchange, error));
  };
  const open = (at: number, address: string) => startListening(serverFor(core, serve), at, address);
  const servers = host === undefined ? await listenOnLoopback(open, port) : [await open(port, host)];
  return {
    port: portOf(servers[0]),
    async close() {
      await Promise.all(servers.map(stopListening));
    },
  };
}

function serverFor(core: Core, serve: RequestListener): Server {
  const server = createServer(
    {
      // Without this, Node answers a missing Host header itself, in another shape.
      requireHostHeader: false,
      keepAliveTimeout: idleMs,
      requestTimeout: arrivalMs,
      connectionsCheckingInterval: arrivalMs / 10,
    },
    serve,
  );
  trackConnections(server);
  // Without this, Node answers an unknown Expect header itself.
  server.on("checkExpectation", serve);
  server.on("clientError", (error, socket) => answerBadRequest(error, socket, core.journal));
  return server;
}

/** Longer than callers wait between two calls: the call that meets the end of an idle connection fails. */
const idleMs = 75_000;

/** How long a request may take to arrive. Node's five minutes are a test that hangs. */
const arrivalMs = 10_000;

type Open = (port: number, address: string) => Promise<Server>;

/** How often a free port is looked for that is free in both families. */
const mostTries = 20;

/** Clients differ in which address of "localhost" they try first, so one port answers on both. */
async function listenOnLoopback(open: Open, port: number): Promise<readonly Server[]> {
  for (let tries = 1; ; tries += 1) {
    const server = await open(port, "127.0.0.1");
    try {
      return [server, await open(portOf(server), "::1")];
    } catch (error) {
      // A machine without IPv6.
      if (error instanceof ListenError && ["EADDRNOTAVAIL", "EAFNOSUPPORT"].includes(error.code))
        return [server];
      await stopListening(server);
      if (port !== 0 || tries === mostTries) throw error;
    }
  }
}

function portOf(server: Server | undefined): number {
  const address = server?.address();
  if (typeof address !== "object" || address === null) throw new Error("The emulator is not listening.");
  return address.port;
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
  return respondJson(response, 500, internalError(defect));
}

function internalError(error: Error) {
  const errorDescription =
    error instanceof UnwritableFileError
      ? `${error.message} The emulator tries again with the next request.`
      : "The emulator failed. This is a defect of the emulator: please report it.";
  return { error: "internal_error", errorCode: "internal_error", errorDescription };
}

function startListening(server: Server, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(listenError(error, port, host)));
    server.listen(port, host, () => {
      server.removeAllListeners("error");
      // Such as a connection that cannot be accepted because there are too many.
      server.on("error", (error) => process.emitWarning(error));
      resolve(server);
    });
  });
}

class ListenError extends Error {
  readonly code: string;
  constructor(message: string, code: string, cause: Error) {
    super(message, { cause });
    this.code = code;
  }
}

/** A sentence: it is all that a terminal shows. */
function listenError(error: Error, port: number, host: string): Error {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const sentence = {
    EADDRINUSE: `Port ${port} is in use by another program. Choose another one.`,
    EACCES: `Port ${port} needs rights that this user does not have. Choose one from 1024 up.`,
    EADDRNOTAVAIL: `This machine has no address ${host} to listen on.`,
    ENOTFOUND: `The host ${JSON.stringify(host)} to listen on is not known. Write an address such as 127.0.0.1.`,
  }[code];
  return new ListenError(sentence ?? `The emulator cannot listen on ${host}: ${error.message}.`, code, error);
}

/**
 * Ends keep-alive connections too, which would hold the process until they time out. Their clients learn it first:
 * otherwise a client that is asked again at once, such as after a restart on the same port, writes into a dead connection.
 */
async function stopListening(server: Server): Promise<void> {
  await endConnections(connections.get(server) ?? new Set());
  await new Promise<void>((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}

/** Milliseconds for clients to close their side. */
const longestFarewell = 100;
const connections = new WeakMap<Server, Set<Socket>>();

function trackConnections(server: Server): void {
  const open = new Set<Socket>();
  connections.set(server, open);
  server.on("connection", (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
}

function endConnections(open: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (open.size === 0) resolve();
    };
    for (const socket of open) socket.once("close", look).end();
    AbortSignal.timeout(longestFarewell).addEventListener("abort", () => resolve());
    look();
  });
}
