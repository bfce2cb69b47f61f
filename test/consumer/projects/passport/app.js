/**
 * A shop on Express 4, with CommonJS: passport's password login, sessions in PostgreSQL, csurf, errors of its own. Its
 * tables `users`, `sessions` and `kysely_migration` are in the database that the router uses too.
 */
const connectPgSimple = require("connect-pg-simple");
const csurf = require("csurf");
const express = require("express");
const session = require("express-session");
const { Passport } = require("passport");
const { Strategy } = require("passport-local");
const { addPasskeys } = require("./passkeys.js");

/**
 * @param {{ pool: import("pg").Pool, passkeys?: object }} settings without `passkeys` the shop is as it was before
 */
function createApp({ pool, passkeys: settings }) {
  const app = express();
  const PgStore = connectPgSimple(session);
  const store = new PgStore({ pool, tableName: "sessions", pruneSessionInterval: false });
  app.use(
    session({ name: "shop.sid", secret: "of this shop", resave: false, saveUninitialized: false, store }),
  );
  const passport = createPassport(pool);
  app.use(passport.session());
  const passkeys = settings === undefined ? withoutPasskeys : addPasskeys(app, pool, settings);

  app.use(express.json());
  app.use(express.urlencoded({ extended: false }));
  app.use(csurf());

  app.get("/api/v1/csrf", (req, res) => res.json({ csrfToken: req.csrfToken() }));
  const welcome = (req, res) => res.json({ user: req.user });
  const closed = (_req, res) => res.json({ closed: true });
  app.post("/api/v1/login", passport.authenticate("local"), passkeys.recordProof, welcome);
  app.post("/api/v1/logout", passkeys.logout);
  app.delete("/api/v1/account", signedIn, passkeys.confirmClosing, closed);
  app.get("/api/v1/me", (req, res) => res.json({ user: req.user ?? null, basket: req.session.basket ?? [] }));
  app.post("/api/v1/basket", (req, res) => {
    req.session.basket = [...(req.session.basket ?? []), req.body.article];
    res.status(201).json({ basket: req.session.basket });
  });
  app.get("/api/v1/broken", () => {
    throw new Error("A fault of the shop.");
  });
  app.use((_req, _res, next) => next(Object.assign(new Error("no such page"), { status: 404 })));
  app.use(ownErrors);
  return { app, passkeys };
}

function createPassport(pool) {
  const passport = new Passport();
  const byEmail = "select id, email from users where email = $1 and password = $2";
  passport.use(
    new Strategy({ usernameField: "email" }, (email, password, done) => {
      pool.query(byEmail, [email, password]).then(({ rows }) => done(null, rows[0] ?? false), done);
    }),
  );
  passport.serializeUser((user, done) => done(null, user.id));
  passport.deserializeUser((id, done) => {
    pool
      .query("select id, email from users where id = $1", [id])
      .then(({ rows }) => done(null, rows[0] ?? false), done);
  });
  return passport;
}

function signedIn(req, _res, next) {
  next(req.isAuthenticated() ? undefined : Object.assign(new Error("sign in first"), { status: 401 }));
}

function logout(req, res, next) {
  req.logout((error) => (error ? next(error) : res.json({ user: null })));
}

/** The shop as it was. */
const withoutPasskeys = {
  recordProof: (_req, _res, next) => next(),
  logout,
  confirmClosing: (_req, _res, next) => next(),
};

function ownErrors(error, _req, res, _next) {
  const { status = 500, code, publicMessage, extras, message } = error;
  const text = status === 500 ? "unknown" : (publicMessage ?? message);
  res.status(status).json({ error: { status, code: code ?? "SHOP", text, ...extras } });
}

module.exports = { createApp };
