/** Requests that are slow on purpose or by chance, while the session is ended, renewed or replaced in the same browser. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { api } from "../../kit/flows.ts";
import { gate } from "../../kit/gate.ts";
import { only } from "../authsignal/authsignal-line.ts";
import { cookiesIn, cookiesOf, type Lab, type Person, setCookies, startLab, withCookie } from "../lab.ts";
import { holdBack } from "./hold-back.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({
    host: {
      options: { stepUpActions: ["transfer-funds"] },
      routes(app, requireStepUp) {
        app.post("/transfers", requireStepUp("transfer-funds"), (_req, res) => void res.json({ done: true }));
      },
    },
  });
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

describe("a body that is held back until after the sign-out", () => {
  let person: Person;
  let passkeyId: string;
  beforeAll(async () => {
    person = await lab.person("passkey");
    passkeyId = (await person.agent.get(api("listPasskeys")).expect(200)).body[0].id;
  });

  test.each<[string, string, (id: string) => string, string]>([
    ["an enrollment", "POST", () => "/api/enroll-token", "{}"],
    ["a step-up", "POST", () => "/api/step-up-token", '{"action":"manage-passkeys"}'],
    ["a new name", "PATCH", (id) => `/api/passkeys/${id}`, '{"name":"renamed"}'],
    ["a deletion", "DELETE", (id) => `/api/passkeys/${id}`, '{"a":1}'],
    ["an answer to the offer", "PUT", () => "/api/passkey-offer", '{"answer":"never"}'],
  ])("of %s is 401 and changes nothing", async (_, method, path, body) => {
    await lab.signInWithPasskey(person.agent, person.authenticator);
    const cookie = await cookiesIn(person.agent);
    const held = await holdBack(lab.url, { cookie, method, path: path(passkeyId), body });
    await person.agent.delete(api("deleteSession")).expect(204);
    const { status, text } = await held.finish();
    expect(status).toBe(401);
    expect(text).toContain("not_authenticated");
    expect(text).not.toMatch(/set-cookie/i);

    await lab.signInWithPasskey(person.agent, person.authenticator);
    const { body: passkeys } = await person.agent.get(api("listPasskeys")).expect(200);
    expect(passkeys).toMatchObject([{ id: passkeyId }]);
    expect(passkeys[0].name).not.toBe("renamed");
  });

  test("of a host's guarded route is 401, although the grant was there", async () => {
    await lab.signInWithPasskey(person.agent, person.authenticator);
    await lab.proveAgain(person, { action: "transfer-funds" });
    const cookie = await cookiesIn(person.agent);
    const transfer = { method: "POST", path: "/transfers", body: '{"amount":1}' };
    const held = await holdBack(lab.url, { cookie, ...transfer });
    await person.agent.delete(api("deleteSession")).expect(204);
    expect((await held.finish()).status).toBe(401);
  });

  test("of a code is 409: the code belonged to the session that was ended", async () => {
    const agent = lab.agent();
    const email = lab.newAddress();
    await agent.post(api("challengeOtp")).send({ email }).expect(202);
    const body = JSON.stringify({ code: await lab.readCode(email) });
    const cookie = await cookiesIn(agent);
    const held = await holdBack(lab.url, { cookie, method: "POST", path: "/api/otp/verify", body });
    await agent.delete(api("deleteSession")).expect(204);
    expect((await held.finish()).status).toBe(409);
  });

  test("is served in the session when nobody has signed out", async () => {
    await lab.signInWithPasskey(person.agent, person.authenticator);
    const cookie = await cookiesIn(person.agent);
    const enrollment = { method: "POST", path: "/api/enroll-token", body: "{}" };
    const held = await holdBack(lab.url, { cookie, ...enrollment });
    expect((await held.finish()).status).toBe(200);
  });
});

describe("a slow answer", () => {
  test("that ends after a step-up does not restore the previous cookie", async () => {
    const person = await lab.person("passkey");
    const before = await cookiesIn(person.agent);
    const token = await lab.stepUpToken(person);
    const listing = gate();
    let calls = 0;
    lab.line.fail(
      only(/authenticators$/, async (call) => {
        const real = await call.forward();
        calls += 1;
        if (calls === 1) {
          listing.arrive();
          await listing.opened;
        }
        call.response.writeHead(real.status, { "Content-Type": "application/json" }).end(real.body);
      }),
    );
    try {
      const slow = withCookie(lab, before).get(api("listPasskeys")).then();
      await listing.arrived;
      const renewed = await withCookie(lab, before)
        .post(api("validate"))
        .send({ token, action: actions.managePasskeys })
        .expect(200);
      listing.open();
      expect(setCookies(await slow)).toEqual([]);
      const { body } = await withCookie(lab, cookiesOf(renewed)).get(api("getSession")).expect(200);
      expect(body.user).toEqual(person.user);
    } finally {
      listing.open();
      lab.line.fail(null);
    }
  });

  test("to a visitor who has asked for a code, after a sign-in in another tab, leaves the browser signed in", async () => {
    const person = await lab.person("passkey");
    await person.agent.delete(api("deleteSession")).expect(204);
    const visitor = withCookie(lab, await cookiesIn(person.agent));
    const slow = await visitor.post(api("challengeOtp")).send({ email: lab.newAddress() }).expect(202);
    await lab.signInWithPasskey(person.agent, person.authenticator);
    expect(setCookies(slow).map((line) => line.split("=")[0])).toEqual(["passkeys_session_code"]);
    const browser = withCookie(lab, `${await cookiesIn(person.agent)}; ${cookiesOf(slow)}`);
    expect((await browser.get(api("getSession")).expect(200)).body.user).toEqual(person.user);
  });

  test("is not needed to keep the session: no answer repeats a cookie, and the idle limit still moves", async () => {
    const own = await startLab();
    try {
      const { agent, user } = await own.person();
      // The first page of a browser also gets the cookie that binds a sign-in to it.
      await agent.get(api("getConfig")).expect(200);
      expect(setCookies(await agent.get(api("getSession")).expect(200))).toEqual([]);
      for (let round = 0; round < 3; round += 1) {
        own.advance(29 * 60 * 1000);
        expect((await agent.get(api("getSession")).expect(200)).body.user).toEqual(user);
      }
    } finally {
      await own.close();
    }
  });

  test("of twenty finishes with one token leaves the browser signed in", async () => {
    const person = await lab.person("passkey");
    const token = await lab.stepUpToken(person);
    const body = { token, action: actions.managePasskeys };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => person.agent.post(api("validate")).send(body)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await person.agent.get(api("getSession")).expect(200)).body.user).toEqual(person.user);
  });
});

describe("signing out", () => {
  test("with a cookie that was renewed twice ends the newest session too", async () => {
    const person = await lab.person("passkey");
    const first = await cookiesIn(person.agent);
    await lab.proveAgain(person);
    await lab.proveAgain(person);
    const newest = await cookiesIn(person.agent);
    await withCookie(lab, first).delete(api("deleteSession")).expect(204);
    expect((await withCookie(lab, newest).get(api("getSession")).expect(200)).body.user).toBeNull();
  });

  test.each([
    ["in front", (own: string) => `passkeys_session=stray; ${own}`],
    ["behind", (own: string) => `${own}; passkeys_session=stray`],
  ])("with a stray cookie of the same name %s ends the session", async (_, beside) => {
    const person = await lab.person();
    const own = await cookiesIn(person.agent);
    await withCookie(lab, beside(own)).delete(api("deleteSession")).expect(204);
    expect((await withCookie(lab, own).get(api("getSession")).expect(200)).body.user).toBeNull();
  });
});
