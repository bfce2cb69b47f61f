/** A failing callback of a test, a client or another process affects one request at most. An unhandled error fails the run. */
import { once } from "node:events";
import { connect, createServer as createTcpServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { defaultTenant, type Emulator, startEmulator } from "../../server/emulator/index.ts";
import { listen } from "../kit/listen.ts";

const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

async function start(options: Parameters<typeof startEmulator>[0]): Promise<Emulator> {
  const emulator = await startEmulator(options);
  running.push(emulator);
  return emulator;
}

function askForCode(emulator: Emulator): Promise<Response> {
  return fetch(`${emulator.apiUrl}/challenge`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${defaultTenant.secret}:`).toString("base64")}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ verificationMethod: "EMAIL_OTP", action: "sign-in", email: "a@example.com" }),
  });
}

describe("a callback for messages", () => {
  test.each<[name: string, onMessage: () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("The test's own mistake.");
      },
    ],
    ["rejects", async () => Promise.reject(new Error("The test's own mistake."))],
  ])("that %s loses no message, and is a warning of the process", async (_, onMessage) => {
    const emulator = await start({ onMessage });
    const warned = once(process, "warning");
    expect((await askForCode(emulator)).status).toBe(200);
    expect((await warned)[0].message).toContain("The test's own mistake.");
    expect(emulator.messages()).toHaveLength(1);
  });
});

describe("a mail server", () => {
  test.each([["smtp://127.0.0.1"], ["smtp://127.0.0.1?pool=true"]])(
    "behind %s that breaks the connection refuses one message, and the emulator goes on",
    async (url) => {
      const server = createTcpServer((socket) => {
        socket.on("error", () => {});
        socket.write("220 mail\r\n", () => socket.resetAndDestroy());
      });
      const { port, close } = await listen(server, { host: "127.0.0.1" });
      const smtp = new URL(url);
      smtp.port = String(port);
      const emulator = await start({ smtp: smtp.href });
      expect((await askForCode(emulator)).status).toBe(400);
      expect((await fetch(emulator.url)).status).toBe(200);
      await close();
    },
  );
});

test("a client that hangs up at any moment costs only its own request", async () => {
  const emulator = await start({});
  const wait = `GET /emulator/messages?to=a@example.com&wait=5000 HTTP/1.1\r\nHost: localhost:${emulator.port}\r\n\r\n`;
  const head = `POST /v1/challenge HTTP/1.1\r\nHost: localhost:${emulator.port}\r\nContent-Length: 100\r\n\r\n`;
  for (const part of [wait, head, `${head}{"half":`, head.slice(0, 12), "not HTTP\r\n\r\n"]) {
    const socket = connect(emulator.port, "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.write(part, () => socket.resetAndDestroy());
    await once(socket, "close");
  }
  expect((await askForCode(emulator)).status).toBe(200);
});
