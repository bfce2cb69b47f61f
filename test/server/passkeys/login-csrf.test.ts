/** No one is signed in as another person by a request that our own page did not send (requirement S7). */
import { MemoryStore } from "express-session";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBearerSessions } from "../../../server/sessions/bearer-sessions.ts";
import { actions } from "../../../shared/actions.ts";
import { bearerTokens } from "../../kit/bearer-agent.ts";
import { api } from "../../kit/flows.ts";
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

/** A browser of which a proxy on the way has dropped `Origin` and `Sec-Fetch-Site`. */
const strippedBrowser = () => request.agent(lab.url).set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64)");

async function submit(agent: ReturnType<typeof request.agent>, status: number) {
  const token = await lab.signInToken(attacker.authenticator);
  return agent.post(api("validate")).send({ token, action: actions.signInWithPasskey }).expect(status);
}

describe("the result token of a passkey sign-in", () => {
  test("signs no one in whose browser does not show that our page sent it", async () => {
    const victim = strippedBrowser();
    const refused = await submit(victim, 401);
    expect(refused.body.code).toBe("sign_in_not_begun");
    expect(setCookies(refused)).toEqual([]);
    expect((await victim.get(api("getSession")).expect(200)).body.user).toBeNull();
  });

  test.each(["cross-site", "same-site", "none"])("signs no one in from a page that is %s", async (site) => {
    const refused = await submit(strippedBrowser().set("Sec-Fetch-Site", site), 403);
    expect(setCookies(refused)).toEqual([]);
  });

  test("is not spent by a refusal: it signs its owner in afterwards", async () => {
    const token = await lab.signInToken(attacker.authenticator);
    const body = { token, action: actions.signInWithPasskey };
    await strippedBrowser().post(api("validate")).send(body).expect(401);
    await lab.agent().post(api("validate")).send(body).expect(200);
  });

  test.each(["getConfig", "getSession"] as const)(
    "signs in a browser whose headers are lost on the way, once it has our cookie of %s",
    async (opened) => {
      const agent = strippedBrowser();
      await agent.get(api(opened)).expect(200);
      await submit(agent, 200);
    },
  );

  test("signs in from a listed page, and from what is no browser, without that cookie", async () => {
    await submit(strippedBrowser().set("Origin", lab.origin), 200);
    await submit(strippedBrowser().set("Sec-Fetch-Site", "same-origin"), 200);
    await submit(request.agent(lab.url), 200);
  });

  test.each(["passkeys_begun=", "passkeys_begun=short", `passkeys_begun=${"!".repeat(32)}`, "other=1"])(
    "is refused with the cookie `%s`",
    async (cookie) => {
      const refused = await submit(strippedBrowser().set("Cookie", cookie), 401);
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
    const opened = await lab.agent().get(api("getConfig")).expect(200);
    expect(setCookies(opened)).toEqual([
      expect.stringMatching(/^passkeys_begun=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict$/),
    ]);
  });

  test("is set once, and is another in each browser", async () => {
    const agent = lab.agent();
    const first = cookiesOf(await agent.get(api("getConfig")).expect(200));
    expect(setCookies(await agent.get(api("getConfig")).expect(200))).toEqual([]);
    expect(cookiesOf(await lab.agent().get(api("getConfig")).expect(200))).not.toBe(first);
  });

  test("can be set by no neighbour on another subdomain, over https", async () => {
    const secure = await startLab({ origin: "https://app.example.test" });
    const opened = await secure.agent().set("X-Forwarded-Proto", "https").get(api("getConfig"));
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
    const owner = own.agent().use(bearerTokens());
    const authenticator = createSoftAuthenticator();
    await own.signInWithOtp(owner);
    await own.enrollPasskey(owner, authenticator);
    const token = await own.signInToken(authenticator);
    const victim = own.agent();
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
    const send = async (origin: string) => {
      const token = await own.signInToken(person.authenticator);
      const body = { token, action: actions.signInWithPasskey };
      const browser = request.agent(own.url).set("User-Agent", "Mozilla/5.0").set("Origin", origin);
      return (await browser.post(api("validate")).send(body)).status;
    };
    expect(await send("https://another.example")).toBe(403);
    expect(await send(partner)).toBe(200);
    await own.close();
  });
});
