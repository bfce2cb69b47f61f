/** What the log says when the line to Authsignal fails, and that the secret is not in it. */
import dns from "node:dns";
import { createServer } from "node:net";
import { expect, test, vi } from "vitest";
import { codeOfFault } from "../../../server/authsignal/sdk-call.ts";
import { createSdkGateway } from "../../../server/authsignal/sdk-gateway.ts";
import { AppError } from "../../../server/http/errors.ts";

const apiSecretKey = "a-secret-that-no-log-may-show";

async function failureAt(apiUrl: string, deadlineMs = 5000): Promise<AppError> {
  const gateway = createSdkGateway({ apiSecretKey, apiUrl, allowEmulator: true, deadlineMs });
  const failure = await gateway.listAuthenticators("user-1").then(
    () => null,
    (error: unknown) => error,
  );
  if (!(failure instanceof AppError)) throw new Error("The call should have failed with an AppError.");
  expect(failure.code).toBe("upstream_unavailable");
  expect(failure.cause).toBeUndefined();
  expect(failure.message).not.toContain(apiSecretKey);
  return failure;
}

/** A server on a port of its own that ends or answers every connection in its way. */
async function withServer(onData: "end" | "reset", run: (port: number) => Promise<void>): Promise<void> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", () => (onData === "reset" ? socket.resetAndDestroy() : socket.end("not TLS")));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  try {
    await run(address.port);
  } finally {
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }
}

test("a refused connection is reported with its code and host", async () => {
  let closed = 0;
  await withServer("end", async (port) => {
    closed = port;
  });
  const { message } = await failureAt(`http://127.0.0.1:${closed}/v1`);
  expect(message).toBe(`127.0.0.1:${closed} could not be reached: ECONNREFUSED.`);
});

test("a connection that is reset is reported with its code and host", async () => {
  await withServer("reset", async (port) => {
    const { message } = await failureAt(`http://127.0.0.1:${port}/v1`);
    expect(message).toBe(`127.0.0.1:${port} could not be reached: ECONNRESET.`);
  });
});

test("a name that DNS does not answer for is reported, and not as a slow Authsignal alone", async () => {
  const hanging = vi.spyOn(dns, "lookup").mockImplementation(() => {});
  try {
    const { message } = await failureAt("http://slow-name.example/v1", 50);
    expect(message).toContain("did not answer in time, and DNS has not answered for its name.");
  } finally {
    hanging.mockRestore();
  }
});

test("an Authsignal that is slow itself is reported without DNS", async () => {
  const server = createServer((socket) => void socket.on("error", () => {}));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  const { message } = await failureAt(`http://127.0.0.1:${address.port}/v1`, 50);
  expect(message).toBe("Authsignal did not answer in time.");
  server.close();
});

test.each([
  ["getaddrinfo ENOTFOUND api.example.com", "ENOTFOUND"],
  ["getaddrinfo EAI_AGAIN api.example.com", "EAI_AGAIN"],
  ["connect ETIMEDOUT 192.0.2.1:443", "ETIMEDOUT"],
  ["self-signed certificate in certificate chain", "a TLS error"],
  ["Hostname/IP does not match certificate's altnames: Host: a", "a TLS error"],
  ["socket hang up", "ECONNRESET"],
  ["", null],
  ["Basic c2VjcmV0", null],
])("of the message %j of a network fault, only %s is kept", (message, code) => {
  expect(codeOfFault(message)).toBe(code);
});

test("a server that does not speak TLS is reported as a fault of the connection with its host", async () => {
  await withServer("end", async (port) => {
    const { message } = await failureAt(`https://127.0.0.1:${port}/v1`);
    expect(message).toMatch(
      new RegExp(`^127\\.0\\.0\\.1:${port} could not be reached: (EPROTO|ERR_SSL_[A-Z_]+|a TLS error)\\.$`),
    );
  });
});
