import { request as httpRequest } from "node:http";
import { describe, expect, test } from "vitest";
import { startEmulator } from "../../../server/emulator/index.ts";
import { runEmulator, testTenant } from "../running-emulator.ts";

const running = runEmulator({ tenants: [testTenant({ limits: "documented" })] });

describe("who may call", () => {
  test.each([
    ["a foreign host name", { host: "evil.example" }],
    ["a rebound host name with a port", { host: "localhost.evil.example:80" }],
    ["another site's page", { "sec-fetch-site": "cross-site" }],
    ["another port's page", { "sec-fetch-site": "same-site" }],
    ["a page that only sends its origin", { origin: "http://localhost:3000" }],
    ["a sandboxed page", { origin: "null" }],
  ])("the control plane refuses %s", async (_who, headers) => {
    expect(await statusOf("/emulator/messages", headers)).toBe(403);
    expect(await statusOf("/", headers)).toBe(403);
  });

  test("a link from another site opens the page, and only the page", async () => {
    const link = {
      "sec-fetch-site": "same-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    };
    expect(await statusOf("/", link)).toBe(200);
    expect(await statusOf("/", { ...link, "sec-fetch-dest": "iframe" })).toBe(403);
    expect(await statusOf("/", { ...link, host: "evil.example" })).toBe(403);
    expect(await statusOf("/emulator/messages", link)).toBe(403);
  });

  test.each([
    ["a name that a web page could have rebound", "evil.example", 403],
    ["loopback by address", "127.0.0.1", 401],
    ["a container's name", "emulator:3001", 401],
  ])("the API answers a request for %s with the right status", async (_what, host, status) => {
    expect(await statusOf("/v1/users/u", { host })).toBe(status);
  });

  test("the page and the control plane accept the host name of publicUrl", async () => {
    const emulator = await startEmulator({ tenants: [testTenant()], publicUrl: "http://auth.dev.example" });
    expect(emulator.apiUrl).toBe("http://auth.dev.example/v1");
    expect(await statusOf("/emulator/health", { host: "auth.dev.example" }, emulator.port)).toBe(200);
    expect(await statusOf("/v1/users/u", { host: "auth.dev.example" }, emulator.port)).toBe(401);
    await emulator.close();
  });

  test("the page is served with a strict content security policy and is marked as an emulator", async () => {
    const page = await fetch(running.emulator.url, { headers: { "sec-fetch-site": "none" } });
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const html = await page.text();
    expect(html).toContain("EMULATOR");
    expect(html).not.toMatch(/ style=| on[a-z]+=|<script>/);
    for (const asset of ["/page.js", "/page.css"])
      expect((await fetch(running.emulator.url + asset)).status).toBe(200);
  });

  test.each(["production", "production\r", "Production ", '"production"', "'production'"])(
    "the emulator does not start with NODE_ENV=%j",
    async (text) => {
      process.env.NODE_ENV = text;
      await expect(startEmulator()).rejects.toThrow("NODE_ENV=production");
      process.env.NODE_ENV = "test";
    },
  );
});

/** fetch may not set these headers; node:http may. */
function statusOf(
  path: string,
  headers: Record<string, string>,
  port = running.emulator.port,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpRequest({ host: "127.0.0.1", port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}
