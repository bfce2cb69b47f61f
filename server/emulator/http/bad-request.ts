/** Answers bytes that are not HTTP, or come too slowly, in the documented shape and with a journal entry. */
import type { Duplex } from "node:stream";
import type { Journal } from "../control/journal.ts";
import { invalidRequest } from "../wire/wire-error.ts";

interface Answer {
  readonly status: string;
  readonly description: string;
}

const answers: Readonly<Record<string, Answer>> = {
  HPE_HEADER_OVERFLOW: {
    status: "431 Request Header Fields Too Large",
    description: "The headers are too long.",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: "408 Request Timeout",
    description: "The request did not arrive whole: is its body shorter than its Content-Length?",
  },
  HPE_INVALID_URL: {
    status: "400 Bad Request",
    description: "The path has a character that a URL cannot have: an id must be percent-encoded.",
  },
};
const notHttp: Answer = { status: "400 Bad Request", description: "The request is not valid HTTP." };

/** There is no request object: the parser gave up before. */
export function answerBadRequest(error: Error, socket: Duplex, journal: Journal): void {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  // The caller closed the connection.
  if (!socket.writable || code === "ECONNRESET") return void socket.destroy();
  const { status, description } = (Object.hasOwn(answers, code) && answers[code]) || notHttp;
  const wireError = invalidRequest(description, `${description} ${error.message} (${code})`);
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
