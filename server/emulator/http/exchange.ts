/** One request with its target in two raw halves: a URL parser would fold "..", and with it two different users. */
import type { IncomingMessage, ServerResponse } from "node:http";

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** Still encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
}

export function readExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const { method = "", url = "" } = request;
  const at = url.indexOf("?");
  const [path, query] = at === -1 ? [url, ""] : [url.slice(0, at), url.slice(at + 1)];
  return { request, response, method, path, query: new URLSearchParams(query) };
}

export type Handler = (exchange: Exchange) => Promise<void>;
