import { createApp } from "./app.js";

const { ORIGIN = "http://localhost:3000", PORT = "3000" } = process.env;

const app = await createApp({
  // Without a tenant: what `npx authsignal-emulator` answers to.
  tenantId: process.env.AUTHSIGNAL_TENANT_ID ?? "00000000-0000-4000-8000-000000000001",
  apiSecretKey: process.env.AUTHSIGNAL_API_SECRET_KEY ?? "emulator-secret-of-the-default-tenant",
  apiUrl: process.env.AUTHSIGNAL_API_URL ?? "http://localhost:3001/v1",
  origin: ORIGIN,
  rpId: process.env.RP_ID ?? new URL(ORIGIN).hostname,
  sessionSecret: process.env.SESSION_SECRET ?? "a secret of at least 32 characters",
  databaseFile: process.env.DATABASE_FILE ?? "app.sqlite",
});
app.listen(Number(PORT), () => console.log(`Open ${ORIGIN}`));
