/** What support people see and do, and what pages report: both are counted, and name no more than they must. */
import express from "express";
import request from "supertest";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createMetrics } from "../../../server/app/metrics.ts";
import {
  type AccountControls,
  createAccountControls,
  type SecurityEvent,
} from "../../../server/passkeys/index.ts";
import type { Told } from "../../../server/passkeys/ports/notices.ts";
import { createCookieSessions } from "../../../server/sessions/cookie-sessions.ts";
import { createSqlUsers } from "../../../server/storage/stores/sql-users.ts";
import type { CeremonyReport } from "../../../shared/contract.ts";
import { api } from "../../kit/flows.ts";
import { type Lab, startLab } from "../lab.ts";

const now = () => new Date();
const actor = "support-7";
let lab: Lab;
let reports: CeremonyReport[] = [];
let events: SecurityEvent[] = [];
let told: Told[] = [];
beforeAll(async () => {
  lab = await startLab({ host: { options: { onReport: (report) => void reports.push(report) } } });
});
beforeEach(() => {
  [events, told, reports] = [[], [], []];
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

function controls(withIndex = true): AccountControls {
  const { storage, authsignal, origin, emulator } = lab;
  return createAccountControls({
    authsignal,
    users: createSqlUsers(storage.accounts, now),
    sessions: createCookieSessions({
      store: storage.sessionStore,
      ...(withIndex && { index: storage.sessionIndex }),
      secret: "a secret of more than thirty-two characters",
      secure: false,
      now,
    }),
    storage,
    notices: { tell: (one) => void told.push(one), forget: async () => {}, readLink: () => null },
    browser: { tenantId: "tenant", baseUrl: emulator.apiUrl, rpId: "localhost" },
    origins: [origin],
    onEvent: (event) => void events.push(event),
    now,
  });
}

describe("A support person", () => {
  test("sees the passkeys and sessions of a user, and each look is an event with their name", async () => {
    const person = await lab.person("passkey");
    const passkeys = await controls().listPasskeys(person.user.id, { actor });
    expect(passkeys).toEqual((await person.agent.get(api("listPasskeys")).expect(200)).body);
    expect(await controls().listSessions(person.user.id, { actor })).toHaveLength(1);
    const userId = person.user.id;
    expect(events).toEqual([
      { event: "account.viewed", userId, what: "passkeys", actor },
      { event: "account.viewed", userId, what: "sessions", actor },
    ]);
  });

  test("removes a passkey that is the user's, which its owner is told, and no other's", async () => {
    const [person, other] = [await lab.person("passkey"), await lab.person("passkey")];
    const [passkey] = await controls().listPasskeys(person.user.id);
    const id = String(passkey?.id);
    await expect(controls().removePasskey(other.user.id, id)).rejects.toMatchObject({
      code: "passkey_not_found",
    });
    events = [];
    await controls().removePasskey(person.user.id, id, { actor });
    expect(events).toEqual([
      { event: "passkey.deleted", userId: person.user.id, passkeyId: id, by: "host", actor },
    ]);
    expect(told).toMatchObject([
      { kind: "passkey_removed", by: "support", to: [person.user.email], req: null },
    ]);
    await expect(lab.signInWithPasskey(lab.agent(), person.authenticator)).rejects.toThrow();
    await expect(controls().removePasskey(person.user.id, id)).rejects.toMatchObject({
      code: "passkey_not_found",
    });
  });

  test("ends one session or all of a user, and no other's", async () => {
    const [person, other] = [await lab.person("passkey"), await lab.person()];
    const elsewhere = lab.agent();
    await lab.signInWithPasskey(elsewhere, person.authenticator);
    const [first, second] = await controls().listSessions(person.user.id);
    const foreign = controls().endSession(other.user.id, String(first?.id));
    await expect(foreign).rejects.toMatchObject({ code: "session_not_found" });
    await controls().endSession(person.user.id, String(first?.id), { actor });
    expect(await controls().listSessions(person.user.id)).toMatchObject([{ id: second?.id }]);
    expect(await controls().endSessions(person.user.id, { actor })).toBe(1);
    expect(events.filter(({ event }) => event === "sessions.ended")).toMatchObject([
      { by: "host", actor, count: 1 },
      { by: "host", actor, count: 1 },
    ]);
    expect((await other.agent.get(api("getSession")).expect(200)).body.user).toEqual(other.user);
  });

  test.each(["", "a/../b", "\u0000", "x".repeat(65)])("cannot name a user by %j", async (userId) => {
    const asked = [
      controls().listPasskeys(userId),
      controls().listSessions(userId),
      controls().removePasskey(userId, "p"),
      controls().endSession(userId, "s"),
    ];
    for (const one of asked) await expect(one).rejects.toMatchObject({ code: "internal_error" });
  });

  test("cannot name a session by an id that none has, and hears what is missing without a list", async () => {
    const person = await lab.person();
    for (const id of ["", "\u0000", "x".repeat(300)])
      await expect(controls().endSession(person.user.id, id)).rejects.toMatchObject({
        code: "session_not_found",
      });
    await expect(controls(false).listSessions(person.user.id)).rejects.toThrow("index: storage.sessionIndex");
  });
});

describe("A report of a page", () => {
  const report = (body: object) => lab.agent().post(api("reportCeremony")).send(body);

  test("needs no session, and reaches the host as it is", async () => {
    const failed = { flow: "autofill", outcome: "failed", error: "cancelled", milliseconds: 1200 };
    const before = lab.events().length;
    await report(failed).expect(204);
    await report({ flow: "offer", outcome: "declined" }).expect(204);
    expect(reports).toEqual([failed, { flow: "offer", outcome: "declined" }]);
    expect(lab.events()).toHaveLength(before);
  });

  test.each([
    { flow: "button" },
    { flow: "button", outcome: "ann@example.com" },
    { flow: "button", outcome: "failed", error: "NotAllowedError: ann@example.com" },
    { flow: "button", outcome: "failed", email: "ann@example.com" },
    { flow: "button", outcome: "succeeded", milliseconds: -1 },
    { flow: "button", outcome: "succeeded", milliseconds: 1.5 },
    [],
  ])("that has other words than the contract's is refused: %j", async (body) => {
    await report(body).expect(400);
    expect(reports).toEqual([]);
  });

  test("is one of 120 in a quarter of an hour from one network address", async () => {
    const agent = lab.agent();
    const body = { flow: "button", outcome: "succeeded" };
    for (let count = 0; count < 120; count += 1)
      await agent.post(api("reportCeremony")).send(body).expect(204);
    await agent.post(api("reportCeremony")).send(body).expect(429);
    await report(body).expect(204);
  });

  test("is counted by flow, outcome and error", async () => {
    const metrics = await createMetrics();
    metrics.countReport({ flow: "button", outcome: "failed", error: "timeout", milliseconds: 30_000 });
    metrics.countReport({ flow: "offer", outcome: "shown" });
    const { text } = await request(express().use(metrics.page)).get("/");
    expect(text).toContain('passkeys_ceremonies_total{flow="button",outcome="failed",error="timeout"} 1');
    expect(text).toContain('passkeys_ceremonies_total{flow="offer",outcome="shown",error="none"} 1');
    expect(text).toContain('passkeys_ceremony_seconds_sum{flow="button",outcome="failed"} 30');
  });

  test("has no route without `onReport`", async () => {
    const plain = await startLab({ host: {} });
    await request(plain.url)
      .post("/api/ceremony-report")
      .send({ flow: "offer", outcome: "shown" })
      .expect(404);
    await plain.close();
  });
});
