/** Writes JSON answers. */
import type { ServerResponse } from "node:http";
import type { Json } from "../wire/wire.ts";

/** Exactly "application/json": one SDK compares the header byte for byte (protocol 1.4). */
export function respondJson(
  response: ServerResponse,
  status: number,
  body: Json,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body ?? {});
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...headers,
  });
  response.end(text);
}

/** JSON that breaks off in the middle: an injected fault. */
export function respondBroken(response: ServerResponse, status: number, body: Json): void {
  const text = JSON.stringify(body ?? {});
  response.writeHead(status, { "content-type": "application/json" });
  response.end(text.slice(0, Math.max(1, Math.floor(text.length / 2))));
}
