/** The emulator's default tenant, written down again so that the app's process need not load the emulator. */
export const tenant = {
  tenantId: "00000000-0000-4000-8000-000000000001",
  secret: "emulator-secret-of-the-default-tenant",
};
