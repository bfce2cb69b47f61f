/** A mail server of one screenful: takes every mail, refuses recipients, or greets and then says nothing more. */
import { createServer, type Socket } from "node:net";
import { listen } from "../../kit/listen.ts";

export interface MailCatcher {
  readonly url: string;
  /** What clients have said so far. */
  heard(): string;
  close(): void;
}

export async function startMailCatcher(manner: "takes" | "refuses" | "hangs"): Promise<MailCatcher> {
  let heard = "";
  const sockets = new Set<Socket>();
  const answer = (socket: Socket, line: string): void => {
    if (manner === "hangs") return;
    if (line.startsWith("RCPT") && manner === "refuses") socket.write("451 later\r\n");
    else if (line.startsWith("DATA")) socket.write("354 go on\r\n");
    else if (line.startsWith("QUIT")) socket.end("221 bye\r\n");
    else if (/^(EHLO|HELO|MAIL|RCPT|RSET)/.test(line) || line.endsWith("\r\n.\r\n"))
      socket.write("250 yes\r\n");
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.write("220 catcher\r\n");
    socket.on("data", (chunk) => {
      heard += chunk;
      answer(socket, String(chunk));
    });
    socket.on("error", () => socket.destroy());
  });
  const { port } = await listen(server, { host: "127.0.0.1" });
  return {
    url: `smtp://127.0.0.1:${port}`,
    heard: () => heard,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
