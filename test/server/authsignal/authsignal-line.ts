/**
 * The line between the app and Authsignal, with a hand on it: it passes every call on to the emulator, notes it,
 * and can be cut or made to answer what a bad day answers. Only the app's calls take this line; the browser's
 * half of a ceremony talks to the emulator directly.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { closeServer, listen } from "../../kit/listen.ts";

export interface Call {
  readonly method: string;
  /** Without Authsignal's `/v1`. */
  readonly path: string;
  readonly body: string;
  readonly response: ServerResponse;
  /** Lets the emulator do it. Resolves with what it would have answered. */
  forward(): Promise<{ readonly status: number; readonly body: string }>;
}

export type Fault = (call: Call) => void | Promise<void>;

export interface AuthsignalLine {
  /** Ends in `/v1`, as for the SDK. */
  readonly url: string;
  /** The calls so far, as "POST /validate", oldest first. */
  calls(): readonly string[];
  /** From now on every call is answered by this; null mends the line. */
  fail(fault: Fault | null): void;
  /** Nobody listens any more: connections are refused. */
  cut(): Promise<void>;
  /** Listens again, at the same address. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** What goes wrong on a bad day, by name. */
export const faults = {
  "hangs beyond the deadline": () => {},
  "answers 500": ({ response }) => send(response, 500, "application/json", '{"error":"internal_error"}'),
  "answers 500 with no body": ({ response }) => void response.writeHead(500).end(),
  "answers a gateway's HTML with 502": ({ response }) =>
    send(response, 502, "text/html", "<html><body>Bad Gateway</body></html>"),
  "answers HTML with 200": ({ response }) => send(response, 200, "text/html", "<html>Hello</html>"),
  "answers half a JSON text": ({ response }) => send(response, 200, "application/json", '{"token":"ey'),
  "answers an empty object": ({ response }) => send(response, 200, "application/json", "{}"),
  "answers null": ({ response }) => send(response, 200, "application/json", "null"),
  "drops the connection before it is done": ({ response }) => void response.destroy(),
  "drops the connection after it is done": async ({ forward, response }) => {
    await forward();
    response.destroy();
  },
} as const satisfies Record<string, Fault>;

/** Answers this JSON instead of the emulator, but only where the path is the given one. */
export function answering(path: string, answer: unknown, status = 200): Fault {
  return async (call) => {
    if (call.path === path) return send(call.response, status, "application/json", JSON.stringify(answer));
    const real = await call.forward();
    send(call.response, real.status, "application/json", real.body);
  };
}

/** Applies a fault to one path, or to one path and one method, and passes the rest on. */
export function only(path: string | RegExp, fault: Fault, method?: string): Fault {
  return async (call) => {
    const isPath = typeof path === "string" ? call.path === path : path.test(call.path);
    if (isPath && (method === undefined || call.method === method)) return fault(call);
    const real = await call.forward();
    send(call.response, real.status, "application/json", real.body);
  };
}

export function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "Content-Type": type }).end(body);
}

/** @param target the emulator's URL, ending in `/v1` */
export async function openLine(target: string): Promise<AuthsignalLine> {
  const calls: string[] = [];
  let fault: Fault | null = null;

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const { port } = await listen(server);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? "";
    const path = (request.url ?? "").replace(/^\/v1/, "");
    const body = await read(request);
    calls.push(`${method} ${path}`);
    const forward = async () => {
      const { authorization = "", "content-type": type = "application/json" } = request.headers;
      const answered = await fetch(`${target}${path}`, {
        method,
        headers: { authorization, "content-type": type },
        ...(body === "" ? {} : { body }),
      });
      return { status: answered.status, body: await answered.text() };
    };
    if (fault !== null) return fault({ method, path, body, response, forward });
    const real = await forward();
    send(response, real.status, "application/json", real.body);
  }

  const cut = () => closeServer(server);

  return {
    url: `http://localhost:${port}/v1`,
    calls: () => calls,
    fail: (next) => {
      fault = next;
    },
    cut,
    mend: async () => {
      fault = null;
      if (!server.listening) await listen(server, { port });
    },
    close: cut,
  };
}

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
