/** What `startEmulatorFor` promises to suites of other apps, with any router or none. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { reachableFrom, readSources } from "../import-graph.ts";
import { createClientApi } from "./client-api.ts";
import { startEmulatorFor } from "./emulator-for.ts";
import { listen } from "./listen.ts";
import { createSoftAuthenticator } from "./soft-authenticator.ts";

type Kit = Awaited<ReturnType<typeof startEmulatorFor>>;

/** Tracks an action as an API without our router does, and answers its token. */
async function track(kit: Kit, userId: string, body: object = {}): Promise<string> {
  const credentials = Buffer.from(`${kit.authsignal.apiSecretKey}:`).toString("base64");
  const answer = await fetch(`${kit.authsignal.apiUrl}/users/${userId}/actions/enroll`, {
    method: "POST",
    headers: { authorization: `Basic ${credentials}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const { token }: { readonly token: string } = await answer.json();
  return token;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a suite that replaces the global fetch still performs ceremonies and gets webhooks", async () => {
  const asked: (string | undefined)[] = [];
  const receiver = await listen(({ url }, response) => {
    asked.push(url);
    response.end();
  });
  const webhook = { url: `${receiver.url}/hook` };
  await using kit = await startEmulatorFor({ tenant: { webhook } });
  const token = await track(kit, "ada");
  const replaced = vi.fn();
  vi.stubGlobal("fetch", replaced);
  const authenticator = createSoftAuthenticator();
  const client = createClientApi({ ...kit.browser, origin: "http://localhost:3000", authenticator });
  await client.signUp({ token });
  await expect(client.signIn({ action: "sign-in" })).resolves.toBeTypeOf("string");
  await kit.emulator.webhooksSettled();
  expect(asked).toEqual(["/hook"]);
  expect(replaced).not.toHaveBeenCalled();
  await receiver.close();
});

describe("the kit's clock", () => {
  test.each<[string, (kit: Kit) => void]>([
    ["advance", (kit) => kit.advance(60_000)],
    ["emulator.clock.advance", (kit) => kit.emulator.clock.advance(60_000)],
    ["emulator.clock.set", (kit) => kit.emulator.clock.set(Date.now() + 60_000)],
  ])("the app's clock and the emulator's stay one after %s", async (_name, move) => {
    await using kit = await startEmulatorFor();
    const before = Date.now();
    move(kit);
    expect(kit.now().getTime()).toBeGreaterThanOrEqual(before + 60_000);
    expect(Math.abs(kit.now().getTime() - kit.emulator.clock.now())).toBeLessThan(1_000);
  });

  test("the emulator's limit of sent codes ends after advance", async () => {
    await using kit = await startEmulatorFor({
      tenant: { limits: { sends: { times: 1, withinMinutes: 10 } } },
    });
    const api = `${kit.authsignal.apiUrl}/client/challenge/email-otp`;
    const send = async () => {
      const token = await track(kit, "ada", { email: "ada@example.com" });
      const answer = await fetch(api, { method: "POST", headers: { authorization: `Bearer ${token}` } });
      return answer.status;
    };
    expect([await send(), await send()]).toEqual([200, 429]);
    kit.advance(10 * 60_000);
    expect(await send()).toBe(200);
  });
});

test.each(["internal", "hybrid", "usb", "nfc", "ble"] as const)(
  "a person signs in with an authenticator that is reached by %s",
  async (transport) => {
    await using kit = await startEmulatorFor();
    const authenticator = createSoftAuthenticator({ transport });
    const client = createClientApi({ ...kit.browser, origin: "http://localhost:3000", authenticator });
    await client.signUp({ token: await track(kit, "ada") });
    await expect(client.signIn({ action: "sign-in" })).resolves.toBeTypeOf("string");
  },
);

test.each([
  ["https://shop.example.com", "shop.example.com"],
  ["https://shop.example.com:8443", "shop.example.com"],
  ["http://app.localhost:5173", "app.localhost"],
])("the kit takes the origin %s, with the RP ID that fits", async (origin, rpId) => {
  await using kit = await startEmulatorFor({ origin });
  expect(kit.browser.rpId).toBe(rpId);
  expect(kit.origins).toEqual([origin]);
  const client = createClientApi({ ...kit.browser, origin, authenticator: createSoftAuthenticator() });
  await expect(client.signUp({ token: await track(kit, "ada") })).resolves.toBeTypeOf("string");
});

test("the kit reads the code of an address that the app has written in small letters", async () => {
  await using kit = await startEmulatorFor();
  const api = `${kit.authsignal.apiUrl}/client/challenge/email-otp`;
  const token = await track(kit, "ada", { email: "ada@example.com" });
  await fetch(api, { method: "POST", headers: { authorization: `Bearer ${token}` } });
  expect(await kit.readCode("Ada@Example.com")).toBe(await kit.readCode("ada@example.com"));
  await expect(kit.readCode("bob@example.com")).rejects.toThrow("holds no code for bob@example.com");
});

test("a kit that is closed at the end of its block and by hand closes once", async () => {
  const kit = await startEmulatorFor();
  await Promise.all([kit.close(), kit[Symbol.asyncDispose]()]);
  await expect(fetch(kit.emulator.url)).rejects.toThrow();
});

test("a storage that the app under test has closed is closed by the kit without an error", async () => {
  await using kit = await startEmulatorFor();
  const storage = await kit.openStorage();
  await storage.close();
  await expect(kit.close()).resolves.toBeUndefined();
});

test("importing the kit waits for no app, no verifier, no authenticator and no supertest", () => {
  const sources = readSources(`${import.meta.dirname}/../..`, ["shared", "server", "test/kit"]).map(
    (source) => ({
      ...source,
      imports: source.imports.filter(({ kind }) => kind === "value"),
    }),
  );
  const loaded = reachableFrom(sources, "test/kit/index.ts");
  for (const name of ["express", "kysely", "supertest", "nid-webauthn-emulator", "@authsignal/node"])
    expect(loaded).not.toContain(name);
  expect([...loaded].filter((name) => name.startsWith("@simplewebauthn/"))).toEqual([]);
});
