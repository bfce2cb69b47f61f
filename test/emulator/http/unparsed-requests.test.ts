/** Requests that Node's parser gives up on: the answer and the journal say what is wrong with each. */
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { runEmulator, secret, secretAuthorization } from "../running-emulator.ts";

const running = runEmulator();
afterEach(() => running.emulator.clearJournal());

/** What the emulator writes until it closes the connection. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(running.emulator.port, "127.0.0.1", () => socket.write(bytes));
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text;
}

const authorized = `host: localhost\r\nauthorization: ${secretAuthorization(secret)}`;

test.each([
  [
    "a body shorter than its Content-Length",
    `POST /v1/users/u/actions/pay HTTP/1.1\r\n${authorized}\r\ncontent-length: 50\r\n\r\n{}`,
    408,
    "is its body shorter than its Content-Length?",
  ],
  [
    "an id that is not percent-encoded",
    `GET /v1/users/andré HTTP/1.1\r\n${authorized}\r\n\r\n`,
    400,
    "an id must be percent-encoded",
  ],
  [
    "headers that are too long",
    `GET /v1/users/u HTTP/1.1\r\nx: ${"a".repeat(20_000)}\r\n\r\n`,
    431,
    "The headers are too long.",
  ],
])(
  "the answer to %s and its journal entry say so",
  { timeout: 60_000 },
  async (_what, bytes, status, sentence) => {
    const [head = "", body = ""] = (await raw(bytes)).split("\r\n\r\n");
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(JSON.parse(body).errorDescription).toContain(sentence);
    expect(running.emulator.journal()[0]).toMatchObject({
      status,
      reason: expect.stringContaining(sentence),
    });
  },
);
