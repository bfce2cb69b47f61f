import { afterEach, describe, expect, test } from "vitest";
import { startEmulator } from "../../../server/emulator/index.ts";
import {
  callersOf,
  controlOf,
  runEmulator,
  secret,
  secretAuthorization,
  send,
  testTenant,
} from "../running-emulator.ts";

const running = runEmulator({ tenants: [testTenant({ limits: "documented" })] });
afterEach(() => running.emulator.reset());
const control = controlOf(running);

function sendCode(email: string) {
  return running.authsignal.challenge({ verificationMethod: "EMAIL_OTP", action: "sign-in", email });
}

describe("faults", () => {
  const getUser = () =>
    send(`${running.emulator.apiUrl}/users/u`, { headers: { authorization: secretAuthorization(secret) } });

  test("a fault fails requests as often as its count says, then requests work again", async () => {
    await control("/faults", "POST", {
      method: "GET",
      path: "/v1/users/*",
      count: 2,
      status: 429,
      retryAfter: 7,
    });
    const limited = await getUser();
    expect(limited).toMatchObject({ status: 429, body: { errorCode: "too_many_requests" } });
    expect(limited.headers.get("retry-after")).toBe("7");
    expect((await getUser()).status).toBe(429);
    expect((await getUser()).status).toBe(200);
    expect(running.emulator.faults()).toEqual([]);
  });

  test.each([
    ["before", 0],
    ["after", 1],
  ] as const)("a fault drops the connection %s the operation takes effect", async (drop, messages) => {
    running.emulator.addFault({ path: "/v1/challenge", drop });
    const headers = { authorization: secretAuthorization(secret) };
    const body = JSON.stringify({
      verificationMethod: "EMAIL_OTP",
      action: "sign-in",
      email: "drop@example.com",
    });
    await expect(
      fetch(`${running.emulator.apiUrl}/challenge`, { method: "POST", headers, body }),
    ).rejects.toThrow();
    expect(running.emulator.messages()).toHaveLength(messages);
  });

  test("the node SDK sends a request again whose connection a fault dropped", async () => {
    running.emulator.addFault({ path: "/v1/challenge", drop: "after" });
    await sendCode("retried@example.com");
    expect(running.emulator.messages({ to: "retried@example.com" })).toHaveLength(2);
  });

  test("a fault answers JSON that is cut off", async () => {
    running.emulator.addFault({ path: "*", malformed: true });
    await expect(getUser()).rejects.toThrow(SyntaxError);
  });

  test("a fault delays the answer", async () => {
    running.emulator.addFault({ latency: 30 });
    const begun = performance.now();
    await getUser();
    expect(performance.now() - begun).toBeGreaterThanOrEqual(28);
  });

  test("the same seed repeats the same probabilistic faults", async () => {
    const play = async () => {
      const emulator = await startEmulator({ tenants: [testTenant()], seed: "dice" });
      emulator.addFault({ probability: 0.5, status: 500 });
      const statuses: number[] = [];
      for (let at = 0; at < 20; at += 1) {
        const headers = { authorization: secretAuthorization(secret) };
        statuses.push((await send(`${emulator.apiUrl}/users/u`, { headers })).status);
      }
      const { challengeId } = await callersOf(emulator)
        .authsignal.challenge({ verificationMethod: "EMAIL_OTP", action: "a", email: "e@example.com" })
        .catch(() => ({ challengeId: "faulty" }));
      await emulator.close();
      return { statuses, challengeId };
    };
    const [first, second] = [await play(), await play()];
    expect(first).toEqual(second);
    expect(new Set(first.statuses)).toEqual(new Set([200, 500]));
  });

  test("the control plane shows and removes a single fault", async () => {
    const { body } = await control("/faults", "POST", { path: "/v1/users/never", status: 500 });
    expect((await control("/faults")).body).toMatchObject([{ path: "/v1/users/never" }]);
    expect((await control(`/faults/${body.faultId}`, "DELETE")).status).toBe(200);
    expect((await control(`/faults/${body.faultId}`, "DELETE")).status).toBe(404);
  });

  test.each([
    { status: 200 },
    { status: 404.5 },
    { count: 0 },
    { count: 1.5 },
    { probability: 2 },
    { latency: 1e11 },
    { status: 429, retryAfter: 1.5 },
  ])("the control plane refuses the impossible fault %j", async (rule) => {
    expect(await control("/faults", "POST", rule)).toMatchObject({
      status: 400,
      body: { errorCode: "invalid_request" },
    });
    expect(() => running.emulator.addFault(rule)).toThrow();
  });
});
