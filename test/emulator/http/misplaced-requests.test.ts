/** What an SDK sends whose base URL is a little wrong, or old: it works, or the journal says what to change. */
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import {
  runEmulator,
  secret,
  secretAuthorization,
  send,
  tenantAuthorization,
  tenantId,
} from "../running-emulator.ts";

const running = runEmulator();
afterEach(() => running.emulator.clearJournal());

test.each(["/users/u", "/client/challenge"])(
  "a request for %s without /v1 is answered, and journaled, with what the base URL lacks",
  async (path) => {
    // As the page of an app asks before it calls.
    const headers = { origin: "http://localhost:5173", "access-control-request-method": "POST" };
    const answer = await send(`${running.emulator.url}${path}`, { method: "OPTIONS", headers });
    const sentence = `${path} is an operation of the API, which is below /v1`;
    expect(answer).toMatchObject({ status: 404, body: { errorCode: "not_found" } });
    expect(answer.body.errorDescription).toContain(sentence);
    expect(running.emulator.journal({ refused: true })[0]?.reason).toContain(sentence);
  },
);

test.each([
  ["an empty segment", "//users/u", "a slash too many"],
  // As the Go SDK asks for a challenge.
  ["/v1 twice", "/v1/challenges?challengeId=c", "begins with /v1 twice"],
  // As an SDK sends the id "a/b" that does not encode it.
  ["a slash in an id", "/users/a/b", "must be sent as %2F"],
])("the journal says of a path with %s what to change", async (_what, path, reason) => {
  const headers = { authorization: secretAuthorization(secret) };
  expect(await send(`${running.emulator.apiUrl}${path}`, { headers })).toMatchObject({
    status: 404,
    body: { message: "Not Found" },
  });
  expect(running.emulator.journal({ unmatched: true })[0]?.reason).toContain(reason);
});

test("a browser SDK from before 1.0, which knows no /client, gets its options and its preflight", async () => {
  const path = `${running.emulator.apiUrl}/user-authenticators/passkey`;
  const origin = "http://localhost:5173";
  const preflight = await fetch(`${path}/registration-options`, { method: "OPTIONS", headers: { origin } });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBe(origin);
  const enroll = await send(`${path}/registration-options`, {
    method: "POST",
    headers: { origin, authorization: `Bearer ${await running.track("old-sdk")}` },
  });
  expect(enroll).toMatchObject({ status: 200, body: { options: { rp: { id: "localhost" } } } });
  const signIn = await send(`${path}/authentication-options`, {
    method: "POST",
    headers: { origin, authorization: tenantAuthorization(tenantId) },
  });
  expect(signIn).toMatchObject({ status: 200, body: { options: { rpId: "localhost" } } });
  expect(signIn.headers.get("access-control-allow-origin")).toBe(origin);
});

describe("a body in another form", () => {
  const validate = (body: BodyInit, headers: Record<string, string> = {}) =>
    send(`${running.emulator.apiUrl}/validate`, {
      method: "POST",
      headers: { authorization: secretAuthorization(secret), ...headers },
      body,
    });

  test("that is a form is refused, and the journal says that it is one", async () => {
    const answer = await validate(new URLSearchParams({ token: "t" }));
    expect(answer).toMatchObject({ status: 400, body: { errorCode: "invalid_request" } });
    expect(running.emulator.journal({ refused: true })[0]?.reason).toContain(
      "the body is a form (application/x-www-form-urlencoded",
    );
  });

  test("that is compressed is refused with what to do", async () => {
    const answer = await validate(new Uint8Array(gzipSync('{"token":"t"}')), { "content-encoding": "gzip" });
    expect(answer).toMatchObject({ status: 400, body: { errorCode: "invalid_request" } });
    expect(answer.body.errorDescription).toContain("Send it without Content-Encoding");
  });

  test("that begins with a byte order mark is read", async () => {
    expect(await validate('\uFEFF{"token":"t"}')).toMatchObject({ status: 200, body: { isValid: false } });
  });
});
