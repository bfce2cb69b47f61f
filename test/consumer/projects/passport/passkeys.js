const {
  createErrorHandler,
  createExpressSessionPort,
  createPasskeysRouter,
  createSdkGateway,
  createStepUpGuard,
  openStorageLazily,
} = require("authsignal-passkeys-express");

/** No passkey for an account whose address was never proven. */
const provenAddress = "select email from users where id = $1 and email_verified";

/**
 * Mounts the router. Call it behind the session middleware and in front of csurf.
 * @param settings as `settingsFrom` makes them; tests add `now`, the clock of their emulator
 */
function addPasskeys(app, pool, { authsignal, browser, origins, now = () => new Date() }) {
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
      const { rows } = await pool.query(provenAddress, [Number(id)]);
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
    recordProof: sessions.recordProof("password"),
    logout: (req, res, next) => {
      sessions.end(req, res).then(() => res.json({ user: null }), next);
    },
    confirmClosing: requireStepUp("close-account", undefined, { ifEnrolled: true }),
  };
}

/** @param env `process.env`, or what a test puts in its place */
function settingsFrom(env) {
  const { ORIGIN, AUTHSIGNAL_TENANT_ID: tenantId, AUTHSIGNAL_API_URL: apiUrl } = env;
  const apiSecretKey = env.AUTHSIGNAL_API_SECRET_KEY;
  return {
    authsignal: { apiSecretKey, apiUrl, allowEmulator: env.NODE_ENV !== "production" },
    browser: { tenantId, baseUrl: apiUrl, rpId: new URL(ORIGIN).hostname },
    origins: [ORIGIN],
  };
}

module.exports = { addPasskeys, settingsFrom };
