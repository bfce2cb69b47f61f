import { createApp } from "./app.js";

const { ORIGIN = "http://localhost:3000", PORT = "3000" } = process.env;

const app = await createApp({
  tenantId: required("AUTHSIGNAL_TENANT_ID"),
  apiSecretKey: required("AUTHSIGNAL_API_SECRET_KEY"),
  apiUrl: required("AUTHSIGNAL_API_URL"),
  allowEmulator: process.env.NODE_ENV !== "production",
  origin: ORIGIN,
  rpId: process.env.RP_ID ?? new URL(ORIGIN).hostname,
  sessionSecret: required("SESSION_SECRET"),
  databaseFile: process.env.DATABASE_FILE ?? "app.sqlite",
});
app.listen(Number(PORT), () => console.log(`Open ${ORIGIN}`));

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`Set ${name}, for example in emulator.env.`);
  return value;
}
