/**
 * Sends one HTTP request by `node:http`. A suite replaces the global `fetch` to see what its own code sends, and must
 * not find, or stop, what the emulator and the kit send to each other and to the app.
 */
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

export interface SentRequest {
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** Redirects are not followed. The caller reads the body, or destroys the answer. */
export function sendRequest(
  url: string,
  { body, headers, ...options }: SentRequest,
): Promise<IncomingMessage> {
  const request = url.startsWith("https:") ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    // The agent that `fetch` names: passkeys carry the one that registered them.
    const named = { "user-agent": "node", ...headers };
    request(url, { ...options, headers: named }, resolve)
      .once("error", reject)
      .end(body);
  });
}
