import { Authsignal } from "@authsignal/node";
import { describe, expect, test } from "vitest";
import { startEmulator } from "../../../server/emulator/index.ts";
import { origin, send, testTenant } from "../running-emulator.ts";

describe("tenants", () => {
  test("tenants share nothing, and each accepts both of its secrets", async () => {
    const [one, two] = [
      testTenant({ tenantId: "one", secrets: ["one-a", "one-b"] }),
      testTenant({ tenantId: "two", secrets: ["two-a"] }),
    ];
    const emulator = await startEmulator({ tenants: [one, two] });
    const { apiUrl } = emulator;
    const sdk = (apiSecretKey: string) => new Authsignal({ apiSecretKey, apiUrl });
    const { token } = await sdk("one-a").track({
      userId: "u",
      action: "a",
      attributes: { email: "u@one.example" },
    });
    expect(await sdk("one-b").getUser({ userId: "u" })).toMatchObject({ email: "u@one.example" });
    expect(await sdk("two-a").getUser({ userId: "u" })).not.toHaveProperty("email");
    expect(await sdk("two-a").validateChallenge({ token })).toEqual({ isValid: false });
    await emulator.close();
  });

  test("a tenant can be added while the emulator runs", async () => {
    const emulator = await startEmulator({ tenants: [testTenant()] });
    const tenant = {
      tenantId: "worker-2",
      secrets: ["worker-2-secret"],
      rpId: "localhost",
      expectedOrigins: [origin],
    };
    const add = () =>
      send(`${emulator.url}/emulator/tenants`, { method: "POST", body: JSON.stringify(tenant) });
    expect((await add()).body).toEqual({ tenantId: "worker-2" });
    expect(await add()).toMatchObject({
      status: 400,
      body: { errorDescription: expect.stringContaining("have the id") },
    });
    const authsignal = new Authsignal({
      apiSecretKey: "worker-2-secret",
      apiUrl: emulator.apiUrl,
      retries: 0,
    });
    expect(await authsignal.track({ userId: "u", action: "a" })).toHaveProperty("token");
    await emulator.close();
  });

  test("two tenants with the same id or secret are refused", async () => {
    await expect(startEmulator({ tenants: [testTenant(), testTenant({ secrets: ["x"] })] })).rejects.toThrow(
      "have the id",
    );
    await expect(startEmulator({ tenants: [testTenant(), testTenant({ tenantId: "x" })] })).rejects.toThrow(
      "share a secret",
    );
  });

  test.each(["", "with:colon"])("a tenant with the secret %j is refused", async (unusable) => {
    await expect(startEmulator({ tenants: [testTenant({ secrets: [unusable] })] })).rejects.toThrow(
      "is empty or contains a colon",
    );
  });
});
