/** Servers of tests: each listens on a port of the system's choosing and is closed with its connections. */
import { createServer, Server as HttpServer, type RequestListener } from "node:http";
import { Server as HttpsServer } from "node:https";
import { createServer as createTcpServer, type Server } from "node:net";

export interface Listening {
  readonly port: number;
  /** `http://localhost:<port>` */
  readonly url: string;
  /** Ends every connection and resolves when the port is free. */
  close(): Promise<void>;
}

/**
 * Resolves when the server listens. An app is put into a server of its own.
 * @param at where; default: any free port of localhost. With the host null: every address of this machine
 * @throws what the system says, such as `EADDRINUSE`
 */
export async function listen(
  what: Server | RequestListener,
  { port = 0, host = "localhost" }: { readonly port?: number; readonly host?: string | null } = {},
): Promise<Listening> {
  const server = typeof what === "function" ? createServer(what) : what;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, ...(host !== null && { host }) }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The server has no port.");
  return { port: address.port, url: `http://localhost:${address.port}`, close: () => closeServer(server) };
}

/** Ends every connection and resolves when the port is free. A server that does not listen stays as it is. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  if (server instanceof HttpServer || server instanceof HttpsServer) server.closeAllConnections();
  await closed;
}

/** Answers requests for as long as `use` runs. */
export async function withServer<Result>(
  listener: RequestListener,
  use: (url: string) => Promise<Result>,
): Promise<Result> {
  const { url, close } = await listen(listener);
  try {
    return await use(url);
  } finally {
    await close();
  }
}

/** A port that is free now, for a program that has to be told one. */
export async function freePort(): Promise<number> {
  const { port, close } = await listen(createTcpServer(), { host: "127.0.0.1" });
  await close();
  return port;
}
