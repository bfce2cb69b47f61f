/** Answers bytes that are not HTTP, or come too slowly, in the documented shape and with a journal entry. */
import type { Duplex } from "node:stream";
import type { Journal } from "../control/journal.ts";
import { invalidRequest } from "../wire/wire-error.ts";

const statusByReason: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** There is no request object: the parser gave up before. */
export function answerBadRequest(error: Error, socket: Duplex, journal: Journal): void {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  // The caller closed the connection.
  if (!socket.writable || code === "ECONNRESET") return void socket.destroy();
  const status = Object.hasOwn(statusByReason, code) ? (statusByReason[code] ?? "") : "400 Bad Request";
  const wireError = invalidRequest("The request is not valid HTTP.", `${error.message} (${code})`);
  journal.write({
    method: "",
    path: "",
    notes: [],
    status: Number.parseInt(status, 10),
    errorCode: wireError.code,
    reason: wireError.reason,
  });
  const body = JSON.stringify(wireError.body);
  const head = ["content-type: application/json", `content-length: ${body.length}`, "connection: close"];
  socket.end(`HTTP/1.1 ${status}\r\n${head.join("\r\n")}\r\n\r\n${body}`);
}
