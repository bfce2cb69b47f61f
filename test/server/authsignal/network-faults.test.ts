/** What the log says when the line to Authsignal fails, and that the secret is not in it. */
import { createServer } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { codeOfFault } from "../../../server/authsignal/sdk-call.ts";
import { createSdkGateway } from "../../../server/authsignal/sdk-gateway.ts";
import { AppError } from "../../../server/http/errors.ts";

const apiSecretKey = "a-secret-that-no-log-may-show";

async function failureAt(apiUrl: string): Promise<AppError> {
  const gateway = createSdkGateway({ apiSecretKey, apiUrl, allowEmulator: true });
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

describe("a proxy of the environment", () => {
  afterEach(() => vi.unstubAllEnvs());

  /** Nothing listens at the proxy's address. */
  async function withProxy(variable: string, noProxy: string, run: () => Promise<void>): Promise<void> {
    const names = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"];
    for (const name of names.flatMap((one) => [one, one.toUpperCase()])) vi.stubEnv(name, "");
    let closed = 0;
    await withServer("end", async (port) => {
      closed = port;
    });
    vi.stubEnv(variable, `http://127.0.0.1:${closed}`);
    vi.stubEnv("NO_PROXY", noProxy);
    await run();
  }

  test.each(["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])(
    "A fault on the way through the proxy of %s is reported with that variable",
    async (variable) => {
      await withProxy(variable, "", async () => {
        const { message } = await failureAt("https://api.example.test/v1");
        expect(message).toBe(`api.example.test (${variable} set) could not be reached: ECONNREFUSED.`);
      });
    },
  );

  test.each([
    ["HTTP_PROXY", "", "127.0.0.1"],
    ["http_proxy", "corp.example", "localhost"],
    ["ALL_PROXY", "*", "localhost"],
  ])("Requests to this machine bypass the proxy of %s, with NO_PROXY %j", async (variable, noProxy, host) => {
    await withProxy(variable, noProxy, async () => {
      await withServer("reset", async (port) => {
        const { message } = await failureAt(`http://${host}:${port}/v1`);
        expect(message).toBe(`${host}:${port} could not be reached: ECONNRESET.`);
      });
      expect(process.env.NO_PROXY).toBe(
        noProxy === "" || noProxy === "*" ? noProxy || host : `${noProxy},${host}`,
      );
    });
  });
});
