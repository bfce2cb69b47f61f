/** Bytes that no SDK sends: each gets the documented shape and a journal entry, and the next request is served. */
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { startEmulator } from "../../../server/emulator/index.ts";
import { runEmulator, secret, secretAuthorization, send, testTenant } from "../running-emulator.ts";

const running = runEmulator();
afterEach(() => running.emulator.clearJournal());

/** What the emulator writes until it closes the connection. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(running.emulator.port, "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}

const authorized = `host: localhost\r\nauthorization: ${secretAuthorization(secret)}\r\nconnection: close`;

test.each([
  ["bytes that are not HTTP", "\u0000\u0001 nonsense\r\n\r\n", 400],
  ["a header with a NUL", `GET /v1/users/u HTTP/1.1\r\n${authorized}\r\nx: \u0000\r\n\r\n`, 400],
  [
    "a header without end",
    `GET /v1/users/u HTTP/1.1\r\n${authorized}\r\nx: ${"a".repeat(20_000)}\r\n\r\n`,
    431,
  ],
  [
    "two lengths at once",
    `POST /v1/validate HTTP/1.1\r\n${authorized}\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  [
    "a chunk of no size",
    `POST /v1/validate HTTP/1.1\r\n${authorized}\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
    400,
  ],
  ["no host", "GET /v1/users/u HTTP/1.1\r\nconnection: close\r\n\r\n", 403],
  ["a foreign host", "GET /v1/users/u HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n", 403],
  [
    "an unknown expectation",
    `POST /v1/validate HTTP/1.1\r\n${authorized}\r\nexpect: a miracle\r\ncontent-length: 2\r\n\r\n{}`,
    400,
  ],
])("the emulator answers %s in the documented shape, with a journal entry", async (_what, bytes, status) => {
  const [head = "", body = ""] = (await raw(bytes)).split("\r\n\r\n");
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(head).toMatch(/^content-type: application\/json$/im);
  const { error, errorCode, errorDescription } = JSON.parse(body);
  expect(errorCode).toBe(error);
  expect(errorDescription).toEqual(expect.any(String));
  expect(running.emulator.journal()[0]).toMatchObject({ status, reason: expect.any(String) });
  const headers = { authorization: secretAuthorization(secret) };
  expect((await send(`${running.emulator.apiUrl}/users/u`, { headers })).status).toBe(200);
});

test("the emulator serves others while a body never ends, and still closes", async () => {
  const emulator = await startEmulator({ tenants: [testTenant()] });
  const head = `PATCH /v1/users/u HTTP/1.1\r\n${authorized}\r\ncontent-length: 1000\r\n\r\n`;
  const endless = connect(emulator.port, "127.0.0.1");
  const dropped = new Promise((resolve) => endless.on("close", resolve));
  await new Promise<void>((resolve) => endless.write(`${head}{"email":`, () => resolve()));
  const headers = { authorization: secretAuthorization(secret) };
  expect((await send(`${emulator.apiUrl}/users/u`, { headers })).status).toBe(200);
  await emulator.close();
  await dropped;
});

test.each([
  ["maps in maps", Buffer.alloc(48_000, 0xa1)],
  ["lists in lists", Buffer.alloc(48_000, 0x81)],
  ["tags on tags", Buffer.alloc(48_000, 0xc1)],
  ["a list of 2^64 members", Buffer.from("9bffffffffffffffff", "hex")],
  ["a map of 2^31 members", Buffer.from("ba7fffffff", "hex")],
  ["a string of 2^64 bytes", Buffer.from("5bffffffffffffffff", "hex")],
])("the emulator refuses %s in CBOR, in every operation that reads CBOR", async (_what, bomb) => {
  const token = await running.track("bombed");
  const { body } = await running.post("/user-authenticators/passkey/registration-options", {}, token);
  const clientData = {
    type: "webauthn.create",
    challenge: body.options.challenge,
    origin: "http://localhost:3000",
  };
  const registrationCredential = {
    id: "AAAA",
    rawId: "AAAA",
    type: "public-key",
    response: {
      clientDataJSON: Buffer.from(JSON.stringify(clientData)).toString("base64url"),
      attestationObject: bomb.toString("base64url"),
    },
  };
  const { challengeId } = body;
  expect(
    await running.post("/user-authenticators/passkey", { challengeId, registrationCredential }, token),
  ).toMatchObject({ status: 400, body: { errorCode: "invalid_credential" } });

  const imported = await send(`${running.emulator.apiUrl}/users/authenticators`, {
    method: "POST",
    headers: { authorization: secretAuthorization(secret) },
    body: JSON.stringify({
      authenticators: [
        { userId: "bombed", credentialId: "AAAA", credentialPublicKey: bomb.toString("base64url") },
      ],
    }),
  });
  expect(imported.body).toMatchObject({ succeeded: 0, failed: 1 });
});

test.each(["__proto__", "constructor", "hasOwnProperty"])(
  "the emulator treats %s as an ordinary name",
  async (name) => {
    const { authsignal, emulator } = running;
    const occurrence = { userId: name, action: name };
    const attributes = { idempotencyKey: name, deviceId: name };
    const { token, state } = await authsignal.track({ ...occurrence, attributes });
    expect(state).toBe("ALLOW");
    expect(await authsignal.getAction({ ...occurrence, idempotencyKey: name })).toMatchObject({ state });
    expect(await authsignal.validateChallenge({ ...occurrence, token })).toMatchObject({
      userId: name,
      idempotencyKey: name,
    });
    emulator.addTenant({
      tenantId: name,
      secrets: [`emulator-${name}`],
      rpId: "localhost",
      expectedOrigins: [],
    });
    const exported = emulator.exportState();
    expect(Object.keys(exported.tenants)).toContain(name);
    emulator.importState(exported);
    expect(JSON.stringify(emulator.exportState())).toBe(JSON.stringify(exported));
    await authsignal.deleteUser({ userId: name });
    expect(await authsignal.validateChallenge({ token })).toEqual({ isValid: false });
    expect(Reflect.get({}, "idempotencyKey")).toBeUndefined();
  },
);
