/** A request whose body a client holds back: it is there but for its last byte. */
import { connect } from "node:net";

export interface HeldRequest {
  readonly cookie: string;
  readonly method: string;
  readonly path: string;
  /** JSON. */
  readonly body: string;
}

export interface Held {
  /** Sends the last byte. @returns the status and the text of the answer */
  finish(): Promise<{ readonly status: number; readonly text: string }>;
}

/** Sends all but the last byte of a request, and waits until the server has read that. */
export async function holdBack(url: string, { cookie, method, path, body }: HeldRequest): Promise<Held> {
  const { port } = new URL(url);
  const socket = connect(Number(port), "localhost");
  const parts: string[] = [];
  const answered = new Promise<string>((resolve, reject) => {
    socket.on("data", (part) => void parts.push(String(part)));
    socket.on("close", () => resolve(parts.join("")));
    socket.on("error", reject);
  });
  const head = [
    `${method} ${path} HTTP/1.1`,
    `Host: localhost:${port}`,
    `Cookie: ${cookie}`,
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    "Expect: 100-continue",
    "Connection: close",
  ];
  const isRead = new Promise<void>((resolve) => {
    // Node answers "100 Continue" when it has handed the request to the app.
    socket.once("data", () => resolve());
  });
  socket.write(`${head.join("\r\n")}\r\n\r\n${body.slice(0, -1)}`);
  await isRead;
  return {
    async finish() {
      socket.write(body.slice(-1));
      const [, ...answer] = (await answered).split("HTTP/1.1 ").slice(1);
      const text = answer.join("");
      return { status: Number(text.slice(0, 3)), text };
    },
  };
}
