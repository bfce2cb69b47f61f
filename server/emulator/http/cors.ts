/** CORS of the Client API. */
import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Pages of any origin call the Client API, with headers that need a preflight. The answer names the origin, because `*` is
 * invalid with the credentials of the cookie variants (protocol 1.3, 5.10).
 */
export function allowCrossOrigin(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers;
  response.setHeader("vary", "Origin");
  if (origin === undefined) return;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-allow-credentials", "true");
}

export function answerPreflight(
  request: IncomingMessage,
  response: ServerResponse,
  methods: readonly string[],
): void {
  allowCrossOrigin(request, response);
  response.setHeader("access-control-allow-methods", methods.join(", "));
  response.setHeader("access-control-allow-headers", "authorization, content-type, x-authsignal-version");
  response.setHeader("access-control-max-age", "600");
  if (request.headers["access-control-request-private-network"] === "true") {
    response.setHeader("access-control-allow-private-network", "true");
  }
  response.writeHead(204).end();
}
