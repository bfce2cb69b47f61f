const assert = require("node:assert/strict");
const { after, afterEach, before, test } = require("node:test");
const { createSoftAuthenticator, guardSuite, startEmulatorFor } = require("authsignal-emulator/testing");
const pg = require("pg");
const request = require("supertest");
const { createApp } = require("./app.js");
const { settingsFrom } = require("./passkeys.js");

guardSuite(afterEach);

/** What the shop's own migrations have made. `sessions` is what connect-pg-simple asks for. */
const tablesOfTheShop = `
  create table users (id serial primary key, email text not null unique, password text not null, created_on date,
    email_verified boolean not null default false);
  create table sessions (sid varchar primary key, sess json not null, expire timestamp(6) not null);
  create table kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null);
  create table kysely_migration_lock (id varchar(255) primary key, is_locked integer not null default 0);
  create table rate_limits (key text primary key, points integer not null, expire bigint);
  insert into users (email, password, created_on, email_verified) values
    ('ann@example.com', 'correct horse', '2024-02-29', true), ('bob@example.com', 'battery staple', null, true),
    ('squatted@example.com', 'anything', null, false);
  insert into kysely_migration values ('2024-01-orders', '2024-01-01T00:00:00.000Z');
  insert into kysely_migration_lock values ('migration_lock', 0);
  insert into rate_limits values ('of the shop', 3, 1);
  insert into sessions values
    ('of-bob', '{"cookie":{"path":"/"},"passport":{"user":2},"basket":["tea"],"csrfSecret":"s"}', '2999-01-01'),
    ('over-long-ago', '{"cookie":{"path":"/"},"basket":["old"]}', '2001-01-01');`;
const rowsOfTheShop = `
  select json_build_object(
    'users', (select json_agg(u order by id) from users u),
    'sessions', (select json_agg(s order by sid) from sessions s where sid in ('of-bob', 'over-long-ago')),
    'migrations', (select json_agg(m) from kysely_migration m),
    'lock', (select json_agg(l) from kysely_migration_lock l),
    'limits', (select json_agg(r) from rate_limits r)) as kept`;

const password = { email: "ann@example.com", password: "correct horse" };
let kit;
let pool;
let host;
let rowsBefore;
before(async () => {
  kit = await startEmulatorFor({ prefix: "/api/v1/passkeys" });
  pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
  await pool.query(tablesOfTheShop);
  rowsBefore = await rows();
  const settings = settingsFrom({
    ORIGIN: kit.origins[0],
    AUTHSIGNAL_TENANT_ID: kit.authsignal.tenantId,
    AUTHSIGNAL_API_SECRET_KEY: kit.authsignal.apiSecretKey,
    AUTHSIGNAL_API_URL: kit.authsignal.apiUrl,
  });
  host = createApp({ pool, passkeys: { ...settings, now: kit.now } });
});
after(async () => {
  await host?.passkeys.storage.close();
  await pool?.end();
  await kit?.close();
});

async function rows() {
  return (await pool.query(rowsOfTheShop)).rows[0].kept;
}

/** A browser with the header that csurf asks for. */
async function newBrowser(app = host.app) {
  const agent = kit.agent(app);
  const { body } = await agent.get("/api/v1/csrf").expect(200);
  return agent.set("X-CSRF-Token", body.csrfToken);
}

async function signIn(agent) {
  await agent.post("/api/v1/login").send(password).expect(200);
  // passport begins a new session, with a new secret of csurf.
  const { body } = await agent.get("/api/v1/csrf").expect(200);
  return agent.set("X-CSRF-Token", body.csrfToken);
}

const me = async (agent) => (await agent.get("/api/v1/me").expect(200)).body;

test("A person creates a passkey after the password, comes back with it and closes the account", async () => {
  const authenticator = createSoftAuthenticator();
  const agent = await signIn(await newBrowser());
  await kit.enrollPasskey(agent, authenticator);
  await agent.post("/api/v1/basket").send({ article: "tea" }).expect(201);

  const refused = await agent.delete("/api/v1/account").expect(403);
  assert.equal(refused.body.error.code, "step_up_required");
  await kit.stepUp(agent, authenticator, { action: "close-account" });
  await agent.delete("/api/v1/account").expect(200);
  assert.deepEqual(await me(agent), { user: { id: 1, email: "ann@example.com" }, basket: ["tea"] });

  const visitor = await newBrowser();
  await visitor.post("/api/v1/basket").send({ article: "milk" }).expect(201);
  assert.deepEqual(await kit.signInWithPasskey(visitor, authenticator), {
    id: "1",
    email: "ann@example.com",
  });
  await visitor.post("/api/v1/basket").send({ article: "jam" }).expect(201);
  assert.deepEqual((await me(visitor)).basket, ["milk", "jam"]);
  await visitor.post("/api/v1/logout").expect(200);
  assert.equal((await me(visitor)).user, null);
  assert.equal((await me(agent)).user.id, 1);
});

test("An account whose address was never proven can get no passkey", async () => {
  const agent = await newBrowser();
  await agent.post("/api/v1/login").send({ email: "squatted@example.com", password: "anything" }).expect(200);
  await agent.post("/api/v1/passkeys/enroll-token").send({}).expect(401);
});

test("A session of before the deployment keeps its basket and its CSRF token", async () => {
  const { app: old } = createApp({ pool });
  const first = await newBrowser(old);
  const signedIn = await first.post("/api/v1/login").send(password).expect(200);
  const { body } = await first.get("/api/v1/csrf").expect(200);
  await first.post("/api/v1/basket").set("X-CSRF-Token", body.csrfToken).send({ article: "tea" }).expect(201);

  const agent = kit.agent(host.app).set("Cookie", signedIn.get("Set-Cookie")[0].split(";")[0]);
  const session = await agent.get("/api/v1/passkeys/session").expect(200);
  assert.deepEqual(session.body.user, { id: "1", email: "ann@example.com" });
  const more = agent.post("/api/v1/basket").set("X-CSRF-Token", body.csrfToken).send({ article: "milk" });
  assert.deepEqual((await more.expect(201)).body.basket, ["tea", "milk"]);
});

test("The shop answers every request as it did before the router was mounted", async () => {
  const answers = [];
  for (const { app } of [createApp({ pool }), host]) {
    const agent = request.agent(app);
    const csrf = (await agent.get("/api/v1/csrf")).body.csrfToken;
    const said = [];
    // Bob has no passkey.
    for (const [method, path, body, token] of [
      ["get", "/api/v1/me"],
      ["post", "/api/v1/basket", { article: "tea" }],
      ["post", "/api/v1/basket", { article: "tea" }, csrf],
      ["post", "/api/v1/login", { ...password, password: "wrong" }, csrf],
      ["post", "/api/v1/login", "not JSON", csrf],
      ["get", "/api/v1/broken"],
      ["get", "/api/v1/none"],
      ["delete", "/api/v1/account", undefined, csrf],
      ["post", "/api/v1/login", { email: "bob@example.com", password: "battery staple" }, csrf],
      ["get", "/api/v1/me"],
    ]) {
      const sent = agent[method](path).set("Content-Type", "application/json");
      if (token !== undefined) sent.set("X-CSRF-Token", token);
      const { status, text, headers } = await sent.send(body);
      const cookies = (headers["set-cookie"] ?? []).map((cookie) => cookie.replace(/=[^;]*/, ""));
      said.push({ method, path, status, text, names: Object.keys(headers).sort(), cookies });
    }
    answers.push(said);
  }
  assert.deepEqual(answers[1], answers[0]);
});

test("No row of the shop has changed, and every new table has the package's prefix", async () => {
  assert.deepEqual(await rows(), rowsBefore);
  const { rows: tables } = await pool.query(
    "select table_name from information_schema.tables where table_schema = 'public' order by 1",
  );
  const names = tables.map((one) => one.table_name);
  const ofTheShop = names.filter((name) => !name.startsWith("passkeys_"));
  assert.deepEqual(ofTheShop, [
    "kysely_migration",
    "kysely_migration_lock",
    "rate_limits",
    "sessions",
    "users",
  ]);
  assert.ok(names.length > ofTheShop.length);
});
