/** A company's proxy between this server and Authsignal, as HTTP_PROXY and its kin name it. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { proxyHint } from "../../../server/authsignal/proxy-variables.ts";
import { createSdkGateway } from "../../../server/authsignal/sdk-gateway.ts";
import { AppError } from "../../../server/http/errors.ts";
import { startEmulatorFor } from "../../kit/emulator-for.ts";
import { listen } from "../../kit/listen.ts";

const variables = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];

function setProxy(changes: Readonly<Record<string, string>>): void {
  for (const name of variables) {
    vi.stubEnv(name, changes[name]);
    vi.stubEnv(name.toLowerCase(), changes[name.toLowerCase()]);
  }
}

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each(["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])(
  "With %s set, no call to an Authsignal on this machine goes through the proxy",
  async (name) => {
    let proxied = 0;
    const proxy = await listen((_req, res) => {
      proxied += 1;
      res.writeHead(502).end("the proxy cannot reach it");
    });
    const kit = await startEmulatorFor();
    try {
      setProxy({ [name]: proxy.url });
      const gateway = createSdkGateway(kit.authsignal);
      const email = kit.newAddress();
      const { challengeId } = await gateway.sendEmailOtp({
        email,
        action: "sign-in-with-email",
        idempotencyKey: "1",
      });
      expect(await gateway.checkEmailOtp({ challengeId, code: "000000" })).toMatchObject({
        outcome: expect.any(String),
      });
      const begun = { userId: "user-1", action: "enroll-passkey", idempotencyKey: "2" };
      const { token } = await gateway.beginAction(begun);
      expect(await gateway.validate({ token, action: "enroll-passkey", userId: "user-1" })).toHaveProperty(
        "outcome",
      );
      expect((await gateway.listAuthenticators("user-1")).passkeys).toEqual([]);
      await expect(gateway.removePasskey({ userId: "user-1", passkeyId: "none" })).rejects.toThrow(
        "Authsignal answered",
      );
      expect(proxied).toBe(0);
    } finally {
      await kit.close();
      await proxy.close();
    }
  },
);

describe("The log names the proxy variable, without its value, when the way through the proxy fails:", () => {
  async function messageThrough(proxyUrl: string, apiUrl = "http://eu.api.example/v1"): Promise<string> {
    setProxy({ HTTP_PROXY: proxyUrl });
    const gateway = createSdkGateway({ apiSecretKey: "a-secret", apiUrl, allowEmulator: true });
    const failure: unknown = await gateway.listAuthenticators("user-1").catch((error: unknown) => error);
    if (!(failure instanceof AppError)) throw new Error("The call should have failed with an AppError.");
    expect(failure.code).toBe("upstream_unavailable");
    expect(failure.message).not.toContain("p4ssword");
    return failure.message;
  }

  const hint = "HTTP_PROXY is set: requests go through that proxy unless NO_PROXY names the host.";

  test("The log names the proxy variable when nothing listens at the proxy", async () => {
    const closed = await listen(() => {});
    await closed.close();
    const message = await messageThrough(`http://me:p4ssword@localhost:${closed.port}`);
    expect(message).toContain(`eu.api.example could not be reached: ECONNREFUSED. ${hint}`);
  });

  test.each([
    ["asks for a password", 407, "A proxy in front of Authsignal asks for a password."],
    ["cannot reach Authsignal", 502, "Authsignal failed with 502 unknown."],
    ["answers with a page of its own", 200, "Authsignal's answer could not be read."],
  ])("The log names the proxy variable when the proxy %s", async (_, status, sentence) => {
    const proxy = await listen((_req, res) =>
      res.writeHead(status, { "Content-Type": "text/html" }).end("<p>no</p>"),
    );
    try {
      expect(await messageThrough(proxy.url)).toBe(`${sentence} ${hint}`);
    } finally {
      await proxy.close();
    }
  });

  test("The log names no proxy variable for an Authsignal on this machine, which the proxy does not see", async () => {
    const closed = await listen(() => {});
    await closed.close();
    const message = await messageThrough("http://proxy.example:3128", `http://localhost:${closed.port}/v1`);
    expect(message).toBe(`localhost:${closed.port} could not be reached: ECONNREFUSED.`);
  });
});

describe("The proxy variable that an error names", () => {
  test.each<[Record<string, string>, string, string]>([
    [{ HTTPS_PROXY: "x" }, "https://eu.api.example/v1", "HTTPS_PROXY"],
    [{ https_proxy: "x", HTTPS_PROXY: "y" }, "https://eu.api.example/v1", "https_proxy"],
    [{ ALL_PROXY: "x" }, "https://eu.api.example/v1", "ALL_PROXY"],
    [{ all_proxy: "x", NO_PROXY: "localhost" }, "http://eu.api.example/v1", "all_proxy"],
  ])("for %j and %s the error names %s", (env, url, name) => {
    expect(proxyHint(url, env)).toContain(` ${name} is set`);
  });

  test.each<[Record<string, string>, string]>([
    [{}, "https://eu.api.example/v1"],
    [{ HTTP_PROXY: "x" }, "https://eu.api.example/v1"],
    [{ HTTPS_PROXY: "x" }, "http://eu.api.example/v1"],
    [{ HTTPS_PROXY: "" }, "https://eu.api.example/v1"],
    [{ HTTPS_PROXY: "x", NO_PROXY: "*" }, "https://eu.api.example/v1"],
  ])("for %j and %s the error names none", (env, url) => {
    expect(proxyHint(url, env)).toBe("");
  });
});
