import "reflect-metadata";
import {
  createCookieSessions,
  createSdkGateway,
  createSqlUsers,
  openStorageLazily,
} from "authsignal-passkeys-express";
import { createApp } from "./app";

const { ORIGIN = "http://localhost:3000", PORT = "3000", DATABASE_FILE = "app.sqlite" } = process.env;
const now = () => new Date();

async function bootstrap() {
  const apiUrl = required("AUTHSIGNAL_API_URL");
  const allowEmulator = process.env.NODE_ENV !== "production";
  const storage = openStorageLazily({ file: DATABASE_FILE, now });
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    secret: required("SESSION_SECRET"),
    secure: ORIGIN.startsWith("https:"),
    now,
  });
  const options = {
    authsignal: createSdkGateway({
      apiSecretKey: required("AUTHSIGNAL_API_SECRET_KEY"),
      apiUrl,
      allowEmulator,
    }),
    browser: {
      tenantId: required("AUTHSIGNAL_TENANT_ID"),
      baseUrl: apiUrl,
      rpId: new URL(ORIGIN).hostname,
    },
    origins: [ORIGIN],
    storage,
    sessions,
    users: createSqlUsers(async () => (await storage.opened()).accounts, now),
    stepUpActions: ["close-account"],
    now,
  };
  const app = await createApp(options, sessions);
  await app.listen(PORT);
  console.log(`Open ${ORIGIN}`);
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`Set ${name}, for example in emulator.env.`);
  return value;
}

void bootstrap();
