/** One API for two brands: each has its tenant, its domain, its own people and its own sessions, over one database. */
import {
  createCookieSessions,
  createErrorHandler,
  createPasskeysRouter,
  createSdkGateway,
  createStepUpGuard,
  openStorage,
} from "authsignal-passkeys-express";
import express from "express";

/**
 * @param {{ brands: Record<string, { authsignal: object, browser: object, origins: string[] }>, file: string, now: () => Date }} settings
 */
export async function createApp({ brands, file, now }) {
  const storage = await openStorage({ file, tables: { users: false, audit: false }, now });
  const app = express();
  for (const [brand, settings] of Object.entries(brands)) addBrand(app, brand, settings, storage, now);
  app.use(createErrorHandler(console));
  return { app, close: () => storage.close() };
}

function addBrand(app, brand, { authsignal, browser, origins }, storage, now) {
  const people = [];
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    secret: "the same for every brand of this API",
    secure: false,
    cookieName: brand,
    now,
  });
  const options = {
    authsignal: createSdkGateway(authsignal),
    browser,
    origins,
    storage,
    sessions,
    users: {
      findById: async (wanted) => people.find(({ id }) => id === wanted) ?? null,
      async findOrCreateByEmail(email) {
        const known = people.find((one) => one.email === email);
        const person = known ?? { id: `${brand}-${people.length + 1}`, email };
        if (known === undefined) people.push(person);
        return person;
      },
    },
    stepUpActions: ["transfer-funds"],
    now,
  };
  const requireStepUp = createStepUpGuard(options);
  app.use(`/${brand}`, sessions.middleware);
  app.use(`/${brand}/auth`, createPasskeysRouter(options));
  app.post(`/${brand}/transfers`, requireStepUp("transfer-funds"), (_req, res) => res.sendStatus(201));
}
