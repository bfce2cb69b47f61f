/** Starts and stops the app's HTTP server. */
import type { Server } from "node:http";
import { connect, type Socket } from "node:net";
import { type PortVariable, portError } from "./start-error.ts";

/** A browser tries both for `localhost`, and takes whichever answers first. */
const loopbackAddresses = ["127.0.0.1", "::1"];

export interface Place {
  readonly port: number;
  /** The address to listen on; undefined for all. */
  readonly host: string | undefined;
  /** The variable that sets the port. */
  readonly variable: PortVariable;
}

/** @throws StartError when the port is taken */
export async function listen(server: Server, { port, host, variable }: Place): Promise<void> {
  if (host === "localhost" && port !== 0) await refuseTakenLoopback(port, variable);
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => reject(portError(error, port, variable));
    server.once("error", fail);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off("error", fail);
      resolve();
    });
  });
}

/** Otherwise the app would listen on one loopback address, and the browser might reach the other program. */
async function refuseTakenLoopback(port: number, variable: PortVariable): Promise<void> {
  for (const address of loopbackAddresses) {
    if (await answers(address, port))
      throw portError(Object.assign(new Error(), { code: "EADDRINUSE" }), port, variable);
  }
}

function answers(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, address);
    const end = (result: boolean) => (): void => {
      probe.destroy();
      resolve(result);
    };
    probe.once("connect", end(true)).once("error", end(false)).setTimeout(1000, end(false));
  });
}

/**
 * A balancer keeps idle connections for a minute (nginx, AWS): an app that closes them first cuts the request which is on
 * its way. A request has 30 seconds to arrive whole.
 */
export function boundConnections(server: Server): void {
  server.keepAliveTimeout = 75_000;
  server.headersTimeout = 20_000;
  server.requestTimeout = 30_000;
}

/**
 * Call it before the server listens.
 * @param graceMs how long requests in flight may take
 * @returns stops listening, and resolves when every connection has ended
 */
export function stopperOf(server: Server, graceMs: number): () => Promise<void> {
  // Such as Vite's for hot reload. The server does not count them among its connections.
  const upgraded = new Set<Socket>();
  server.on("upgrade", (_req, socket: Socket) => {
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
  });
  return () =>
    new Promise((resolve, reject) => {
      const force = setTimeout(() => server.closeAllConnections(), graceMs);
      server.close((error) => {
        clearTimeout(force);
        if (error === undefined) resolve();
        else reject(error);
      });
      server.closeIdleConnections();
      for (const socket of upgraded) socket.destroy();
    });
}
