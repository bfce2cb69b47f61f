import { createServer, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../../server/emulator/index.ts";
import { listen } from "../../kit/listen.ts";
import { callersOf, testTenant } from "../running-emulator.ts";

let emulator: Emulator | undefined;
let catcher: { close(): void } | undefined;
afterEach(async () => {
  await emulator?.close();
  catcher?.close();
});

/** A mail catcher of one screenful: says yes to every command, or no to every recipient, and keeps what it hears. */
async function startCatcher(isOpen: boolean): Promise<{ smtp: string; heard: () => string }> {
  let heard = "";
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.write("220 catcher\r\n");
    socket.on("data", (chunk) => {
      heard += chunk;
      const line = String(chunk);
      if (line.startsWith("RCPT") && !isOpen) socket.write("550 no\r\n");
      else if (line.startsWith("DATA")) socket.write("354 go on\r\n");
      else if (line.startsWith("QUIT")) socket.end("221 bye\r\n");
      else if (/^(EHLO|HELO|MAIL|RCPT)/.test(line) || line.endsWith("\r\n.\r\n")) socket.write("250 yes\r\n");
    });
    socket.on("error", () => socket.destroy());
  });
  const { port } = await listen(server, { host: "127.0.0.1" });
  catcher = {
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return { smtp: `smtp://127.0.0.1:${port}`, heard: () => heard };
}

const challenge = {
  verificationMethod: "EMAIL_OTP",
  action: "sign-in",
  email: "caught@example.com",
} as const;

test("the emulator delivers e-mail to a mail catcher if smtp is set", async () => {
  const { smtp, heard } = await startCatcher(true);
  emulator = await startEmulator({ tenants: [testTenant()], smtp });
  const running = callersOf(emulator);
  await running.authsignal.challenge(challenge);
  expect(heard()).toContain("RCPT TO:<caught@example.com>");
  expect(heard()).toContain(running.code("caught@example.com"));
});

test("a challenge fails if its e-mail cannot be delivered", async () => {
  const { smtp } = await startCatcher(false);
  emulator = await startEmulator({ tenants: [testTenant()], smtp });
  await expect(callersOf(emulator).authsignal.challenge(challenge)).rejects.toMatchObject({
    statusCode: 400,
  });
});
