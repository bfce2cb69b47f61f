import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { api } from "../../kit/flows.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { answering } from "../authsignal/authsignal-line.ts";
import { type Lab, type Person, startLab } from "../lab.ts";

let lab: Lab;
let owner: Person;
let passkeyId: string;
beforeAll(async () => {
  lab = await startLab();
  owner = await lab.person("passkey");
  const { body } = await owner.agent.get(api("listPasskeys")).expect(200);
  passkeyId = body[0].id;
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

const minute = 60 * 1000;

describe("the list", () => {
  test("shows the person's own passkeys, oldest first, numbered where they would look alike", async () => {
    const { agent } = await lab.person("passkey");
    await lab.enrollPasskey(agent, createSoftAuthenticator());
    const { body } = await agent.get(api("listPasskeys")).expect(200);
    expect(body.map(({ name }: { name: string }) => name)).toEqual([
      expect.any(String),
      expect.stringMatching(/ 2$/),
    ]);
    expect(body[0].createdAt <= body[1].createdAt).toBe(true);
  });

  test("keeps a numbered name when another passkey is deleted, and gives no number twice", async () => {
    const { agent } = await lab.person("passkey");
    const list = async (): Promise<{ id: string; name: string }[]> =>
      (await agent.get(api("listPasskeys")).expect(200)).body;
    await lab.enrollPasskey(agent, createSoftAuthenticator());
    const [first, second] = await list();
    await agent.delete(`/api/passkeys/${first?.id}`).expect(204);
    expect(await list()).toEqual([expect.objectContaining({ id: second?.id, name: second?.name })]);
    await lab.enrollPasskey(agent, createSoftAuthenticator());
    expect((await list()).map(({ name }) => name)).toEqual([second?.name, second?.name.replace(/ 2$/, " 3")]);
  });

  const chrome =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36";
  test.each([
    [
      "in a known browser",
      "Chrome on Linux",
      { authenticatorAttachment: "platform", parsedUserAgent: { ua: chrome } },
    ],
    [
      "in an unknown program",
      "Passkey",
      { authenticatorAttachment: "platform", parsedUserAgent: { ua: "curl/8" } },
    ],
    [
      "on a key",
      "Security key",
      {
        authenticatorAttachment: "cross-platform",
        credentialBackedUp: false,
        parsedUserAgent: { ua: chrome },
      },
    ],
    [
      "on another device by this browser",
      "Passkey",
      {
        authenticatorAttachment: "cross-platform",
        credentialBackedUp: true,
        parsedUserAgent: { ua: chrome },
      },
    ],
    ["in a browser that is not told", "Passkey", { authenticatorAttachment: "platform" }],
    [
      "by a known provider",
      "iCloud Keychain",
      {
        authenticatorAttachment: "platform",
        parsedUserAgent: { ua: chrome },
        aaguidMapping: { name: "iCloud Keychain" },
      },
    ],
  ])("calls a passkey that was created %s: %s", async (_, name, webauthnCredential) => {
    const { agent, user } = await lab.person("passkey");
    const passkey = {
      userAuthenticatorId: "a",
      verificationMethod: "PASSKEY",
      createdAt: "2026-01-01T00:00:00.000Z",
      webauthnCredential,
    };
    lab.line.fail(answering(`/users/${user.id}/authenticators`, [passkey]));
    try {
      const { body } = await agent.get(api("listPasskeys")).expect(200);
      expect(body).toEqual([expect.objectContaining({ name })]);
    } finally {
      lab.line.fail(null);
    }
  });

  test("is empty for a user without passkeys, and closed to visitors", async () => {
    const { agent } = await lab.person();
    expect((await agent.get(api("listPasskeys")).expect(200)).body).toEqual([]);
    await lab.agent().get(api("listPasskeys")).expect(401);
  });

  test("tells synced passkeys from those of one device", async () => {
    const { agent } = await lab.person();
    await lab.enrollPasskey(agent, createSoftAuthenticator({ defaultBackupEligibility: false }));
    await lab.enrollPasskey(agent, createSoftAuthenticator());
    const { body } = await agent.get(api("listPasskeys")).expect(200);
    expect(body.map(({ synced }: { synced: boolean }) => synced)).toEqual([false, true]);
  });

  test("has no e-mail authenticator in it: only passkeys can be renamed and deleted here", async () => {
    const { agent, user } = await lab.person("passkey");
    await lab.enrollEmail(user.id, user.email);
    const list = await fetch(`${lab.line.url}/users/${user.id}/authenticators`, {
      headers: {
        Authorization: `Basic ${Buffer.from("emulator-secret-of-the-default-tenant:").toString("base64")}`,
      },
    });
    const all: { userAuthenticatorId: string; verificationMethod: string }[] = await list.json();
    const email = all.find(({ verificationMethod }) => verificationMethod === "EMAIL_OTP");
    expect(email).toBeDefined();
    const refused = await agent.delete(`/api/passkeys/${email?.userAuthenticatorId}`).expect(404);
    expect(refused.body.code).toBe("passkey_not_found");
  });
});

describe("another person's passkey and none at all look alike", () => {
  test.each(["PATCH", "DELETE"])("to %s, byte by byte except for the request id", async (method) => {
    const stranger = await lab.person("passkey");
    const ask = async (id: string) => {
      const path = `/api/passkeys/${id}`;
      const answer =
        method === "PATCH"
          ? await stranger.agent.patch(path).send({ name: "Mine" })
          : await stranger.agent.delete(path);
      const changing = new Set(["x-request-id", "date", "etag", "set-cookie"]);
      return {
        status: answer.status,
        headers: Object.entries(answer.headers).filter(([name]) => !changing.has(name)),
        text: answer.text.replace(/"requestId":"[^"]+"/, ""),
      };
    };
    const foreign = await ask(passkeyId);
    const unknown = await ask("00000000-0000-4000-8000-000000000000");
    expect(foreign.status).toBe(404);
    expect(foreign).toEqual(unknown);
    const { body } = await owner.agent.get(api("listPasskeys")).expect(200);
    expect(body).toHaveLength(1);
    expect(body[0].name).not.toBe("Mine");
  });

  test("also when the session is stale: a stranger learns nothing by being asked to step up", async () => {
    const own = await startLab();
    try {
      const victim = await own.person("passkey");
      const { body } = await victim.agent.get(api("listPasskeys")).expect(200);
      const stranger = await own.person("passkey");
      own.advance(11 * minute);
      const texts = [];
      for (const id of [body[0].id, "unknown"]) {
        const refused = await stranger.agent.delete(`/api/passkeys/${id}`).expect(403);
        texts.push(refused.text.replace(/"requestId":"[^"]+"/, ""));
      }
      expect(texts[0]).toBe(texts[1]);
    } finally {
      await own.close();
    }
  });
});

describe("a name", () => {
  test.each([
    ["is kept as it is", "Work laptop", "Work laptop"],
    ["is trimmed", "  Phone \t", "Phone"],
    ["may be in any language", "Тест 電話 ñ", "Тест 電話 ñ"],
    ["may have an emoji, joined ones too", "👩‍💻 🔑", "👩‍💻 🔑"],
    ["may look like markup: it is text", "<script>alert(1)</script>", "<script>alert(1)</script>"],
    ["may be 64 characters long", "x".repeat(64), "x".repeat(64)],
    [
      "may have a quote, a backslash and an SQL word",
      `'; DROP TABLE users; -- \\"`,
      `'; DROP TABLE users; -- \\"`,
    ],
  ])("%s", async (_, given, kept) => {
    const renamed = await owner.agent.patch(`/api/passkeys/${passkeyId}`).send({ name: given }).expect(200);
    expect(renamed.body.name).toBe(kept);
    const { body } = await owner.agent.get(api("listPasskeys")).expect(200);
    expect(body[0].name).toBe(kept);
  });

  test.each([
    ["nothing", ""],
    ["only spaces", "   "],
    ["65 characters", "x".repeat(65)],
    ["a line break", "a\nb"],
    ["NUL", "a\u0000b"],
    ["an escape sequence", "a\u001b[31mb"],
    ["a C1 control character", "a\u0085b"],
    ["a line separator", "a\u2028b"],
    ["a right-to-left override", "a\u202eb"],
    ["a left-to-right isolate", "a\u2066b"],
    ["a right-to-left mark", "a\u200fb"],
    ["an Arabic letter mark", "a\u061cb"],
    ["half a surrogate pair", "a\ud800b"],
    ["only characters that nobody sees", "\u200b\u2060\ufeff"],
  ])("of %s is refused", async (_, name) => {
    const refused = await owner.agent.patch(`/api/passkeys/${passkeyId}`).send({ name });
    expect([refused.status, refused.body.code]).toEqual([400, "validation_failed"]);
    expect(refused.body.issues[0].pointer).toBe("/name");
  });

  test("is forgotten with the passkey, and needs no fresh sign-in", async () => {
    const own = await startLab();
    try {
      const { agent, user } = await own.person("passkey");
      const { body } = await agent.get(api("listPasskeys")).expect(200);
      await agent.patch(`/api/passkeys/${body[0].id}`).send({ name: "Phone" }).expect(200);
      await agent.delete(`/api/passkeys/${body[0].id}`).expect(204);
      const names = await own.storage.accounts
        .selectFrom("passkey_names")
        .selectAll()
        .where("user_id", "=", user.id)
        .execute();
      expect(names).toEqual([]);

      const late = await own.person("passkey");
      own.advance(11 * minute);
      const { body: theirs } = await late.agent.get(api("listPasskeys")).expect(200);
      await late.agent.patch(`/api/passkeys/${theirs[0].id}`).send({ name: "Phone" }).expect(200);
    } finally {
      await own.close();
    }
  });
});

describe("deleting a passkey", () => {
  test("takes it from the list and from Authsignal, and is a security event", async () => {
    const { agent, authenticator, user } = await lab.person("passkey");
    const { body } = await agent.get(api("listPasskeys")).expect(200);
    await agent.delete(`/api/passkeys/${body[0].id}`).expect(204);
    expect((await agent.get(api("listPasskeys")).expect(200)).body).toEqual([]);
    await expect(lab.signInToken(authenticator)).rejects.toMatchObject({ errorCode: "unknown_credential" });
    const deleted = lab
      .logs()
      .map((line): Record<string, unknown> => JSON.parse(line))
      .find(({ event, userId }) => event === "passkey.deleted" && userId === user.id);
    expect(deleted).toMatchObject({ passkeyId: body[0].id });
  });

  test("twice is a 404 the second time, and in parallel never a 500", async () => {
    const { agent } = await lab.person("passkey");
    const { body } = await agent.get(api("listPasskeys")).expect(200);
    const path = `/api/passkeys/${body[0].id}`;
    const answers = await Promise.all([1, 2, 3, 4].map(() => agent.delete(path)));
    expect(answers.filter(({ status }) => status === 500)).toEqual([]);
    expect(answers.filter(({ status }) => status === 204).length).toBeGreaterThanOrEqual(1);
    const late = await agent.delete(path).expect(404);
    expect(late.body.code).toBe("passkey_not_found");
  });

  test("needs a proof from the last ten minutes", async () => {
    const own = await startLab();
    try {
      const person = await own.person("passkey");
      const { body } = await person.agent.get(api("listPasskeys")).expect(200);
      own.advance(11 * minute);
      const refused = await person.agent.delete(`/api/passkeys/${body[0].id}`).expect(403);
      expect(refused.body).toMatchObject({
        code: "step_up_required",
        stepUp: { action: "manage-passkeys", methods: ["passkey", "email-otp"] },
      });
      await own.proveAgain(person);
      await person.agent.delete(`/api/passkeys/${body[0].id}`).expect(204);
    } finally {
      await own.close();
    }
  });

  test("of the last one leaves the e-mail code: nobody is locked out", async () => {
    const { agent, user } = await lab.person("passkey");
    const { body } = await agent.get(api("listPasskeys")).expect(200);
    await agent.delete(`/api/passkeys/${body[0].id}`).expect(204);
    expect(await lab.signInWithOtp(lab.agent(), user.email)).toEqual(user);
  });
});
