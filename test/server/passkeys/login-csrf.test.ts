/** Nobody is signed in as another person by a request that their own page did not begin (requirement S7). */
import { MemoryStore } from "express-session";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBearerSessions } from "../../../server/sessions/bearer-sessions.ts";
import { actions } from "../../../shared/actions.ts";
import { bearerTokens } from "../../kit/bearer-agent.ts";
import { type Agent, api } from "../../kit/flows.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { cookiesOf, type Lab, type Person, setCookies, startLab } from "../lab.ts";

let lab: Lab;
let attacker: Person;
beforeAll(async () => {
  lab = await startLab();
  attacker = await lab.person("passkey");
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

async function submit(agent: Agent, status: number) {
  const token = await lab.signInToken(attacker.authenticator);
  return agent.post(api("validate")).send({ token, action: actions.signInWithPasskey }).expect(status);
}

describe("the result token of a passkey sign-in", () => {
  test("signs nobody in whose browser has not opened the sign-in page", async () => {
    const victim = lab.stranger();
    const refused = await submit(victim, 401);
    expect(refused.body.code).toBe("sign_in_not_begun");
    expect(setCookies(refused)).toEqual([]);
    expect((await victim.get(api("getSession")).expect(200)).body.user).toBeNull();
  });

  test("is refused also without the headers by which browsers say which page sent a request", async () => {
    const bare = request.agent(lab.url);
    const refused = await submit(bare, 401);
    expect(refused.body.code).toBe("sign_in_not_begun");
  });

  test("is not spent by that: it signs its owner in afterwards", async () => {
    const token = await lab.signInToken(attacker.authenticator);
    const body = { token, action: actions.signInWithPasskey };
    await lab.stranger().post(api("validate")).send(body).expect(401);
    await lab.agent().post(api("validate")).send(body).expect(200);
  });

  test.each(["getConfig", "getSession"] as const)("signs in after the page has asked %s", async (opened) => {
    const agent = lab.stranger();
    await agent.get(api(opened)).expect(200);
    await submit(agent, 200);
  });

  test.each(["passkeys_begun=", "passkeys_begun=short", `passkeys_begun=${"!".repeat(32)}`, "other=1"])(
    "is refused with the cookie `%s`",
    async (cookie) => {
      const refused = await submit(lab.stranger().set("Cookie", cookie), 401);
      expect(refused.body.code).toBe("sign_in_not_begun");
    },
  );

  test("needs no cookie on top of a session, whose user it has to be of", async () => {
    const victim = await lab.person();
    const session = await victim.agent.get(api("getSession")).expect(200);
    expect(session.body.user).toEqual(victim.user);
    const refused = await submit(victim.agent, 401);
    expect(refused.body.code).toBe("token_mismatch");
  });
});

describe("the cookie of the page that signs in", () => {
  test("is sent with requests of our own site only, ends with the browser, and no script reads it", async () => {
    const opened = await lab.stranger().get(api("getConfig")).expect(200);
    expect(setCookies(opened)).toEqual([
      expect.stringMatching(/^passkeys_begun=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict$/),
    ]);
  });

  test("is set once, and is another in each browser", async () => {
    const agent = lab.stranger();
    const first = cookiesOf(await agent.get(api("getConfig")).expect(200));
    expect(setCookies(await agent.get(api("getConfig")).expect(200))).toEqual([]);
    expect(cookiesOf(await lab.stranger().get(api("getConfig")).expect(200))).not.toBe(first);
  });

  test("can be set by no neighbour on another subdomain, over https", async () => {
    const secure = await startLab({ origin: "https://app.example.test" });
    const opened = await secure.stranger().set("X-Forwarded-Proto", "https").get(api("getConfig"));
    expect(setCookies(opened)).toEqual([
      expect.stringMatching(/^__Host-passkeys_begun=[\w-]{32}; Path=\/; HttpOnly; Secure; SameSite=Strict$/),
    ]);
    await secure.close();
  });
});

describe("other hosts", () => {
  test("a host with bearer tokens answers a foreign request with a token, and the browser keeps nothing of it", async () => {
    const sessions = createBearerSessions({ store: new MemoryStore() });
    const own = await startLab({ host: { options: { sessions } } });
    const owner = own.stranger().use(bearerTokens());
    const authenticator = createSoftAuthenticator();
    await own.signInWithOtp(owner);
    await own.enrollPasskey(owner, authenticator);
    const token = await own.signInToken(authenticator);
    const victim = own.stranger();
    const answer = await victim
      .post(api("validate"))
      .send({ token, action: actions.signInWithPasskey })
      .expect(200);
    own.keepSecret(String(answer.headers["session-token"]));
    expect(setCookies(answer)).toEqual([]);
    expect((await victim.get(api("getSession")).expect(200)).body.user).toBeNull();
    await own.close();
  });

  test("a page of another site that the host has listed signs in by its `Origin`", async () => {
    const partner = "https://partner.example";
    const own = await startLab({ host: { options: { crossSiteOrigins: [partner] } } });
    const person = await own.person("passkey");
    const token = await own.signInToken(person.authenticator);
    const body = { token, action: actions.signInWithPasskey };
    await own.stranger().post(api("validate")).send(body).expect(401);
    await own.stranger().set("Origin", partner).post(api("validate")).send(body).expect(200);
    await own.close();
  });
});
