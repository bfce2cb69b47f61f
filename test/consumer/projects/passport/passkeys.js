const {
  createErrorHandler,
  createExpressSessionPort,
  createPasskeysRouter,
  createSdkGateway,
  createStepUpGuard,
  openStorageLazily,
} = require("authsignal-passkeys-express");

/** Mounts the router between the shop's sessions and its csurf. */
function addPasskeys(app, pool, { authsignal, browser, origins, now }) {
  const sessions = createExpressSessionPort({
    read: (kept) => kept.passport?.user,
    write: (kept, userId) => {
      kept.passport = { user: Number(userId) };
    },
    keepAtSignIn: ["basket", "csrfSecret"],
    cookieName: "shop.sid",
    now,
  });
  const users = {
    async findById(id) {
      const { rows } = await pool.query("select email from users where id = $1", [Number(id)]);
      return rows.length === 0 ? null : { id, email: rows[0].email };
    },
  };
  const tables = { users: false, sessions: false, audit: false };
  const storage = openStorageLazily({ pool, tables, now });
  const options = {
    authsignal: createSdkGateway(authsignal),
    browser,
    origins,
    storage,
    users,
    sessions,
    emailCodes: false,
    reauthenticationMethods: ["password"],
    stepUpActions: ["close-account"],
    now,
  };
  app.use("/api/v1/passkeys", createPasskeysRouter(options), createErrorHandler(console));
  const requireStepUp = createStepUpGuard(options);
  return {
    storage,
    afterPassword: [sessions.recordProof("password")],
    beforeClosing: [requireStepUp("close-account", undefined, { ifEnrolled: true })],
    logout: (req, res, next) => {
      sessions.end(req, res).then(() => res.json({ user: null }), next);
    },
  };
}

module.exports = { addPasskeys };
